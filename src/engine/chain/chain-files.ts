import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import readAndRemember from '../../../chains/read-and-remember.toml?raw'
import { SkilletError } from '../../shared/errors.ts'
import { exists, writeFileAtomic } from '../disk.ts'
import { namesIn } from '../install/store.ts'
import { maxChainBytes, parseChain } from './parse-chain.ts'

export interface ChainFile {
  /** Lower-case words joined by hyphens. */
  readonly id: string
  /** What messages call it. */
  readonly file: string
  readonly text: string
  readonly builtIn: boolean
}

/** The chains that come with Skillet and those that the person added: copies in one folder, `<id>.toml`. */
export interface ChainFiles {
  list(): Promise<ChainFile[]>
  /** @throws SkilletError NOT_FOUND */
  get(id: string): Promise<ChainFile>
  /** A file that lies anywhere. @throws SkilletError NOT_FOUND, CHAIN_INVALID where it is too long */
  read(path: string): Promise<ChainFile>
  /** Takes over a copy. The same file again is the same chain. @throws SkilletError NOT_FOUND, CHAIN_INVALID */
  add(path: string): Promise<{ id: string }>
  /** @throws SkilletError NOT_FOUND, FORBIDDEN for one that comes with Skillet */
  remove(id: string): Promise<{ undoId: string }>
  /** @throws SkilletError NOT_FOUND where it was removed by another process */
  restore(undoId: string): Promise<{ id: string }>
}

const builtIn: readonly ChainFile[] = [
  { id: 'read-and-remember', file: 'read-and-remember.toml', text: readAndRemember, builtIn: true },
]

export function createChainFiles(folder: string): ChainFiles {
  const removed = new Map<string, ChainFile>()
  const pathOf = (id: string) => join(folder, `${id}.toml`)

  async function load(id: string): Promise<ChainFile> {
    return { ...(await readChainFile(pathOf(id))), id }
  }

  async function list(): Promise<ChainFile[]> {
    const ids = (await namesIn(folder)).flatMap((name) => {
      const id = name.endsWith('.toml') ? name.slice(0, -'.toml'.length) : ''
      return id === idOf(id) && !isBuiltIn(id) ? [id] : []
    })
    return [...builtIn, ...(await Promise.all(ids.map(load)))]
  }

  async function get(id: string): Promise<ChainFile> {
    const own = builtIn.find((chain) => chain.id === id)
    if (own !== undefined) return own
    if (id !== idOf(id) || !(await exists(pathOf(id))))
      throw new SkilletError('NOT_FOUND', `There is no chain called ${id}.`, {
        remedy: 'Add its file first.',
      })
    return load(id)
  }

  /** The first free one of `name`, `name-2`, `name-3` …, or the one that holds the same text already. */
  async function place(chain: ChainFile): Promise<{ id: string; isThere: boolean }> {
    for (let count = 1; ; count++) {
      const id = count === 1 ? chain.id : `${chain.id}-${count}`
      const there = await get(id).catch((error: unknown) => {
        if (error instanceof SkilletError && error.code === 'NOT_FOUND') return null
        throw error
      })
      if (there === null) return { id, isThere: false }
      if (there.text === chain.text) return { id, isThere: true }
    }
  }

  async function keep(chain: ChainFile): Promise<{ id: string }> {
    const { id, isThere } = await place(chain)
    if (!isThere) await writeFileAtomic(pathOf(id), chain.text)
    return { id }
  }

  return {
    list,
    get,
    read: readChainFile,
    async add(path) {
      const chain = await readChainFile(path)
      parseChain(chain.text, chain.file)
      return keep(chain)
    },
    async remove(id) {
      const chain = await get(id)
      if (chain.builtIn)
        throw new SkilletError('FORBIDDEN', 'This chain comes with Skillet and stays.', {
          remedy: 'Leave it as it is: it runs only when you start it.',
        })
      await rm(pathOf(id))
      const undoId = randomUUID()
      removed.set(undoId, chain)
      return { undoId }
    },
    async restore(undoId) {
      const chain = removed.get(undoId)
      if (chain === undefined)
        throw new SkilletError('NOT_FOUND', 'This chain can no longer be brought back.', {
          remedy: 'Add its file again.',
        })
      const kept = await keep(chain)
      removed.delete(undoId)
      return kept
    },
  }
}

const isBuiltIn = (id: string) => builtIn.some((chain) => chain.id === id)

/** A file's name as an id: `My chain.toml` is `my-chain`. */
function idOf(name: string): string {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .match(/[a-z0-9]+/g)
  return (words ?? ['chain']).join('-').slice(0, 60).replace(/-$/, '')
}

async function readChainFile(path: string): Promise<ChainFile> {
  const file = basename(path)
  // Not blocking: what the name leads to may be a pipe that nobody writes to.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(
    (error: unknown) => {
      throw new SkilletError('NOT_FOUND', `${path} does not exist or can't be read.`, {
        remedy: "Name a chain's .toml file.",
        cause: error,
      })
    },
  )
  try {
    const stats = await handle.stat()
    if (!stats.isFile() || stats.size > maxChainBytes)
      throw new SkilletError(
        'CHAIN_INVALID',
        `${file} is ${stats.isFile() ? 'larger than 64 KB' : 'not a file'}, so it can't be a chain.`,
        { remedy: "Choose a chain's .toml file." },
      )
    const text = await handle.readFile('utf8')
    return { id: idOf(file.replace(/\.toml$/i, '')), file, text, builtIn: false }
  } finally {
    await handle.close()
  }
}

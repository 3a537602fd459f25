import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import readAndRemember from '../../../chains/read-and-remember.toml?raw'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import { exists, makeFolder, withDiskErrors, writeNewFile } from '../disk.ts'
import { namesIn } from '../install/store.ts'
import { maxChainBytes, parseChain } from './parse-chain.ts'

export interface ChainFile {
  /** Lower-case words joined by hyphens. */
  readonly id: string
  /** What messages call it. */
  readonly file: string
  readonly text: string
  readonly builtIn: boolean
  /** Why a listed one can't be read; its text is empty then. */
  readonly problem?: SkilletError
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
  const removed = new Map<string, () => Promise<{ id: string }>>()
  const pathOf = (id: string) => join(folder, `${id}.toml`)

  async function load(id: string): Promise<ChainFile> {
    return { ...(await readChainFile(pathOf(id))), id }
  }

  async function list(): Promise<ChainFile[]> {
    const ids = (await namesIn(folder)).flatMap((name) => {
      const id = name.endsWith('.toml') ? name.slice(0, -'.toml'.length) : ''
      return id === idOf(id) && !isBuiltIn(id) ? [id] : []
    })
    const found = ids.map(async (id): Promise<ChainFile[]> => {
      try {
        return [await load(id)]
      } catch (error) {
        // Removed in this moment, or something that must not hide the others.
        if (!(await exists(pathOf(id)))) return []
        return [{ id, file: `${id}.toml`, text: '', builtIn: false, problem: toSkilletError(error) }]
      }
    })
    return [...builtIn, ...(await Promise.all(found)).flat()]
  }

  async function assertThere(id: string): Promise<void> {
    if (id !== idOf(id) || !(await exists(pathOf(id))))
      throw new SkilletError('NOT_FOUND', `There is no chain called ${id}.`, {
        remedy: 'Name its .toml file, or add it in the window.',
      })
  }

  async function get(id: string): Promise<ChainFile> {
    const own = builtIn.find((chain) => chain.id === id)
    if (own !== undefined) return own
    await assertThere(id)
    return load(id)
  }

  /** The first free one of `name`, `name-2`, `name-3` …, or the one that holds the same text already. */
  async function place(chain: ChainFile): Promise<{ id: string; isThere: boolean }> {
    for (let count = 1; ; count++) {
      const suffix = count === 1 ? '' : `-${count}`
      const id = `${cut(chain.id, longestId - suffix.length)}${suffix}`
      if (!isBuiltIn(id) && !(await exists(pathOf(id)))) return { id, isThere: false }
      // What can't be read isn't the same.
      const there = await get(id).catch(() => null)
      if (there?.text === chain.text) return { id, isThere: true }
    }
  }

  async function keep(chain: ChainFile): Promise<{ id: string }> {
    await withDiskErrors(() => makeFolder(folder))
    for (;;) {
      const { id, isThere } = await place(chain)
      if (isThere) return { id }
      try {
        await withDiskErrors(() => writeNewFile(pathOf(id), chain.text))
        return { id }
      } catch (error) {
        // Somebody else was faster: theirs stays.
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue
        await rm(pathOf(id), { force: true })
        throw error
      }
    }
  }

  /** What is no chain can't be kept in memory; it stays beside the others, under a name that none of them has. */
  async function putAside(id: string, undoId: string): Promise<() => Promise<{ id: string }>> {
    const aside = `${pathOf(id)}.${undoId}.removed`
    await withDiskErrors(() => rename(pathOf(id), aside))
    return async () => {
      if (await exists(pathOf(id))) throw gone()
      await withDiskErrors(() => rename(aside, pathOf(id)))
      return { id }
    }
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
      if (isBuiltIn(id))
        throw new SkilletError('FORBIDDEN', 'This chain comes with Skillet and stays.', {
          remedy: 'Leave it as it is: it runs only when you start it.',
        })
      await assertThere(id)
      const undoId = randomUUID()
      const chain = await load(id).catch(() => null)
      if (chain === null) removed.set(undoId, await putAside(id, undoId))
      else {
        await rm(pathOf(id))
        removed.set(undoId, () => keep(chain))
      }
      return { undoId }
    },
    async restore(undoId) {
      const bringBack = removed.get(undoId)
      if (bringBack === undefined) throw gone()
      const kept = await bringBack()
      removed.delete(undoId)
      return kept
    },
  }
}

function gone(): SkilletError {
  return new SkilletError('NOT_FOUND', 'This chain can no longer be brought back.', {
    remedy: 'Add its file again.',
  })
}

const isBuiltIn = (id: string) => builtIn.some((chain) => chain.id === id)

const longestId = 60
const cut = (id: string, length: number) => id.slice(0, length).replace(/-$/, '')

/** A file's name as an id: `My chain.toml` is `my-chain`. */
function idOf(name: string): string {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .match(/[a-z0-9]+/g)
  return cut((words ?? ['chain']).join('-'), longestId)
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

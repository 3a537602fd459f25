import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRepository, type Repository } from '../../src/registry/tuf/repository.ts'
import { rotateRole, type RotatableRole } from '../../src/registry/tuf/rotate.ts'
import { keyFolders } from '../../src/registry/tuf/keys.ts'
import { rotatableRoles } from '../../src/registry/rotatable-roles.ts'
import { releasePath, revocationsPath, signingKeysPath } from '../../src/shared/signed-targets.ts'
import { createJudge, serveFolder, type Judge } from '../support/registry-judge.ts'

const root = join(import.meta.dirname, '../..')
const bundle = join(root, '.cache/repository-process/repository-process.cjs')
const run = promisify(execFile)
const path = releasePath('some-skill', '1.0.0')
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'killed-'))
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: 'test/support/repository-process.ts',
      target: 'node18',
      outDir: join(bundle, '..'),
      rollupOptions: {
        output: { format: 'cjs', entryFileNames: 'repository-process.cjs', codeSplitting: false },
      },
    },
    ssr: { noExternal: true },
  })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function work(dataDir: string, operation: string, killAt: number): Promise<number | 'killed'> {
  try {
    const { stdout } = await run(process.execPath, [bundle, dataDir, operation, String(killAt)])
    return Number(stdout)
  } catch (error) {
    if ((error as { signal?: string }).signal === 'SIGKILL') return 'killed'
    throw error
  }
}

const open = (dataDir: string): Promise<Repository> =>
  createRepository({ dataDir, publishKeys: () => Promise.reject(new Error('There is a repository.')) })

async function list(repository: Repository, content: string): Promise<void> {
  const bytes = new Uint8Array(Buffer.from(content))
  await repository.change({ add: [await repository.writeTarget(path, bytes)] })
}

async function content(judge: Judge): Promise<string | null> {
  const bytes = await judge.read(path)
  return bytes === null ? null : Buffer.from(bytes).toString('utf8')
}

/** All points, or, where 256 bins are written one like the other, the beginning, the end and some between. */
function worthTrying(points: number): number[] {
  const all = Array.from({ length: points }, (_, index) => index + 1)
  return points < 40 ? all : all.filter((at) => at <= 4 || at > points - 8 || at % 100 === 0)
}

/** Kills the operation at each of its points, each time over the same beginning. */
async function atEachPoint(
  operation: string,
  check: (dataDir: string, judges: { old: Judge; fresh: Judge }) => Promise<void>,
): Promise<void> {
  const beginning = join(folder, `${operation}-beginning`)
  await work(beginning, 'make', 0)
  await list(await open(beginning), 'the old one')
  const whole = join(folder, `${operation}-whole`)
  await run('cp', ['-a', beginning, whole])
  const points = await work(whole, operation, 0)
  expect(points).toBeGreaterThan(2)
  for (const killAt of worthTrying(Number(points))) {
    const dataDir = join(folder, `${operation}-${killAt}`)
    await run('cp', ['-a', beginning, dataDir])
    const server = await serveFolder(dataDir)
    const old = await createJudge(server.url, join(beginning, 'trust-root.json'))
    await old.refresh()
    expect(await work(dataDir, operation, killAt)).toBe('killed')
    const fresh = await createJudge(server.url, join(dataDir, 'trust-root.json'))
    try {
      await check(dataDir, { old, fresh })
    } catch (error) {
      throw new Error(`${operation} killed at point ${killAt} of ${points}`, { cause: error })
    } finally {
      await server.stop()
      await old.remove()
      await fresh.remove()
      await rm(dataDir, { recursive: true })
    }
  }
}

describe('a kill leaves the state before or after', () => {
  it.each(['publish', 'revoke'])(
    'while it comes to %s, and the next change goes through',
    async (operation) => {
      const found = new Set<string | null>()
      await atEachPoint(operation, async (dataDir, { old, fresh }) => {
        for (const judge of [old, fresh]) {
          found.add(await content(judge))
          expect(await judge.read(revocationsPath)).not.toBeNull()
        }
        await list(await open(dataDir), 'the one after')
        expect(await content(old)).toBe('the one after')
      })
      expect(found).toEqual(new Set(['the old one', operation === 'publish' ? 'the new one' : null]))
    },
  )

  it.each(['renew', ...rotatableRoles.filter((role) => role !== 'publish')])(
    'while it comes to the keys (%s), and doing it again completes it',
    async (operation) => {
      await atEachPoint(operation, async (dataDir, { old, fresh }) => {
        for (const judge of [old, fresh]) expect(await content(judge)).toBe('the old one')
        const repository = await open(dataDir)
        // What goes on meanwhile must not need the rotation to be complete.
        await list(repository, 'the one after')
        for (const judge of [old, fresh]) expect(await content(judge)).toBe('the one after')
        const { online, offline } = keyFolders(dataDir)
        const again = operation === 'renew' ? 'root' : (operation as RotatableRole)
        await rotateRole(repository, { dataDir, online, offline }, again)
        await list(repository, 'the last one')
        for (const judge of [old, fresh]) {
          expect(await content(judge)).toBe('the last one')
          expect(await judge.read(signingKeysPath)).not.toBeNull()
        }
      })
    },
  )

  it('while a repository is made: nothing was there, and the next start makes it', async () => {
    const whole = join(folder, 'made')
    const points = Number(await work(whole, 'make', 0))
    for (let killAt = 1; killAt <= points; killAt += 1) {
      const dataDir = join(folder, `made-${killAt}`)
      expect(await work(dataDir, 'make', killAt)).toBe('killed')
      expect(await work(dataDir, 'make', 0)).toEqual(expect.any(Number))
      const server = await serveFolder(dataDir)
      const judge = await createJudge(server.url, join(dataDir, 'trust-root.json'))
      expect(await judge.read(revocationsPath)).not.toBeNull()
      await server.stop()
      await judge.remove()
      await rm(dataDir, { recursive: true })
    }
  })
})

import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createJournal } from '../../src/engine/audit/journal.ts'

let folder: string
let program: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-journal-'))
  program = join(folder, 'writer.cjs')
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: 'test/support/journal-writer.ts',
      outDir: folder,
      emptyOutDir: false,
      rolldownOptions: { output: { format: 'cjs', entryFileNames: 'writer.cjs', codeSplitting: false } },
    },
    ssr: { noExternal: true },
  })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const start = (dir: string, count?: number) => {
  const child = spawn(process.execPath, [program, dir, ...(count === undefined ? [] : [String(count)])], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  return { child, ended }
}

it('holds together under four processes that write at once', async () => {
  const dir = join(folder, 'many')
  const writers = [1, 2, 3, 4].map(() => start(dir, 25))
  expect(await Promise.all(writers.map(({ ended }) => ended))).toEqual([0, 0, 0, 0])
  expect(await createJournal({ dir }).verify()).toEqual({ ok: true, problem: null, entries: 100, sealed: [] })
})

it('survives a kill at any instant: no entry that was confirmed is lost, and the next one can be written', async () => {
  const dir = join(folder, 'killed')
  const journal = createJournal({ dir })
  let confirmed = 0
  for (let round = 0; round < 15; round++) {
    const { child, ended } = start(dir)
    const before = confirmed
    // The head is written after the entry is on disk, so what it names has been confirmed.
    const head = async () =>
      readFile(join(dir, 'head.json'), 'utf8').then(
        (text) => (JSON.parse(text) as { seq: number }).seq,
        () => 0,
      )
    while ((await head()) <= before) await new Promise((resolve) => setTimeout(resolve, 1))
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 12))
    child.kill('SIGKILL')
    await ended
    confirmed = await head()
    await journal.append('test', null, `after kill ${round}`)
    const verdict = await journal.verify()
    expect(verdict).toMatchObject({ ok: true, problem: null })
    expect(verdict.entries).toBeGreaterThan(confirmed)
    confirmed = await head()
  }
})

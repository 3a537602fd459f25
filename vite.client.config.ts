import { defineConfig } from 'vite'

/** `@skillet/client`: one module without dependencies, for Node 18 and newer. */
export default defineConfig({
  build: {
    ssr: 'src/client/index.ts',
    target: 'node18',
    outDir: 'out/client',
    rollupOptions: { output: { format: 'es', entryFileNames: 'index.mjs' } },
  },
})

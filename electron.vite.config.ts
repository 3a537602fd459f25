import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import { threadFiles } from './scripts/lib/thread-files.mjs'
import { contract, events } from './src/shared/contract/index.ts'

// Main and preload are CommonJS with their dependencies inside: the packaged app carries no node_modules
// but the two native ones, and a sandboxed preload cannot require anything.
const native = ['electron', 'keytar']

export default defineConfig({
  main: {
    plugins: [threadFiles()],
    build: {
      externalizeDeps: false,
      target: 'node18',
      rollupOptions: {
        input: 'src/main/index.ts',
        external: native,
        output: { format: 'cjs', entryFileNames: 'index.cjs' },
      },
    },
  },
  preload: {
    define: {
      contractNames: JSON.stringify({ calls: Object.keys(contract), events: Object.keys(events) }),
    },
    build: {
      externalizeDeps: false,
      rollupOptions: {
        input: 'src/preload/index.ts',
        external: ['electron'],
        output: { format: 'cjs', entryFileNames: 'index.cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    build: { target: 'chrome114', rollupOptions: { input: 'src/renderer/index.html' } },
    plugins: [react(), tailwindcss()],
  },
})

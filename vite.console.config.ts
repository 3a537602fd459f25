import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { resolve } from 'node:path'
import { defineConfig } from 'vite'

export default defineConfig({
  root: 'src/console',
  base: '/console/',
  plugins: [react(), tailwindcss()],
  build: {
    target: ['chrome109', 'firefox115', 'safari16.4'],
    outDir: resolve('out/console'),
    emptyOutDir: true,
    // The page's policy takes no `data:` addresses.
    assetsInlineLimit: 0,
    // Needed by no browser of the above, and it would be a script that fetches.
    modulePreload: false,
    chunkSizeWarningLimit: 1000,
  },
})

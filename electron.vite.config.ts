import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import type { Plugin } from 'vite'
import { shippedPackages } from './scripts/lib/shipped-packages.mjs'
import { threadFiles } from './scripts/lib/thread-files.mjs'
import { contract, events } from './src/shared/contract/index.ts'

// Main and preload are CommonJS with their dependencies inside: the packaged app carries no node_modules
// but the two native ones, and a sandboxed preload cannot require anything.
const native = ['electron', 'keytar']

// What is there before the contract itself is: the bridge, and calls that wait for their answers.
const contractNames = JSON.stringify({ calls: Object.keys(contract), events: Object.keys(events) })

/**
 * A command must not wait until the window's part has been read, nor the window for the engine; the bundler would have
 * each load what it may load later. Nothing of ours does anything by being loaded.
 */
const loadsLate: Plugin = {
  name: 'skillet:loads-late',
  generateBundle(_options, bundle) {
    for (const part of Object.values(bundle))
      if (part.type === 'chunk')
        part.code = part.code.replaceAll(/(?<=^|;)require\("\.\/[\w-]+\.cjs"\);/g, '')
  },
}

export default defineConfig({
  main: {
    plugins: [threadFiles(), loadsLate, shippedPackages('main')],
    define: { contractNames },
    build: {
      externalizeDeps: false,
      target: 'node18',
      minify: true,
      rollupOptions: {
        // The window's parts come as `start-window.cjs` and `index.cjs` beside it, where its own paths lead from.
        input: 'src/main/start.ts',
        external: native,
        output: {
          format: 'cjs',
          // What the engine shares with the rest comes before both.
          codeSplitting: {
            groups: [
              // All that has to be read before the window can be opened.
              {
                name: 'first',
                priority: 2,
                test: /[\\/]src[\\/](?:main[\\/](?:window|app-url|protocol|security|log|first-look|hidden-word|ipc[\\/]register-calls)|engine[\\/](?:paths|policy[\\/]policy-places|secrets[\\/](?:redact|redactor|needles|encodings|key-patterns))|shared[\\/](?:errors|contract[\\/]channels|i18n[\\/]languages))\.ts$|rolldown[\\/]runtime/,
              },
              {
                name: 'base',
                test: /[\\/]src[\\/](?:shared|main[\\/](?!start|index|command-line))/,
              },
            ],
          },
          entryFileNames: '[name].cjs',
          chunkFileNames: ({ moduleIds }) =>
            ['index', 'start-window']
              .find((name) => moduleIds.some((id) => id.endsWith(`/src/main/${name}.ts`)))
              ?.concat('.cjs') ?? '[name]-[hash].cjs',
        },
      },
    },
  },
  preload: {
    plugins: [shippedPackages('preload')],
    define: { contractNames },
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
    build: {
      target: 'chrome114',
      minify: true,
      rollupOptions: {
        input: 'src/renderer/index.html',
        // What the first page needs comes in one piece, however much of it later ones share.
        output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } },
      },
    },
    plugins: [react(), tailwindcss(), shippedPackages('renderer')],
  },
})

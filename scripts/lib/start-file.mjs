import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, relative, resolve } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * A chunk for each module of ours and for each package, so that a command runs only what it needs of them.
 *
 * @type {import('vite').Rolldown.OutputOptions}
 */
export const onePartEach = {
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: [
      {
        debugName: 'a chunk each',
        name(id, chunking) {
          if (id.startsWith('\0') || chunking.getModuleInfo(id)?.isEntry) return null
          const [, dependency] = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(id) ?? []
          const path = dependency ?? relative(resolve('src'), id).replace(/\.\w+$/, '')
          return path.replaceAll(/\W+/g, '-').replace(/^-/, '')
        },
      },
    ],
  },
}

/**
 * Puts the modules that run for the commands which people wait for into one file, `start.js`, and leaves V8's compiled
 * code beside it. Which those are, and what of them is called, is found by running the commands: in a temporary home,
 * without a network, on the demo catalog's first skill.
 *
 * @param {string} skill folder of a skill that asks for little
 * @returns {import('vite').Plugin}
 */
export function startFile(skill) {
  let folder = ''
  return {
    name: 'skillet:start-file',
    apply: 'build',
    enforce: 'post',
    configResolved({ root, build }) {
      folder = resolve(root, build.outDir)
    },
    async buildStart() {
      // An earlier build's would be taken for this one's.
      for (const name of ['start.js', 'start.js.code']) await rm(join(folder, name), { force: true })
    },
    generateBundle(_options, bundle) {
      // Nothing of ours does anything by being loaded, and these would be.
      for (const part of Object.values(bundle))
        if (part.type === 'chunk') part.code = part.code.replace(/^require\("\.\/[\w-]+\.cjs"\);/, '')
    },
    async writeBundle() {
      const scratch = await mkdtemp(join(tmpdir(), 'skillet-start-'))
      const key = join(scratch, 'key.json')
      const root = join(scratch, 'root.json')
      const bundle = join(scratch, 'skill.skillet')
      const record = join(scratch, 'record')
      /** @param {string} home @param {string[]} words @param {string} [recordFile] */
      const cli = (home, words, recordFile) =>
        run(process.execPath, [join(folder, 'index.cjs'), ...words], {
          env: {
            ...process.env,
            SKILLET_HOME: join(scratch, home),
            SKILLET_TRUST_ROOT: root,
            SKILLET_REGISTRY: '',
            ...(recordFile === undefined ? {} : { SKILLET_RECORD_START: recordFile }),
          },
        })
      const install = ['install', bundle, '--grant-declared']
      try {
        await cli('used', ['keygen', '-o', key, '--trust-root-out', root])
        await cli('used', ['pack', resolve(skill), '-o', bundle, '--key', key])
        /** @type {Set<string>} */
        const parts = new Set()
        for (const words of [install, ['list'], ['verify']]) {
          await cli('used', words, record)
          for (const part of JSON.parse(await readFile(record, 'utf8'))) parts.add(part)
        }
        await writeFile(join(folder, 'start.js'), await together(folder, [...parts]))
        await cli('new', install, join(folder, 'start.js.code'))
      } catch (error) {
        this.warn(`No start file was made, so each command starts slower: ${String(error)}`)
      } finally {
        await rm(scratch, { recursive: true, force: true })
      }
    },
  }
}

/** An object with the modules under their file names, in ASCII. @param {string} folder @param {string[]} parts */
async function together(folder, parts) {
  const entries = parts.map(async (part) => {
    const source = asciiOf(await readFile(join(folder, part), 'utf8'))
    return `${JSON.stringify(basename(part))}(exports, require, module, __filename, __dirname) {${source}\n}`
  })
  return `({${(await Promise.all(entries)).join(',\n')}})\n`
}

/** V8 keeps text of other characters in twice the space and takes longer over it. @param {string} source */
function asciiOf(source) {
  if (source.includes('String.raw'))
    throw new Error('String.raw would give what is written, not what is meant.')
  return source.replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

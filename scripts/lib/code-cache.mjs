import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Leaves V8's compiled code beside each part of the command line, by running the commands that people wait for. They run
 * in a temporary home, without a network, on the demo catalog's first skill.
 *
 * @param {string} skill folder of a skill that asks for little
 * @returns {import('vite').Plugin}
 */
export function codeCache(skill) {
  return {
    name: 'skillet:code-cache',
    apply: 'build',
    enforce: 'post',
    async closeBundle() {
      const folder = await mkdtemp(join(tmpdir(), 'skillet-code-'))
      const key = join(folder, 'key.json')
      const root = join(folder, 'root.json')
      const bundle = join(folder, 'skill.skillet')
      /** @param {string} home @param {string[]} words @param {boolean} keep */
      const cli = (home, words, keep) =>
        run(process.execPath, [resolve('out/cli/index.cjs'), ...words], {
          env: {
            ...process.env,
            SKILLET_HOME: join(folder, home),
            SKILLET_TRUST_ROOT: root,
            SKILLET_REGISTRY: '',
            SKILLET_KEEP_CODE: keep ? '1' : '0',
          },
        })
      try {
        await cli('used', ['keygen', '-o', key, '--trust-root-out', root], false)
        await cli('used', ['pack', resolve(skill), '-o', bundle, '--key', key], false)
        await cli('used', ['install', bundle, '--grant-declared'], false)
        // The last one to use a part decides what is kept of it: what people wait for most comes last.
        await cli('used', ['verify'], true)
        await cli('used', ['list'], true)
        await cli('new', ['install', bundle, '--grant-declared'], true)
      } catch (error) {
        this.warn(`No compiled code was kept, so each command starts slower: ${String(error)}`)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  }
}

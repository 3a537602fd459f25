import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import process from 'node:process'

import { capture } from './command.mjs'
import { Stop } from './say.mjs'
import { packagesFile } from './shipped-packages.mjs'

const native = 'src/engine/sandbox/native'
const plugins = ['scripts/lib/thread-files.mjs', 'scripts/lib/shipped-packages.mjs']
const shared = [
  'src',
  'chains',
  'resources',
  'package.json',
  'package-lock.json',
  'tsconfig.base.json',
  'tsconfig.json',
]

/**
 * @typedef {object} BuildStep
 * @property {string} name
 * @property {string} title
 * @property {string[]} inputs files and folders that the result depends on
 * @property {string[]} outputs
 * @property {[string, string[]]} command
 * @property {string} fix
 */

/** A package's program as a script for Node, which needs no shell on any platform. @param {string} folder @param {string} name */
export function programOf(folder, name, program = name) {
  const home = join(folder, 'node_modules', name)
  const { bin } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  return join(home, typeof bin === 'string' ? bin : bin[program])
}

/** @param {string} folder @returns {BuildStep[]} */
export function buildSteps(folder) {
  /** @type {BuildStep[]} */
  const steps = [
    {
      name: 'app',
      title: 'Building the app',
      inputs: [...shared, ...plugins, 'electron.vite.config.ts'],
      outputs: [
        'out/main/index.cjs',
        'out/main/start-window.cjs',
        'out/main/start.cjs',
        'out/preload/index.cjs',
        'out/renderer/index.html',
        ...['main', 'preload', 'renderer'].map(packagesFile),
      ],
      command: [process.execPath, [programOf(folder, 'electron-vite'), 'build']],
      fix: 'npx electron-vite build',
    },
    {
      name: 'cli',
      title: 'Building the command line',
      inputs: [...shared, ...plugins, 'scripts/lib/start-file.mjs', 'vite.cli.config.ts'],
      outputs: ['out/cli/index.cjs', 'out/cli/main.cjs', packagesFile('cli')],
      command: [process.execPath, [programOf(folder, 'vite'), 'build', '--config', 'vite.cli.config.ts']],
      fix: 'npx vite build --config vite.cli.config.ts',
    },
  ]
  steps.push({
    name: 'console',
    title: "Building the registry's console",
    inputs: [
      'src/console',
      'src/renderer/ui',
      'src/renderer/bridge.ts',
      'src/renderer/route.ts',
      'src/shared',
      ...['package.json', 'package-lock.json', 'vite.console.config.ts'],
    ],
    outputs: ['out/console/index.html'],
    command: [process.execPath, [programOf(folder, 'vite'), 'build', '--config', 'vite.console.config.ts']],
    fix: 'npx vite build --config vite.console.config.ts',
  })
  steps.push({
    name: 'client',
    title: "Building the agents' client library",
    inputs: ['src/client', 'src/bridge/proof.ts', 'src/engine/paths.ts', 'vite.client.config.ts'],
    outputs: ['out/client/index.mjs'],
    command: [process.execPath, [programOf(folder, 'vite'), 'build', '--config', 'vite.client.config.ts']],
    fix: 'npx vite build --config vite.client.config.ts',
  })
  if (process.platform === 'linux') {
    const flags = ['-static', '-Os', '-Wall', '-Wextra', '-Werror']
    for (const name of ['launcher', 'relay']) {
      const output = `out/sandbox/skillet-${name}`
      const words = [...flags, '-o', output, `${native}/${name}.c`]
      steps.push({
        name,
        title: `Compiling the sandbox's ${name}`,
        inputs: [native],
        outputs: [output],
        command: ['cc', words],
        fix: `cc ${words.join(' ')}`,
      })
    }
  }
  return steps
}

/** @param {string} folder @param {string} path @returns {Promise<string[]>} files below, sorted */
async function filesBelow(folder, path) {
  const entries = await readdir(join(folder, path), { withFileTypes: true, recursive: true }).catch(
    (error) => {
      if (error.code === 'ENOTDIR') return undefined
      if (error.code === 'ENOENT') return []
      throw error
    },
  )
  if (!entries) return [join(folder, path)]
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/** One hash over the names and contents of a step's inputs, and its command. @param {string} folder @param {BuildStep} step */
async function inputsHash(folder, step) {
  const hash = createHash('sha256').update(JSON.stringify(step.command))
  for (const input of step.inputs) {
    for (const path of await filesBelow(folder, input)) {
      const content = await readFile(path)
      hash.update(`${path.slice(folder.length)}\0${content.length}\0`).update(content)
    }
  }
  return hash.digest('hex')
}

/**
 * Builds one part, unless neither its inputs nor its outputs have changed since the last time.
 *
 * @param {string} folder
 * @param {BuildStep} step
 * @returns {Promise<{ built: boolean }>}
 */
export async function runBuildStep(folder, step) {
  const stampPath = join(folder, '.cache/build', `${step.name}.sha256`)
  const hash = await inputsHash(folder, step)
  const present = step.outputs.every((output) => existsSync(join(folder, output)))
  if (present && (await readFile(stampPath, 'utf8').catch(() => '')) === hash) return { built: false }

  for (const output of step.outputs) await mkdir(dirname(join(folder, output)), { recursive: true })
  const ended = await capture(step.command[0], step.command[1], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
  })
  const output = ended.stdout + ended.stderr
  if (ended.code === 127 && step.command[0] === 'cc') {
    throw new Stop(
      'There is no C compiler (cc) for the native parts of the sandbox.',
      'sudo apt-get install build-essential',
    )
  }
  const missing = step.outputs.filter((path) => !existsSync(join(folder, path)))
  if (ended.code !== 0 || missing.length > 0) {
    const what = ended.code === 0 ? `did not write ${missing.join(', ')}` : 'failed'
    throw new Stop(`${step.title} ${what}.`, `cd ${folder} && ${step.fix}`, output)
  }
  await mkdir(dirname(stampPath), { recursive: true })
  await writeFile(stampPath, hash)
  return { built: true }
}

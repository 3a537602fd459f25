import { readdir, readFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

import { capture } from './command.mjs'
import { tryOtherPerson } from './other-person.mjs'
import { countPlaywright, settle, sum } from './test-report.mjs'

/** @typedef {import('./test-report.mjs').Count} Count */

/** What a package must take with it when it goes. */
const places = [
  '/opt/Skillet',
  '/usr/bin/skillet',
  '/usr/share/applications/skillet.desktop',
  '/usr/share/mime/packages/skillet.xml',
  '/usr/share/icons/hicolor/512x512/apps/skillet.png',
  '/usr/share/doc/skillet',
  '/etc/apparmor.d/skillet',
  '/etc/apparmor.d/skillet-bwrap',
]
/** What the desktop's own databases are made of, from what is installed. */
const databases = ['/usr/share/applications/mimeinfo.cache', '/usr/share/mime/globs2']

/**
 * Installs each package as root, has an ordinary user use it, and removes it.
 *
 * @param {import('./unprivileged.mjs').Runner} runner
 * @param {string} folder where the packages were made
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ count: Count, log: string }>}
 */
export async function testInstalledPackages(runner, folder, env) {
  let log = ''
  const prefix = process.getuid?.() === 0 ? ['env'] : ['sudo', '--non-interactive', 'env']
  /** @param {string} name @param {string[]} words @returns {Promise<Count>} */
  const asRoot = async (name, words) => {
    const [program = '', ...args] = [...prefix, 'DEBIAN_FRONTEND=noninteractive', ...words]
    const ended = await capture(program, args, { timeoutMs: 180_000 })
    log += `${words.join(' ')}\n${ended.stdout}${ended.stderr}`
    return verdict(name, ended.code === 0, 'needs root, or sudo without a password; the log says more')
  }
  /** @param {string} name @returns {Promise<Count>} */
  const asUser = async (name) => {
    const [program, args] = runner.command(runner.node, [join(folder, 'scripts/inside/packaged.mjs'), name])
    const ended = await capture(program, args, { cwd: folder, env, timeoutMs: 240_000 })
    log += ended.stdout + ended.stderr
    const report = join(folder, 'test-results/reports', `packaged-${name}.json`)
    const json = await readFile(report, 'utf8').then(JSON.parse, () => undefined)
    return settle(json && countPlaywright(json, () => false), ended.code)
  }
  const debOf = async (/** @type {string} */ name) => {
    const at = join(folder, 'out/dist', name)
    return join(at, (await readdir(at)).find((file) => file.endsWith('.deb')) ?? 'no.deb')
  }
  const wrong = await tryOtherPerson(runner, folder, env)
  const counts = [
    verdict("another person's programs don't get through the agents' door", wrong === '', wrong),
    await asRoot('apt installs the package', ['apt-get', 'install', '-y', '-q', await debOf('ordinary')]),
  ]
  if (counts[1]?.failed === 0) {
    counts.push(await asUser('ordinary'))
    // Over the other, as an organisation's build comes over the one that people have.
    counts.push(
      await asRoot('dpkg installs the other one over it', ['dpkg', '-i', await debOf('preconfigured')]),
    )
    counts.push(await asUser('preconfigured'))
    counts.push(await asRoot('apt removes it', ['apt-get', 'purge', '-y', '-q', 'skillet']))
    counts.push(
      verdict('nothing is left', (await whatIsLeft()).length === 0, (await whatIsLeft()).join(', ')),
    )
  }
  return { count: sum(counts), log }
}

async function whatIsLeft() {
  const left = places.filter((path) => existsSync(path))
  for (const path of databases)
    if ((await readFile(path, 'utf8').catch(() => '')).includes('skillet')) left.push(`an entry in ${path}`)
  return left
}

/** @param {string} name @param {boolean} ok @param {string} why @returns {Count} */
const verdict = (name, ok, why) => ({
  passed: ok ? 1 : 0,
  failed: ok ? 0 : 1,
  failures: ok ? [] : [`${name}: ${why}`],
  skipped: [],
  flaky: [],
})

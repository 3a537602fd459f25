import { chmod, cp, lstat, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import process from 'node:process'

import { capture } from '../command.mjs'
import { Stop } from '../say.mjs'
import { desktopFiles } from './desktop-files.mjs'
import { maintainerScripts } from './maintainer-scripts.mjs'

/** Where the package puts the program, whatever its brand: policies, profiles and instructions name this folder. */
export const programFolder = '/opt/Skillet'

/** Of several names the first that the distribution has is taken; Debian 13 and Ubuntu 24.04 renamed some to …t64. */
const depends = [
  'bubblewrap (>= 0.8)',
  'desktop-file-utils',
  'libasound2t64 | libasound2',
  'libgbm1',
  'libgtk-3-0t64 | libgtk-3-0 (>= 3.24)',
  'libnss3 (>= 3.26)',
  'libsecret-1-0',
  'shared-mime-info',
  'xdg-utils',
]

/** What a folder's files take up, in KiB. @param {string} folder @returns {Promise<number>} */
async function sizeKib(folder) {
  let kib = 0
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }))
    kib += Math.ceil((await lstat(join(entry.parentPath, entry.name))).size / 1024)
  return kib
}

/** @param {Record<string, string | number>} fields */
const control = (fields) =>
  Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('')

/**
 * Makes a Debian package of the packed program with `dpkg-deb`. Everything in it belongs to root and is for nobody else
 * to change; with SOURCE_DATE_EPOCH set, the same program gives the same package to the byte.
 *
 * @param {object} options
 * @param {string} options.program the unpacked program
 * @param {string} options.work a folder for this, which is made anew
 * @param {string} options.output the `.deb`
 * @param {string} options.version
 * @param {import('./brand.mjs').Brand} options.brand
 * @param {string} options.bubblewrapProfile for AppArmor
 * @param {boolean} options.fast for tests: not compressed, which takes minutes
 */
export async function makeDeb({ program, work, output, version, brand, bubblewrapProfile, fast }) {
  await rm(work, { recursive: true, force: true })
  const inPackage = join(work, programFolder)
  await mkdir(dirname(inPackage), { recursive: true })
  await mkdir(join(work, 'DEBIAN'))
  await capture('cp', ['-a', '--link', program, inPackage])
  for (const [path, content] of Object.entries(await desktopFiles(brand, programFolder, bubblewrapProfile))) {
    await mkdir(dirname(join(work, path)), { recursive: true })
    if (typeof content === 'string') await writeFile(join(work, path), content)
    else await cp(content.from, join(work, path))
  }
  await mkdir(join(work, 'usr/bin'), { recursive: true })
  await symlink(`${programFolder}/skillet`, join(work, 'usr/bin/skillet'))
  const fields = {
    Package: 'skillet',
    Version: version,
    Section: 'utils',
    Priority: 'optional',
    Architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    Maintainer: 'The Skillet authors <maintainers@skillet.invalid>',
    'Installed-Size': await sizeKib(work),
    Depends: depends.join(', '),
    Recommends: 'gnome-keyring | kwalletmanager | keepassxc',
    Suggests: 'firejail',
    Description: `${brand.name} gives skills to AI agents, safely\n A person installs a skill with one click; Skillet proves who published it, asks\n about each permission in plain words and runs it in a sandbox that holds it to\n what was allowed.`,
  }
  await writeFile(join(work, 'DEBIAN/control'), control(fields))
  for (const [name, script] of Object.entries(maintainerScripts(programFolder))) {
    await writeFile(join(work, 'DEBIAN', name), script)
    await chmod(join(work, 'DEBIAN', name), 0o755)
  }
  // Whoever builds may have a umask that keeps others out.
  await capture('chmod', ['-R', 'u=rwX,go=rX', work])
  await rm(output, { force: true })
  const compression = fast ? ['-Znone'] : ['-Zxz', '-z6']
  const ended = await capture('dpkg-deb', ['--root-owner-group', ...compression, '--build', work, output])
  await rm(work, { recursive: true })
  if (ended.code !== 0) throw new Stop('dpkg-deb made no package.', 'sudo apt-get install dpkg', ended.stderr)
}

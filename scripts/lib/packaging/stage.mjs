import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { copyCommandLine } from './desktop-command-line.mjs'
import { readParts } from './contents.mjs'
import { copyNativePackages, nativePackages } from './native-packages.mjs'

/**
 * Lays out everything that is to be in the packed program, and nothing else.
 *
 * @param {string} checkout built
 * @param {string} to
 * @param {import('./brand.mjs').Brand} brand
 * @returns what npm packages it is made of
 */
export async function stage(checkout, to, brand) {
  const at = (/** @type {string[]} */ ...parts) => join(checkout, ...parts)
  await rm(to, { recursive: true, force: true })
  await mkdir(to, { recursive: true })
  const { version, license, description } = JSON.parse(await readFile(at('package.json'), 'utf8'))
  const manifest = {
    name: 'skillet',
    productName: brand.name,
    version,
    description,
    license,
    author: { name: 'The Skillet authors', email: 'maintainers@skillet.invalid' },
    homepage: 'https://skillet.invalid/',
    main: 'out/main/start.cjs',
  }
  await writeFile(join(to, 'package.json'), JSON.stringify(manifest, null, 2))
  for (const part of ['main', 'preload', 'renderer', 'sandbox'])
    await cp(at('out', part), join(to, 'out', part), { recursive: true })
  const chunks = await copyCommandLine(at('out/cli'), join(to, 'out/cli'))
  await copyNativePackages(checkout, to)
  await mkdir(join(to, 'resources'))
  await cp(brand.icon, join(to, 'resources/icon.png'))
  return readParts(checkout, { chunks, native: nativePackages })
}

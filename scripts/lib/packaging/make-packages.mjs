import { cp, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'

import { capture } from '../command.mjs'
import { Stop } from '../say.mjs'
import { ownBrand, readBrand } from './brand.mjs'
import { writeContents } from './contents.mjs'
import { makeDeb } from './deb.mjs'
import { pack } from './pack.mjs'
import { stage } from './stage.mjs'
import { writeUpdateFeed, writeUpdateSource } from './update-feed.mjs'

/**
 * Makes packages of a checkout that is built.
 *
 * @param {string} checkout
 * @param {ReturnType<typeof import('./options.mjs').parseDistOptions>} options
 * @param {{ path?: string, folder?: string, version: string }} electron
 * @param {(line: string) => void} say
 */
export async function makePackages(
  checkout,
  { targets, policy, brand: brandFolder, output, fast, updates },
  electron,
  say,
) {
  const { version } = JSON.parse(await readFile(join(checkout, 'package.json'), 'utf8'))
  const brand = brandFolder === undefined ? ownBrand(checkout) : await readBrand(brandFolder)
  const commandLine = join(checkout, 'out/cli/index.cjs')
  const resources = join(output, 'resources')
  await rm(resources, { recursive: true, force: true })
  await mkdir(resources, { recursive: true })
  if (policy !== undefined) await addPolicy(policy, commandLine, resources)

  const app = join(output, 'app')
  const parts = await stage(checkout, app, brand)
  await writeContents(resources, parts, { version, electron: electron.version })
  if (updates !== undefined) await writeUpdateSource(resources, updates)
  const forBuilder = targets.filter((name) => name !== 'deb')
  const program = await pack({
    checkout,
    targets: forBuilder.length > 0 ? forBuilder : ['dir'],
    app,
    resources,
    output: join(output, 'packed'),
    brand,
    electron,
  })
  say(program)
  if (targets.includes('deb')) {
    const profile = await capture(process.execPath, [commandLine, 'doctor', '--apparmor-profile'])
    if (profile.code !== 0) throw new Stop('doctor printed no rule for AppArmor.', undefined, profile.stderr)
    const deb = join(output, `skillet_${version}_${process.arch === 'arm64' ? 'arm64' : 'amd64'}.deb`)
    const work = join(output, 'deb')
    await makeDeb({ program, work, output: deb, version, brand, bubblewrapProfile: profile.stdout, fast })
    say(deb)
  }
  if (updates !== undefined) say(await writeUpdateFeed([output, join(output, 'packed')], version, updates))
}

/**
 * A policy that this build always has. Checked by the very program that will read it.
 *
 * @param {string} policy @param {string} commandLine @param {string} resources
 */
async function addPolicy(policy, commandLine, resources) {
  const checked = await capture(process.execPath, [commandLine, 'policy', 'check', policy])
  if (checked.code !== 0)
    throw new Stop(`${policy} can't be built in.`, undefined, checked.stdout + checked.stderr)
  await cp(policy, join(resources, 'policy.json'))
}

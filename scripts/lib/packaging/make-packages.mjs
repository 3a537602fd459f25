import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, isAbsolute, join } from 'node:path'
import process from 'node:process'

import { capture } from '../command.mjs'
import { Stop } from '../say.mjs'
import { ownBrand, policyWithBrand, readBrand } from './brand.mjs'
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
  await addPolicy({ policy, brand: brandFolder === undefined ? null : brand }, commandLine, resources)

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
 * A policy that this build always has, with its brand. Checked by the very program that will read it.
 *
 * @param {{ policy: string | undefined, brand: import('./brand.mjs').Brand | null }} given
 * @param {string} commandLine @param {string} resources
 */
async function addPolicy({ policy, brand }, commandLine, resources) {
  const check = async (/** @type {string} */ path) => {
    const checked = await capture(process.execPath, [commandLine, 'policy', 'check', path])
    if (checked.code !== 0)
      throw new Stop(`${path} can't be built in.`, undefined, checked.stdout + checked.stderr)
  }
  if (policy !== undefined) await check(policy)
  const given = policy === undefined ? null : JSON.parse(await readFile(policy, 'utf8'))
  const whole = policyWithBrand(given, brand)
  if (whole === null) return
  const built = join(resources, 'policy.json')
  await writeFile(built, JSON.stringify(whole, null, 2))
  await check(built)
  if (brand?.logo) {
    await mkdir(join(resources, 'brand'))
    await cp(brand.logo, join(resources, 'brand', basename(brand.logo)))
  }
  const { logo } = /** @type {{ logo?: unknown }} */ (whole['branding'] ?? {})
  if (typeof logo === 'string' && !isAbsolute(logo) && !existsSync(join(resources, 'brand', logo)))
    throw new Stop(
      `The policy's branding.logo, ${logo}, is not in the brand's folder.`,
      `--brand DIR with ${logo}`,
    )
}

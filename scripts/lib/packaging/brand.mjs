import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'

import { Stop } from '../say.mjs'

/**
 * @typedef {{ name: string, icon: string, logo: string | null }} Brand `icon`: a square PNG of at least 512 pixels; `logo`:
 *   what the window shows, a PNG or SVG
 */

const maxLogoBytes = 256 * 1024

/** @param {string} checkout @returns {Brand} */
export const ownBrand = (checkout) => ({
  name: 'Skillet',
  icon: join(checkout, 'resources/icon.png'),
  logo: null,
})

/**
 * A folder with `brand.json` (`{"name": "Skillet for Example Ltd"}`), `icon.png` and, if wanted, `logo.svg` or `logo.png`. Paths, package and command keep the
 * name skillet, so that agents, policies and instructions fit every build.
 *
 * @param {string} folder
 * @returns {Promise<Brand>}
 */
export async function readBrand(folder) {
  const fix = `put brand.json, {"name": "…"}, and icon.png into ${folder}`
  const text = await readFile(join(folder, 'brand.json'), 'utf8').catch(() => {
    throw new Stop(`${folder} has no brand.json.`, fix)
  })
  /** @type {unknown} */
  let given
  try {
    given = JSON.parse(text)
  } catch {
    throw new Stop(`${join(folder, 'brand.json')} is not JSON.`, fix)
  }
  const name = typeof given === 'object' && given !== null && 'name' in given ? given.name : undefined
  const others = Object.keys(given ?? {}).filter((key) => key !== 'name')
  // The name becomes a line of a desktop entry, a folder of Windows and the title of a window.
  if (typeof name !== 'string' || !/^[\p{L}\p{N}][\p{L}\p{N} .&'-]{0,38}[\p{L}\p{N}]$/u.test(name))
    throw new Stop("brand.json’s name takes 2 to 40 letters, digits, spaces and . & ' -.", fix)
  if (others.length > 0) throw new Stop(`brand.json has ${others.join(', ')}, which mean nothing.`, fix)
  const icon = join(folder, 'icon.png')
  const bytes = await readFile(icon).catch(() => Buffer.alloc(0))
  const isPng = bytes.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
  const [width, height] = isPng ? [bytes.readUInt32BE(16), bytes.readUInt32BE(20)] : [0, 0]
  if (width !== height || width < 512) throw new Stop(`${icon} is no square PNG of at least 512 pixels.`, fix)
  return { name, icon, logo: await readLogo(folder) }
}

/** @param {string} folder */
async function readLogo(folder) {
  for (const name of ['logo.svg', 'logo.png']) {
    const logo = join(folder, name)
    const found = await stat(logo).catch(() => null)
    if (found === null) continue
    if (found.size > maxLogoBytes) throw new Stop(`${logo} is larger than 256 KiB.`, 'make it smaller')
    return logo
  }
  return null
}

/**
 * What the build's own policy is to say: what was given, with the brand where it names none of its own. Null where neither
 * was given.
 *
 * @param {Record<string, unknown> | null} policy @param {Brand | null} brand
 */
export function policyWithBrand(policy, brand) {
  if (brand === null) return policy
  const own = { name: brand.name, ...(brand.logo === null ? {} : { logo: basename(brand.logo) }) }
  return { ...policy, branding: { ...own, .../** @type {object | undefined} */ (policy?.['branding']) } }
}

import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { packagesFile } from '../shipped-packages.mjs'

/**
 * @typedef {object} Part an npm package that is inside the program
 * @property {string} name
 * @property {string} version
 * @property {string} license SPDX
 * @property {string | undefined} integrity npm's, of the package as it was fetched
 * @property {string} text the licence itself
 */

/** How the command line's build names the chunk of a package. @param {string} folder */
const chunkOf = (folder) =>
  folder
    .replace(/^.*node_modules\//, '')
    .replaceAll(/\W+/g, '-')
    .replace(/^-/, '')

/**
 * Every npm package of which something is in the packed program, by what the builds wrote down; the registry's server and
 * what only it needs are left out as they are left out of the program.
 *
 * @param {string} checkout
 * @param {{ chunks: ReadonlySet<string>, native: readonly string[] }} shipped `chunks`: those of the command line
 * @returns {Promise<Part[]>}
 */
export async function readParts(checkout, { chunks, native }) {
  /** @param {string} part @returns {Promise<string[]>} */
  const builtIn = async (part) => JSON.parse(await readFile(join(checkout, packagesFile(part)), 'utf8'))
  const allChunks = await readdir(join(checkout, 'out/cli'))
  const stays = (/** @type {string} */ folder) => {
    const isOwn = (/** @type {string} */ file) => file.replace(/-[\w-]{8}\.cjs$/, '') === chunkOf(folder)
    return !allChunks.some(isOwn) || [...chunks].some(isOwn)
  }
  const folders = new Set([
    ...(await Promise.all(['main', 'preload', 'renderer'].map(builtIn))).flat(),
    ...(await builtIn('cli')).filter(stays),
    ...native.map((name) => `node_modules/${name}`),
  ])
  const lock = JSON.parse(await readFile(join(checkout, 'package-lock.json'), 'utf8'))
  const parts = [...folders].sort().map(async (folder) => {
    const manifest = JSON.parse(await readFile(join(checkout, folder, 'package.json'), 'utf8'))
    const { name, version, license } = manifest
    const files = (await readdir(join(checkout, folder))).filter((file) =>
      /^(licen[cs]e|copying|notice)/i.test(file),
    )
    const texts = await Promise.all(
      files.sort().map((file) => readFile(join(checkout, folder, file), 'utf8')),
    )
    const author = typeof manifest.author === 'string' ? manifest.author : (manifest.author?.name ?? '')
    return {
      name,
      version,
      license: typeof license === 'string' ? license : (license?.type ?? 'NOASSERTION'),
      integrity: lock.packages[folder]?.integrity,
      text: texts.join('\n').trim() || `${license}. ${author} The package has no file with its licence.`,
    }
  })
  return Promise.all(parts)
}

/** CycloneDX 1.6, without the time and without chance, so that the same program has the same one. @param {Part[]} parts @param {{ version: string, electron: string }} program */
function billOfMaterials(parts, { version, electron }) {
  const components = [
    { name: 'electron', version: electron, license: 'MIT', integrity: undefined },
    ...parts,
  ].map(({ name, version: own, license, integrity }) => {
    const purl = `pkg:npm/${name.replace('@', '%40')}@${own}`
    const [, base64] = /^sha512-(.+)$/.exec(integrity ?? '') ?? []
    return {
      type: 'library',
      'bom-ref': purl,
      name,
      version: own,
      purl,
      licenses: [/\s/.test(license) ? { expression: license } : { license: { id: license } }],
      ...(base64
        ? { hashes: [{ alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex') }] }
        : {}),
    }
  })
  const digest = createHash('sha256')
    .update(JSON.stringify([version, components]))
    .digest('hex')
  const uuid = digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-5$3-a$4-$5')
  const root = {
    type: 'application',
    'bom-ref': 'skillet',
    name: 'skillet',
    version,
    licenses: [{ license: { id: 'Apache-2.0' } }],
  }
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuid}`,
    version: 1,
    metadata: { component: root },
    components,
    dependencies: [{ ref: 'skillet', dependsOn: components.map((one) => one.purl) }],
  }
}

/** @param {Part[]} parts */
const licences = (parts) =>
  [
    'Skillet is under the Apache License 2.0. It contains the following packages, each under its own licence.',
    'Electron and Chromium: LICENSE.electron.txt and LICENSES.chromium.html beside the program.',
    'On Linux, the sandbox’s launcher and relay (sources: src/engine/sandbox/native) are linked with the C library of the',
    'computer that compiled them; the GNU C Library is under the LGPL 2.1 or later.',
    ...parts.map(
      ({ name, version, license, text }) => `\n${'='.repeat(72)}\n${name} ${version}: ${license}\n\n${text}`,
    ),
    '',
  ].join('\n')

/**
 * Writes what the program is made of into its resources: `sbom.cdx.json` and `THIRD-PARTY-LICENSES.txt`.
 *
 * @param {string} folder @param {Part[]} parts @param {{ version: string, electron: string }} program
 */
export async function writeContents(folder, parts, program) {
  await writeFile(
    join(folder, 'sbom.cdx.json'),
    `${JSON.stringify(billOfMaterials(parts, program), null, 1)}\n`,
  )
  await writeFile(join(folder, 'THIRD-PARTY-LICENSES.txt'), licences(parts))
}

import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'

import { Stop } from '../say.mjs'

const payloadType = 'application/vnd.skillet.update+json'

/** The ends of the names of packages, and what the feed calls their kind. */
const kinds = { deb: 'deb', AppImage: 'AppImage', 'tar.gz': 'tar.gz', dmg: 'dmg', exe: 'nsis' }

/**
 * @typedef {{ feed: string, key: string, notes: string | undefined, staging: number, validDays: number }} Updates `key`: made
 *   by `skillet keygen`; `validDays`: how long the list counts
 */

/** @param {string} file made by `skillet keygen` */
async function readKey(file) {
  const { secretKey } = JSON.parse(await readFile(file, 'utf8').catch(() => '{}'))
  const seed = Buffer.from(String(secretKey ?? ''), 'base64')
  if (seed.length !== 32) throw new Stop(`${file} is no signing key.`, 'skillet keygen -o update-key.json')
  // RFC 8410: the frame of an ed25519 key around its seed.
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
  const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(secret).export({ format: 'der', type: 'spki' })
  return { secret, raw: spki.subarray(-32) }
}

/** What the packed program will believe about updates of itself. @param {string} resources @param {Updates} updates */
export async function writeUpdateSource(resources, { feed, key }) {
  const { raw } = await readKey(key)
  await writeFile(
    join(resources, 'updates.json'),
    JSON.stringify({ feed: feed.replace(/\/$/, ''), keys: [raw.toString('base64')] }),
  )
}

/**
 * Signs the list that offers these packages: `PLATFORM-ARCH.json`, to be put beside them where the feed points to.
 *
 * @param {string[]} folders with the packages; the list goes into the first
 * @param {string} version @param {Updates} updates
 * @returns {Promise<string>} its path
 */
export async function writeUpdateFeed(folders, version, { key, notes, staging, validDays }) {
  const files = await Promise.all(
    folders.map(async (folder) => (await readdir(folder)).map((name) => ({ folder, name }))),
  )
  const packages = []
  for (const { folder, name } of files.flat()) {
    const kind = Object.entries(kinds).find(([end]) => name.endsWith(`.${end}`))?.[1]
    if (kind === undefined) continue
    const bytes = await readFile(join(folder, name))
    packages.push({
      kind,
      name,
      size: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    })
  }
  const { platform, arch } = process
  const text = notes === undefined ? '' : await readFile(notes, 'utf8')
  const now = Date.now()
  const list = {
    schema: 1,
    product: 'skillet',
    platform,
    arch,
    version,
    released: new Date(now).toISOString(),
    expires: new Date(now + validDays * 24 * 60 * 60_000).toISOString(),
    notes: text,
    staging,
    packages,
  }
  const payload = Buffer.from(JSON.stringify(list))
  const { secret, raw } = await readKey(key)
  // DSSE 1.0, pre-authentication encoding.
  const head = `DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `
  const sig = sign(null, Buffer.concat([Buffer.from(head), payload]), secret).toString('base64')
  const keyid = createHash('sha256').update(raw).digest('hex')
  const path = join(folders[0] ?? '.', `${platform}-${arch}.json`)
  const envelope = { payloadType, payload: payload.toString('base64'), signatures: [{ keyid, sig }] }
  await writeFile(path, JSON.stringify(envelope))
  return path
}

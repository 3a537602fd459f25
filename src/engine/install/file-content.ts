import { readFile } from 'node:fs/promises'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { SkilletError } from '../../shared/errors.ts'
import type { Release, ReleaseFile } from '../../shared/release.ts'
import type { PublishKeys } from '../../shared/signed-targets.ts'
import { collect, readArchive } from '../../trust/archive.ts'
import { sha256Hex } from '../../trust/digest.ts'
import type { FetchTarball } from './tarball.ts'
import { obtainTarball } from './tarball.ts'
import { installedRelease } from './integrity.ts'
import type { Store } from './store.ts'

/** Longest file that is shown, in bytes. */
const maxShownBytes = 1024 * 1024

export interface FileContent {
  readonly path: string
  /** Null for a file that isn't text. */
  readonly text: string | null
  readonly size: number
}

/**
 * One file of a release, for reading before or after installing: from the installed folder, else from the tarball,
 * which is fetched and verified first. What is shown is always exactly what was signed.
 * @throws SkilletError NOT_FOUND, TOO_LARGE, INTEGRITY_BROKEN, DIGEST_MISMATCH, and what `fetch` throws
 */
export async function readReleaseFile(
  store: Store,
  keys: PublishKeys,
  release: Release,
  fetch: FetchTarball,
  path: string,
): Promise<FileContent> {
  const file = release.files.find((one) => one.path === path)
  if (file === undefined) throw new SkilletError('NOT_FOUND', `${release.slug} has no file ${path}.`)
  if (file.size > maxShownBytes)
    throw new SkilletError('TOO_LARGE', `${path} is too large to be shown.`, {
      remedy: 'Install the skill and open the file with another program.',
    })
  const content =
    (await fromInstalled(store, keys, release, file)) ?? (await fromTarball(store, release, fetch, file))
  return { path, text: toText(content), size: file.size }
}

async function fromInstalled(
  store: Store,
  keys: PublishKeys,
  release: Release,
  file: ReleaseFile,
): Promise<Uint8Array | null> {
  const record = await store.get(release.slug)
  if (record === null || record.version !== release.version || record.withdrawn !== null) return null
  const installed = (await installedRelease(store, keys, release.slug)).release
  if (installed.tarball.sha256 !== release.tarball.sha256) return null
  const content = await readFile(
    join(store.folderOf(release.slug, release.version), ...file.path.split('/')),
  ).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (content === null || sha256Hex(content) !== file.sha256)
    throw new SkilletError('INTEGRITY_BROKEN', `${file.path} is not as it was installed.`)
  return content
}

async function fromTarball(
  store: Store,
  release: Release,
  fetch: FetchTarball,
  file: ReleaseFile,
): Promise<Uint8Array> {
  const { path } = await obtainTarball(store.paths, release.tarball, fetch)
  let content: Uint8Array | null = null
  await readArchive(createReadStream(path), async (entry, body) => {
    if (entry.path === file.path && entry.size === file.size) content = await collect(body)
  })
  if (content === null || sha256Hex(content) !== file.sha256)
    throw new SkilletError('PAYLOAD_MISMATCH', `The download differs from the signed release: ${file.path}.`)
  return content
}

function toText(content: Uint8Array): string | null {
  if (content.includes(0)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    // Not UTF-8, so not text.
    return null
  }
}

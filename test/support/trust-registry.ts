import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { keyFolders, openKey } from '../../src/registry/tuf/keys.ts'
import type { Held, Revocation } from '../../src/shared/signed-targets.ts'
import { releasePath, signingKeysPath, type PublishKeys } from '../../src/shared/signed-targets.ts'
import type { TinyRegistry } from './tiny-registry.ts'

const timestampPath = '/tuf/metadata/timestamp.json'

/** A mirror that stands still here: everything else under `/tuf` never changes, so this one file decides. */
export async function holdStill(registry: TinyRegistry): Promise<{ serve: () => void; letGo: () => void }> {
  const bytes = new Uint8Array(await readFile(join(registry.dataDir, 'tuf', 'metadata', 'timestamp.json')))
  return {
    serve: () => void registry.documents.set(timestampPath, bytes),
    letGo: () => void registry.documents.delete(timestampPath),
  }
}

/** A network that answers everything with its login page. */
export function captivePortal(registry: TinyRegistry): { letGo: () => void } {
  const page = new Uint8Array(Buffer.from('<!doctype html><title>Sign in to the hotel</title>'))
  registry.documents.set(timestampPath, page)
  registry.documents.set('/tuf/metadata/2.root.json', page)
  return {
    letGo() {
      registry.documents.delete(timestampPath)
      registry.documents.delete('/tuf/metadata/2.root.json')
    },
  }
}

/** Lists these bytes as a release, as somebody with the registry's online keys could. */
export async function listRelease(
  { repository }: TinyRegistry,
  slug: string,
  version: string,
  envelope: Uint8Array,
): Promise<void> {
  await repository.change({ add: [await repository.writeTarget(releasePath(slug, version), envelope)] })
}

/** Says who signs releases, with the key that only administrators have. */
export async function setPublishKeys(
  { repository, dataDir }: TinyRegistry,
  keys: PublishKeys,
): Promise<void> {
  const bytes = new Uint8Array(Buffer.from(JSON.stringify(keys)))
  await repository.change({
    signingKeys: {
      info: await repository.writeTarget(signingKeysPath, bytes),
      signer: await openKey(keyFolders(dataDir).offline, 'targets'),
    },
  })
}

export const withdrawalOf = (slug: string, version: string): Revocation => ({
  slug,
  version,
  reason: 'It sent files away.',
  severity: 'critical',
  rotate: [],
  revokedAt: '2026-11-02T00:00:00Z',
})

export const holdOf = (slug: string): Held => ({
  slug,
  words: 'It was reported as malware and is being looked into.',
  since: '2026-11-02T00:00:00Z',
})

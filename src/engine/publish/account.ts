import { asksOf } from '../../shared/capability-words.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { FolderLook } from '../../shared/contract/agent-access.ts'
import type { Release } from '../../shared/release.ts'
import { verifyRelease } from '../../trust/verify-release.ts'
import type { Engine } from '../api.ts'
import { latestVersion, requireRegistry } from '../install/candidate.ts'
import type { CatalogIndex, Freshness, RegistryTrust } from '../ports.ts'
import type { RegistryClient } from '../registry-client/client.ts'
import { takeSnapshot, type SkillSnapshot } from './skill-snapshot.ts'

interface Ports {
  readonly registry: RegistryClient | null
  readonly trust: RegistryTrust
  readonly catalog: CatalogIndex
  readonly now: () => Date
}

/** What the person does at the registry with the key of their account. */
export type Account = Pick<
  Engine,
  'bundleToShare' | 'shareBundle' | 'lookAtFolder' | 'submitFolder' | 'submissionState'
>

/** A skill's published version is looked up anew, but not at each step. */
const lists: Freshness = { maxAgeMs: 15_000, patienceMs: 10_000 }

export function createAccount({ registry: known, trust, catalog, now }: Ports): Account {
  /** The registry, once its key is known to be good for this. @throws SkilletError UNAUTHORIZED, FORBIDDEN */
  async function registryFor(
    scope: 'write:bundles' | 'write:publish',
    words: string,
  ): Promise<RegistryClient> {
    const registry = requireRegistry(known)
    // Without a key the registry says so, and how to set one.
    const scopes = await registry.keyScopes()
    if (!scopes.includes(scope) && !scopes.includes('admin'))
      throw new SkilletError('FORBIDDEN', words, {
        remedy: `Make a key with the permission ${scope} in the registry’s console, start Skillet with it, then ask again.`,
      })
    return registry
  }

  async function lookAt(folder: string): Promise<{ look: FolderLook; snapshot: SkillSnapshot }> {
    const snapshot = await takeSnapshot(folder)
    const { manifest, files, digest, report } = snapshot
    const { slug, version, title } = manifest
    const published = await publishedRelease(slug)
    if (published?.version === version)
      throw new SkilletError('VERSION_EXISTS', `Version ${version} of ${slug} is published already.`)
    const before = new Map(published?.files.map(({ path, sha256 }) => [path, sha256]))
    const paths = new Set(files.map(({ path }) => path))
    const old = published?.skill.capabilities ?? {}
    return {
      snapshot,
      look: {
        folder,
        digest,
        slug,
        version,
        title,
        files: files.map(({ path, size, executable }) => ({ path, size, executable })),
        report,
        published:
          published === null
            ? null
            : {
                version: published.version,
                added: files.flatMap(({ path }) => (before.has(path) ? [] : [path])),
                changed: files.flatMap(({ path, sha256 }) =>
                  before.has(path) && before.get(path) !== sha256 ? [path] : [],
                ),
                removed: [...before.keys()].filter((path) => !paths.has(path)),
              },
        asks: asksOf(manifest).map(({ capability, title: words }) => ({
          title: words,
          isNew: published !== null && !Object.hasOwn(old, capability),
        })),
      },
    }
  }

  /** The newest that the registry offers; null where it has none under this name. */
  async function publishedRelease(slug: string): Promise<Release | null> {
    try {
      const version = await latestVersion({ trust, catalog }, slug, lists)
      const [envelope, keys] = await Promise.all([
        trust.release(slug, version, lists),
        trust.publishKeys(lists),
      ])
      return verifyRelease(envelope, keys, { slug, version }).release
    } catch (error) {
      if (error instanceof SkilletError && error.code === 'NOT_FOUND') return null
      throw error
    }
  }

  return {
    async bundleToShare(name) {
      const registry = await registryFor('write:bundles', 'Skillet’s key may not share bundles.')
      const bundle = (await registry.bundles()).find((one) => one.name === name)
      // No list of those that there are: what an agent wasn't told it needn't learn here.
      if (bundle === undefined)
        throw new SkilletError('NOT_FOUND', `This account has no bundle ${name}.`, {
          remedy: 'Ask the person what their bundle is called.',
        })
      return bundle
    },
    async shareBundle(id, { label, days }) {
      const registry = requireRegistry(known)
      const { key, prefix } = await registry.shareBundle(id, { label, days })
      const expiresAt = new Date(now().getTime() + days * 86_400_000).toISOString()
      return { token: key, prefix, expiresAt, registry: registry.url }
    },
    async lookAtFolder(folder) {
      await registryFor('write:publish', 'Skillet’s key may not submit skills.')
      const { look } = await lookAt(folder)
      if (look.report.verdict === 'fail') throw rejected(look)
      return look
    },
    async submitFolder(folder, digest) {
      const registry = requireRegistry(known)
      const snapshot = await takeSnapshot(folder)
      if (snapshot.digest !== digest)
        throw new SkilletError('INTEGRITY_BROKEN', 'The folder is no longer what you were shown.', {
          remedy: 'Have the agent ask again.',
        })
      return registry.submit(snapshot.tarball)
    },
    submissionState: async (id) => (await requireRegistry(known).submission(id)).state,
  }
}

/** What a person would be shown in vain: the registry refuses it. */
function rejected({ folder, report }: FolderLook): SkilletError {
  const grave = report.findings.find(({ severity }) => severity === 'high' || severity === 'critical')
  const what = grave === undefined ? report.verdict : `${grave.message} (${grave.file}, ${grave.rule})`
  return new SkilletError('PUBLISH_REJECTED', `The skill did not pass the check: ${what}`, {
    remedy: `See what to correct: skillet lint ${folder}`,
  })
}

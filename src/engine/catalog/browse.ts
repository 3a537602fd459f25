import type { CatalogEntry } from '../../shared/catalog.ts'
import { asksOf, cannotOf } from '../../shared/capability-words.ts'
import type { Provenance, SkillSummary } from '../../shared/contract/skills.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { Hardware } from '../../shared/hardware.ts'
import type { Release } from '../../shared/release.ts'
import type { PublishKeys } from '../../shared/signed-targets.ts'
import { verifyRelease } from '../../trust/verify-release.ts'
import type { Engine } from '../api.ts'
import { latestVersion, requireRegistry } from '../install/candidate.ts'
import { readReleaseFile } from '../install/file-content.ts'
import { findAlternative } from '../install/fit.ts'
import { createInstalledVersions } from '../install/installed-versions.ts'
import { installedRelease } from '../install/integrity.ts'
import { toProvenance, toSummary } from '../install/plan.ts'
import { envelopeOf, type InstallRecord, type Store } from '../install/store.ts'
import type { FetchTarball } from '../install/tarball.ts'
import type { CatalogIndex, Freshness, Probe, RegistryClient, RegistryTrust } from '../ports.ts'
import { matchRequirements } from '../probe/match.ts'
import { currentUntil, currentWord } from '../trust/current.ts'

interface Ports {
  readonly registry: RegistryClient | null
  readonly trust: RegistryTrust
  readonly catalog: CatalogIndex
  readonly store: Store
  readonly probe: Probe
}

export type Browse = Pick<Engine, 'search' | 'show' | 'readFile'>

/** As many as a screen shows at once. */
const pageSize = 60
/** Looking around doesn't ask the registry at each step; installing does. */
const lists: Freshness = { maxAgeMs: 5 * 60_000, patienceMs: 5_000 }

/** A signed release that may be shown, and whose word it is. */
interface Shown {
  readonly release: Release
  readonly keys: PublishKeys
  readonly keyid: string
  readonly origin: string
  readonly current: Provenance['current']
}

/** Looking at skills before and after installing. Whatever is shown of one skill comes out of its signed release. */
export function createBrowse({ registry, trust, catalog, store, probe }: Ports): Browse {
  const installedVersions = createInstalledVersions(store)
  /** What was said of an entry last, and on which grounds. */
  const summaries = new WeakMap<CatalogEntry, { hardware: Hardware; summary: SkillSummary }>()

  function summaryOf(entry: CatalogEntry, hardware: Hardware, installed: string | null): SkillSummary {
    const known = summaries.get(entry)
    if (known?.hardware === hardware && known.summary.installedVersion === installed) return known.summary
    const summary = toSummary(entry, matchRequirements(entry.requires, hardware), installed)
    summaries.set(entry, { hardware, summary })
    return summary
  }

  async function summarise(entries: readonly CatalogEntry[]): Promise<SkillSummary[]> {
    const hardware = await probe([...new Set(entries.flatMap((entry) => entry.requires.executables))])
    const installed = await installedVersions()
    return entries.map((entry) => summaryOf(entry, hardware, installed.get(entry.slug) ?? null))
  }

  /** The installed one, or which of the registry's. What is on hold isn't offered, but whoever has it may look at theirs. */
  async function wantedVersion(
    slug: string,
    version: string | undefined,
    record: InstallRecord | null,
  ): Promise<InstallRecord | string> {
    if (version !== undefined) return version === record?.version ? record : version
    if (record !== null && registry === null) return record
    try {
      return await latestVersion({ trust, catalog }, slug)
    } catch (error) {
      if (record !== null && error instanceof SkilletError && error.code === 'ON_HOLD') return record
      throw error
    }
  }

  /** The installed release where that is what is asked for, else the registry's; verified either way. */
  async function find(slug: string, version: string | undefined): Promise<Shown> {
    const wanted = await wantedVersion(slug, version, await store.get(slug))
    if (typeof wanted !== 'string') {
      const keys = await trust.lastKnownKeys()
      const { release } = await installedRelease(store, keys, slug)
      const envelope = envelopeOf(wanted)
      const current = await currentWord(trust, { slug, version: wanted.version, envelope }, lists)
      return { release, keys, keyid: wanted.keyid, origin: wanted.source, current }
    }
    const envelope = await trust.release(slug, wanted, lists)
    const keys = await trust.publishKeys(lists)
    const verified = verifyRelease(envelope, keys, { slug, version: wanted })
    return {
      ...verified,
      keys,
      origin: requireRegistry(registry).url,
      current: currentUntil(await trust.status()),
    }
  }

  const fetch: FetchTarball = (tarball, toPath, hooks) =>
    requireRegistry(registry).downloadTarball(tarball, toPath, hooks)

  /** SKILL.md without its front matter; empty where this plan may not open the skill's files. */
  async function readmeOf({ release, keys }: Shown): Promise<string> {
    try {
      const { text } = await readReleaseFile(store, keys, release, fetch, 'SKILL.md')
      return (text ?? '').replace(/^---\r?\n[\s\S]*?\r?\n---\r?\n?/, '').trim()
    } catch (error) {
      if (error instanceof SkilletError && (error.code === 'TIER_REQUIRED' || error.code === 'UNAUTHORIZED'))
        return ''
      throw error
    }
  }

  return {
    async search({ text, category, fitsOnly, offset = 0, limit = pageSize }) {
      const fits = fitsOnly ? await probe(await catalog.programs()) : null
      const { entries, total } = await catalog.search({ text, category, fits, offset, limit })
      return { skills: await summarise(entries), total }
    },

    async show(slug, version) {
      const shown = await find(slug, version)
      const { release } = shown
      const manifest = release.skill
      const fit = matchRequirements(manifest.requires, await probe(manifest.requires.executables))
      const other = fit.ok || registry === null ? null : await findAlternative(probe, catalog, manifest)
      const installed = await store.get(slug)
      return {
        summary: toSummary(release, fit, installed?.version ?? null),
        manifest,
        readme: await readmeOf(shown),
        files: release.files.map(({ path, size, executable }) => ({ path, size, executable })),
        asks: asksOf(manifest),
        cannot: cannotOf(manifest),
        provenance: toProvenance(release, shown.keyid, shown.origin, shown.current),
        alternative: other === null ? null : ((await summarise([other]))[0] ?? null),
      }
    },

    async readFile(slug, version, path) {
      const { release, keys } = await find(slug, version)
      return readReleaseFile(store, keys, release, fetch, path)
    },
  }
}

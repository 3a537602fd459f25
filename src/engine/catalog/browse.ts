import type { CatalogEntry } from '../../shared/catalog.ts'
import { asksOf, cannotOf } from '../../shared/capability-words.ts'
import type { Fit, SkillDetail, SkillSummary } from '../../shared/contract/skills.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { Release } from '../../shared/release.ts'
import type { PublishKeys } from '../../shared/signed-targets.ts'
import { verifyRelease } from '../../trust/verify-release.ts'
import { latestVersion, requireRegistry } from '../install/candidate.ts'
import { readReleaseFile, type FileContent } from '../install/file-content.ts'
import { findAlternative } from '../install/fit.ts'
import { installedRelease } from '../install/integrity.ts'
import { toProvenance, toSummary } from '../install/plan.ts'
import type { Store } from '../install/store.ts'
import type { FetchTarball } from '../install/tarball.ts'
import type { Probe, RegistryClient } from '../ports.ts'
import { matchRequirements } from '../probe/match.ts'
import { searchCatalog } from './search.ts'

interface Ports {
  readonly registry: RegistryClient | null
  readonly store: Store
  readonly probe: Probe
  /** @throws SkilletError TRUST_ROOT_INVALID */
  readonly root: () => PublishKeys
}

export interface Browse {
  search(query: { text: string; category: string | null; fitsOnly: boolean }): Promise<SkillSummary[]>
  show(slug: string, version?: string): Promise<SkillDetail>
  readFile(slug: string, version: string | undefined, path: string): Promise<FileContent>
}

/** Looking at skills before and after installing. Whatever is shown of one skill comes out of its signed release. */
export function createBrowse({ registry, store, probe, root }: Ports): Browse {
  async function summarise(entries: readonly CatalogEntry[]): Promise<SkillSummary[]> {
    const hardware = await probe([...new Set(entries.flatMap((entry) => entry.requires.executables))])
    const installed = new Map((await store.list()).map(({ slug, version }) => [slug, version]))
    return entries.map((entry) =>
      entryToSummary(entry, matchRequirements(entry.requires, hardware), installed.get(entry.slug) ?? null),
    )
  }

  /** The installed release where that is what is asked for, else the registry's; verified either way. */
  async function releaseOf(
    slug: string,
    version: string | undefined,
  ): Promise<{ release: Release; keyid: string; origin: string }> {
    const record = await store.get(slug)
    if (record !== null && (version === record.version || (version === undefined && registry === null))) {
      const { release } = await installedRelease(store, root(), slug)
      return { release, keyid: record.keyid, origin: record.source }
    }
    const source = requireRegistry(registry)
    const wanted = version ?? (await latestVersion(source, slug))
    const verified = verifyRelease(await source.releaseEnvelope(slug, wanted), root(), {
      slug,
      version: wanted,
    })
    return { ...verified, origin: source.url }
  }

  const fetch: FetchTarball = (tarball, toPath, hooks) =>
    requireRegistry(registry).downloadTarball(tarball, toPath, hooks)

  /** SKILL.md without its front matter; empty where this plan may not open the skill's files. */
  async function readmeOf(release: Release): Promise<string> {
    try {
      const { text } = await readReleaseFile(store, root(), release, fetch, 'SKILL.md')
      return (text ?? '').replace(/^---\r?\n[\s\S]*?\r?\n---\r?\n?/, '').trim()
    } catch (error) {
      if (error instanceof SkilletError && (error.code === 'TIER_REQUIRED' || error.code === 'UNAUTHORIZED'))
        return ''
      throw error
    }
  }

  return {
    async search({ text, category, fitsOnly }) {
      const { skills } = await requireRegistry(registry).catalog()
      const found = searchCatalog(skills, text).filter(
        (entry) => category === null || entry.category === category,
      )
      const summaries = await summarise(found)
      return fitsOnly ? summaries.filter(({ fit }) => fit.ok) : summaries
    },

    async show(slug, version) {
      const { release, keyid, origin } = await releaseOf(slug, version)
      const manifest = release.skill
      const fit = matchRequirements(manifest.requires, await probe(manifest.requires.executables))
      const other = fit.ok || registry === null ? null : await findAlternative(probe, registry, manifest)
      const installed = await store.get(slug)
      return {
        summary: toSummary(release, fit, installed?.version ?? null),
        manifest,
        readme: await readmeOf(release),
        files: release.files.map(({ path, size, executable }) => ({ path, size, executable })),
        asks: asksOf(manifest),
        cannot: cannotOf(manifest),
        provenance: toProvenance(release, keyid, origin),
        alternative: other === null ? null : ((await summarise([other]))[0] ?? null),
      }
    },

    async readFile(slug, version, path) {
      const { release } = await releaseOf(slug, version)
      return readReleaseFile(store, root(), release, fetch, path)
    },
  }
}

function entryToSummary(entry: CatalogEntry, fit: Fit, installedVersion: string | null): SkillSummary {
  const { slug, version, title, summary, publisher, category, tags, tier, capabilities, needsKey } = entry
  return {
    slug,
    version,
    title,
    summary,
    publisher,
    category,
    tags,
    tier,
    capabilities,
    needsKey,
    fit,
    installedVersion,
  }
}

import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ScannedSkill } from '../../shared/contract/agents.ts'
import { SkilletError } from '../../shared/errors.ts'
import { parseSkillToml } from '../../review/manifest.ts'
import { verifyRelease } from '../../trust/verify-release.ts'
import { assertFilesIntact } from '../install/integrity.ts'
import { orNull } from '../or-null.ts'
import type { CatalogIndex, Freshness, RegistryTrust } from '../ports.ts'

interface IdentifyPorts {
  readonly trust: Pick<RegistryTrust, 'release' | 'publishKeys'>
  readonly catalog: Pick<CatalogIndex, 'get'>
}

/** Somebody waits, for each skill that is looked at. */
const lists: Freshness = { maxAgeMs: 60_000, patienceMs: 2000, retryAfterMs: 60_000 }
const patienceMs = 3000
const maxTomlBytes = 64 * 1024

/** Whether a folder is, byte for byte, what the registry signed and lists under the name and version that it bears. */
export async function identify(
  { trust, catalog }: IdentifyPorts,
  folder: string,
): Promise<Pick<ScannedSkill, 'release' | 'runnable'>> {
  const path = join(folder, 'skill.toml')
  const nothing = { release: null, runnable: false }
  try {
    if ((await stat(path)).size > maxTomlBytes) return nothing
    const { slug, version } = parseSkillToml(await readFile(path, 'utf8'))
    const isPublished = async () => {
      const [envelope, keys] = await Promise.all([
        trust.release(slug, version, lists),
        trust.publishKeys(lists),
      ])
      await assertFilesIntact(folder, verifyRelease(envelope, keys, { slug, version }).release)
      return (await catalog.get(slug))?.version ?? null
    }
    const newest = await orNull(
      isPublished().then((found) => ({ newest: found })),
      patienceMs,
    )
    return { runnable: true, release: newest && { slug, version, ...newest } }
  } catch (error) {
    // No skill.toml, or one that says nothing that could be run.
    if (error instanceof SkilletError || (error as NodeJS.ErrnoException).code !== undefined) return nothing
    throw error
  }
}

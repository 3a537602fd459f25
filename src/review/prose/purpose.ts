import type { SkillManifest } from '../../shared/skill-manifest.ts'
import type { SkillMarkdown } from '../skill-md.ts'
import { fold } from './fold.ts'

/** Folded: what the skill tells a person about itself before it is installed. */
export function purposeOf(manifest: SkillManifest | null, markdown: SkillMarkdown | null): string {
  const said = [markdown?.name ?? '', markdown?.description ?? '']
  if (manifest !== null)
    said.push(
      manifest.slug,
      manifest.title,
      manifest.summary,
      manifest.category ?? '',
      ...manifest.tags,
      ...Object.values(manifest.capabilities),
    )
  return fold(said.join(' . ').replace(/[_-]/g, ' '))
}

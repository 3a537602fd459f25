import type { InstalledSkill } from '../../src/shared/contract/library.ts'
import { skillManifest } from './host-values.ts'

/** An installed skill as the engine lists it. */
export function installedSkill(change: Partial<InstalledSkill> = {}): InstalledSkill {
  const { slug, version, title, summary, publisher, category } = skillManifest
  return {
    slug,
    version,
    title,
    summary,
    publisher,
    category,
    installedAt: '2026-01-02T03:04:05.000Z',
    lastRunAt: null,
    sizeBytes: 1000,
    manifest: skillManifest,
    unseenKeys: [],
    pinned: false,
    updateTo: null,
    kept: [],
    withdrawn: null,
    onHold: null,
    ...change,
  }
}

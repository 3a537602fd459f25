import { capabilityDigest } from '../../../engine/grants/digest.ts'
import type { Capability } from '../../../shared/capability.ts'
import { asksOf } from '../../../shared/capability-words.ts'
import type { WindowHandlers } from '../../../shared/contract/index.ts'
import type { SkillManifest } from '../../../shared/skill-manifest.ts'
import type { Appearance } from '../../appearance.ts'
import type { EngineSource } from '../../engine-source.ts'

type OverviewHandlers = Pick<
  WindowHandlers,
  | 'app.info'
  | 'app.ready'
  | 'trust.status'
  | 'trust.refresh'
  | 'doctor.run'
  | 'audit.list'
  | 'grants.list'
  | 'grants.revoke'
  | 'appearance.get'
  | 'appearance.set'
>

interface OverviewPorts {
  engine: EngineSource
  appearance: Appearance
  version: string
  onReady: () => void
}

export function overviewHandlers({ engine, appearance, version, onReady }: OverviewPorts): OverviewHandlers {
  return {
    'app.info': async () => {
      const open = await engine.get()
      return { version, home: open.home, registry: open.registryUrl, keyids: await open.keyids() }
    },
    'app.ready': async () => {
      onReady()
      return null
    },
    'trust.status': async () => (await engine.get()).trustStatus(),
    'trust.refresh': async () => (await engine.get()).refreshTrust(),
    'doctor.run': async () => (await engine.get()).doctor(),
    'audit.list': async (query) => {
      const open = await engine.get()
      const [entries, verdict] = await Promise.all([open.auditEntries(query), open.verifyAudit()])
      return { entries, intact: verdict.ok }
    },
    'grants.list': async ({ slug }) => {
      const open = await engine.get()
      const [grants, installed] = await Promise.all([open.grants(slug), open.installed()])
      return grants.map((grant) => {
        const manifest = installed.find((skill) => skill.slug === grant.slug)?.manifest
        return {
          ...grant,
          title: titleOf(manifest, grant.capability),
          current: manifest !== undefined && capabilityDigest(manifest) === grant.capabilityDigest,
        }
      })
    },
    'grants.revoke': async ({ slug, capability, capabilityDigest: digest }) => {
      await (await engine.get()).revokeGrant(slug, capability, digest)
      return null
    },
    'appearance.get': async () => appearance.get(),
    'appearance.set': async (choice) => {
      await appearance.set(choice)
      return null
    },
  }
}

// For a decision about a skill that is not installed, whose own words are not at hand.
const generalTitles: Record<Capability, string> = {
  'fs:read': 'Read files that you choose',
  'fs:write': 'Save files',
  net: 'Connect to the sites that it names',
  'env:read': 'Use your keys',
  exec: 'Start the programs that it names',
}

function titleOf(manifest: SkillManifest | undefined, capability: Capability): string {
  const ask = manifest && asksOf(manifest).find((one) => one.capability === capability)
  return ask?.title ?? generalTitles[capability]
}

import type { AuditEntry } from '../../../shared/audit-entry.ts'
import type { WindowHandlers } from '../../../shared/contract/index.ts'
import { pastRunSchema, type PastRun, type Receipt } from '../../../shared/receipt.ts'
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
  | 'appearance.get'
  | 'appearance.set'
>

interface OverviewPorts {
  engine: EngineSource
  appearance: Appearance
  version: string
  onReady: () => void
  /** Called with what each run did that the journal tells the window about. */
  onReceipt: (receipt: Pick<Receipt, 'read' | 'written'>) => void
}

export function overviewHandlers({
  engine,
  appearance,
  version,
  onReady,
  onReceipt,
}: OverviewPorts): OverviewHandlers {
  return {
    'app.info': async () => {
      const open = await engine.get()
      const { home, registryUrl: registry, hasApiKey } = open
      return { version, home, registry, hasApiKey, keyids: await open.keyids() }
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
      const told = entries.map((entry) => ({ ...entry, run: pastRunOf(entry) }))
      for (const { run } of told) if (run !== null) onReceipt(run.receipt)
      return { entries: told, intact: verdict.ok }
    },
    'appearance.get': async () => appearance.get(),
    'appearance.set': async (choice) => {
      await appearance.set(choice)
      return null
    },
  }
}

/** Null for an entry about anything else, and for what an older Skillet wrote in another form. */
function pastRunOf({ event, detail }: AuditEntry): PastRun | null {
  if (event !== 'run.finished') return null
  return pastRunSchema.safeParse(detail).data ?? null
}

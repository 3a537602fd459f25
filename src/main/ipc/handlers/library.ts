import type { WindowHandlers } from '../../../shared/contract/index.ts'
import type { EngineSource } from '../../engine-source.ts'

type LibraryHandlers = Pick<
  WindowHandlers,
  | 'library.list'
  | 'library.remove'
  | 'library.restore'
  | 'library.verify'
  | 'library.repair'
  | 'library.rollback'
  | 'library.pin'
  | 'trash.list'
  | 'trash.empty'
>

interface LibraryPorts {
  engine: EngineSource
  /** Called with the folder in which a repair kept what was edited. */
  onKept: (folder: string) => void
}

export function libraryHandlers({ engine, onKept }: LibraryPorts): LibraryHandlers {
  return {
    'library.list': async () => (await engine.get()).installed(),
    'library.remove': async ({ slug }) => (await engine.get()).remove(slug),
    'library.restore': async ({ undoId }) => (await engine.get()).restore(undoId),
    'library.verify': async ({ slug }) => (await engine.get()).verify(slug),
    'library.repair': async ({ slug }) => {
      const repaired = await (await engine.get()).repair(slug)
      if (repaired.keptAt !== null) onKept(repaired.keptAt)
      return repaired
    },
    'library.rollback': async ({ slug, version }) => (await engine.get()).rollback(slug, version, 'window'),
    'library.pin': async ({ slug, pinned }) => {
      await (await engine.get()).pin(slug, pinned)
      return null
    },
    'trash.list': async () => (await engine.get()).trash(),
    'trash.empty': async ({ undoId }) => {
      await (await engine.get()).emptyTrash(undoId)
      return null
    },
  }
}

import type { WindowHandlers } from '../../../shared/contract/index.ts'
import type { EngineSource } from '../../engine-source.ts'

type LibraryHandlers = Pick<
  WindowHandlers,
  'library.list' | 'library.remove' | 'library.restore' | 'library.verify'
>

export function libraryHandlers(engine: EngineSource): LibraryHandlers {
  return {
    'library.list': async () => (await engine.get()).installed(),
    'library.remove': async ({ slug }) => (await engine.get()).remove(slug),
    'library.restore': async ({ undoId }) => (await engine.get()).restore(undoId),
    'library.verify': async ({ slug }) => (await engine.get()).verify(slug),
  }
}

import type { WindowHandlers } from '../../../shared/contract/index.ts'
import type { EngineSource } from '../../engine-source.ts'

type CatalogHandlers = Pick<
  WindowHandlers,
  'catalog.search' | 'catalog.show' | 'catalog.readFile' | 'skills.report'
>

export function catalogHandlers(engine: EngineSource): CatalogHandlers {
  return {
    'catalog.search': async (query) => (await engine.get()).search(query),
    'catalog.show': async ({ slug, version }) => (await engine.get()).show(slug, version),
    'catalog.readFile': async ({ slug, version, path }) => (await engine.get()).readFile(slug, version, path),
    'skills.report': async (report) => (await engine.get()).report(report),
  }
}

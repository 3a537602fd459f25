import type { WindowHandlers } from '../../../shared/contract/index.ts'
import type { EngineSource } from '../../engine-source.ts'

type TelemetryHandlers = Pick<
  WindowHandlers,
  'telemetry.status' | 'telemetry.choose' | 'telemetry.preview' | 'telemetry.erase' | 'telemetry.samples'
>

export function telemetryHandlers(engine: EngineSource): TelemetryHandlers {
  return {
    'telemetry.status': async () => (await engine.get()).telemetry(),
    'telemetry.choose': async ({ choice }) => {
      await (await engine.get()).chooseTelemetry(choice)
      return null
    },
    'telemetry.preview': async () => (await engine.get()).previewTelemetry(),
    'telemetry.erase': async () => {
      await (await engine.get()).eraseTelemetry()
      return null
    },
    'telemetry.samples': async ({ bundle, allowed }) => {
      await (await engine.get()).allowSamples(bundle, allowed)
      return null
    },
  }
}

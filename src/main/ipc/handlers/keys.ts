import type { WindowHandlers } from '../../../shared/contract/index.ts'
import type { EngineSource } from '../../engine-source.ts'

type KeyHandlers = Pick<WindowHandlers, 'secrets.list' | 'secrets.set' | 'secrets.remove' | 'secrets.test'>

export function keyHandlers(engine: EngineSource): KeyHandlers {
  return {
    'secrets.list': async () => {
      const open = await engine.get()
      const keychain = await open.keychain()
      return {
        keychain,
        secrets: keychain.available ? await open.secrets() : [],
        wanted: await open.wantedSecrets(),
      }
    },
    'secrets.set': async ({ value, ...ref }) => {
      await (await engine.get()).setSecret(ref, value)
      return null
    },
    'secrets.remove': async (ref) => {
      await (await engine.get()).removeSecret(ref)
      return null
    },
    'secrets.test': async (ref) => {
      await (await engine.get()).testSecret(ref)
      return null
    },
  }
}

import type { WindowHandlers } from '../../../shared/contract/index.ts'
import type { EngineSource } from '../../engine-source.ts'

type KeyHandlers = Pick<WindowHandlers, 'secrets.list' | 'secrets.set' | 'secrets.remove'>

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
    'secrets.set': async ({ name, value }) => {
      await (await engine.get()).setSecret(name, value)
      return null
    },
    'secrets.remove': async ({ name }) => {
      await (await engine.get()).removeSecret(name)
      return null
    },
  }
}

import type { keyCalls } from '../../../shared/contract/keys.ts'
import type { WindowHandlers } from '../../../shared/contract/index.ts'
import type { EngineSource } from '../../engine-source.ts'

type KeyHandlers = Pick<WindowHandlers, keyof typeof keyCalls>

export function keyHandlers(engine: EngineSource): KeyHandlers {
  const done = async (work: Promise<void> | void) => {
    await work
    return null
  }
  return {
    'secrets.list': async () => (await engine.get()).keys(),
    'secrets.set': async ({ value, ...ref }) => done((await engine.get()).setSecret(ref, value)),
    'secrets.remove': async (ref) => done((await engine.get()).removeSecret(ref)),
    'secrets.test': async (ref) => done((await engine.get()).testSecret(ref)),
    'secrets.setUnseen': async ({ slug, name, unseen }) =>
      done((await engine.get()).setKeyUnseen(slug, name, unseen)),
    'secrets.protect': async ({ passphrase }) => done((await engine.get()).protectKeys(passphrase)),
    'secrets.keepInMemory': async () => done((await engine.get()).keepKeysInMemory()),
    'secrets.unlock': async ({ passphrase }) => done((await engine.get()).unlockKeys(passphrase)),
    'secrets.lock': async () => done((await engine.get()).lockKeys()),
    'secrets.rekey': async ({ passphrase, next }) => done((await engine.get()).rekeyVault(passphrase, next)),
    'secrets.moveToKeychain': async () => done((await engine.get()).moveKeysToKeychain()),
    'secrets.discardVault': async () => done((await engine.get()).discardVault()),
  }
}

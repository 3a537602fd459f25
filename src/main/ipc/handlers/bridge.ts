import type { bridgeCalls } from '../../../shared/contract/bridge.ts'
import type { WindowHandlers } from '../../../shared/contract/index.ts'
import type { BridgeHost } from '../../bridge-host.ts'

export function bridgeHandlers(host: BridgeHost): Pick<WindowHandlers, keyof typeof bridgeCalls> {
  return {
    'bridge.status': () => host.status(),
    'bridge.set': ({ on }) => host.set(on),
  }
}

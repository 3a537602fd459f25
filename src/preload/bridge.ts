import type { CallName, EventName, SkilletBridge } from '../shared/contract/index.ts'
import type { Language } from '../shared/i18n/languages.ts'

interface BridgePorts {
  callNames: readonly CallName[]
  eventNames: readonly EventName[]
  invoke: (name: CallName, input: unknown) => Promise<unknown>
  listen: (name: EventName, listener: (payload: unknown) => void) => () => void
  pathOf: (file: object) => string
  /** Tells main that the page holds a real file of this path. */
  dropped: (path: string) => void
  platform: string
  firstLanguage: Language | null
}

/**
 * `window.skillet`, made from the contract's names: one function a call and one way to listen. What is not
 * declared there has no channel, so a taken-over page can say nothing that main does not expect.
 */
export function bridgeOf(ports: BridgePorts): SkilletBridge {
  const calls = Object.fromEntries(
    ports.callNames.map((name) => [name, (input: unknown) => ports.invoke(name, input)]),
  )
  return {
    calls: calls as unknown as SkilletBridge['calls'],
    on(name, listener) {
      if (!ports.eventNames.includes(name)) throw new TypeError(`There is no event named ${name}`)
      return ports.listen(name, listener as (payload: unknown) => void)
    },
    // A file that the page made up has no path. Main opens only what it was told of here or named itself.
    pathOf(file) {
      const path = ports.pathOf(file)
      if (path !== '') ports.dropped(path)
      return path
    },
    platform: ports.platform,
    firstLanguage: ports.firstLanguage,
  }
}

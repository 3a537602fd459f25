import { describe, expect, it } from 'vitest'
import { bridgeOf } from '../../../src/preload/bridge.ts'
import { contract, events, type CallName, type EventName } from '../../../src/shared/contract/index.ts'

function bridge() {
  const invoked: unknown[] = []
  const dropped: string[] = []
  const listening = new Map<string, (payload: unknown) => void>()
  const made = bridgeOf({
    callNames: Object.keys(contract) as CallName[],
    eventNames: Object.keys(events) as EventName[],
    invoke: (name, input) => {
      invoked.push([name, input])
      return Promise.resolve({ ok: true, value: null })
    },
    listen: (name, listener) => {
      listening.set(name, listener)
      return () => void listening.delete(name)
    },
    pathOf: (file) => (file as { path: string }).path,
    dropped: (path) => void dropped.push(path),
    platform: 'linux',
    firstLanguage: null,
  })
  return { made, invoked, listening, dropped }
}

describe('bridgeOf', () => {
  it('has exactly the calls of the contract', async () => {
    const { made, invoked } = bridge()
    expect(Object.keys(made.calls)).toEqual(Object.keys(contract))
    await made.calls['app.ready'](null)
    expect(invoked).toEqual([['app.ready', null]])
  })

  it('says where a dropped file lies, to main too', () => {
    const { made, dropped } = bridge()
    expect(made.pathOf({ path: '/home/me/a.skillet' })).toBe('/home/me/a.skillet')
    // What the page made up lies nowhere.
    expect(made.pathOf({ path: '' })).toBe('')
    expect(dropped).toEqual(['/home/me/a.skillet'])
  })

  it('listens to declared events until told to stop', () => {
    const { made, listening } = bridge()
    const heard: unknown[] = []
    const stop = made.on('install.progress', (payload) => heard.push(payload))
    listening.get('install.progress')?.({ fraction: 1 })
    stop()
    expect(heard).toEqual([{ fraction: 1 }])
    expect(listening.size).toBe(0)
  })

  it('refuses an event that is not declared', () => {
    const { made, listening } = bridge()
    expect(() => made.on('call:secrets.set' as never, () => {})).toThrow(TypeError)
    expect(listening.size).toBe(0)
  })
})

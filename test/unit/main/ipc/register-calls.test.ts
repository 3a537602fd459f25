import { expect, it } from 'vitest'
import { registerCalls, type AnswerCall } from '../../../../src/main/ipc/register-calls.ts'

type Listener = (event: never, input: unknown) => Promise<unknown>

function register(answering: Promise<AnswerCall>, isTrusted: () => boolean) {
  const registered = new Map<string, Listener>()
  registerCalls(['app.ready', 'library.list'], answering, {
    handle: (channel, listener) => void registered.set(channel, listener),
    isTrusted,
    log: () => {},
  })
  return registered
}

it('registers every call, each behind the sender check', async () => {
  let trusted = false
  const registered = register(
    Promise.resolve(async (name, input) => [name, input]),
    () => trusted,
  )
  expect([...registered.keys()]).toEqual(['call:app.ready', 'call:library.list'])
  for (const listener of registered.values())
    await expect(listener({} as never, null)).rejects.toThrow('refused')
  trusted = true
  expect(await registered.get('call:library.list')?.({} as never, 7)).toEqual(['library.list', 7])
})

it('lets a call wait for what answers it, but refuses a stranger at once', async () => {
  let come: (answer: AnswerCall) => void = () => {}
  let trusted = true
  const registered = register(new Promise((resolve) => (come = resolve)), () => trusted)
  const waiting = registered.get('call:app.ready')?.({} as never, null)
  trusted = false
  await expect(registered.get('call:app.ready')?.({} as never, null)).rejects.toThrow('refused')
  come(async () => 'answered')
  expect(await waiting).toBe('answered')
})

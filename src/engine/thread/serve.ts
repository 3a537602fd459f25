import { parentPort } from 'node:worker_threads'
import { toFailure, type ThreadReply, type ThreadRequest } from './message.ts'

export interface CallContext {
  /** Aborted when whoever called no longer wants the answer. */
  readonly signal: AbortSignal
  /** Sends something on the way, such as progress. */
  emit(event: unknown): void
}

/** One call of a thread. Input and output cross by structured clone: plain data, typed arrays, maps. */
// oxlint-disable-next-line typescript/no-explicit-any -- each call has an input of its own
export type ThreadCall = (input: any, context: CallContext) => unknown

/** The thread's side of `createThread`: answers each call by its name. Calls run side by side where they await. */
export function serveThread(calls: Record<string, ThreadCall>): void {
  const port = parentPort
  if (port === null) throw new Error('This script is the body of a thread.')
  const running = new Map<number, AbortController>()
  const reply = (message: ThreadReply) => port.postMessage(message)

  async function answer(id: number, name: string, input: unknown): Promise<void> {
    const controller = new AbortController()
    running.set(id, controller)
    try {
      const call = calls[name]
      if (call === undefined) throw new Error(`The thread has no call ${name}.`)
      const context = { signal: controller.signal, emit: (event: unknown) => reply({ id, event }) }
      reply({ id, value: await call(input, context) })
    } catch (error) {
      reply({ id, failure: toFailure(error) })
    } finally {
      running.delete(id)
    }
  }

  port.on('message', (request: ThreadRequest) => {
    if ('cancel' in request) running.get(request.id)?.abort()
    else void answer(request.id, request.call, request.input)
  })
}

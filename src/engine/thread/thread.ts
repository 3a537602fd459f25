import { Worker, type ResourceLimits } from 'node:worker_threads'
import { SkilletError } from '../../shared/errors.ts'
import { fromFailure, type ThreadReply, type ThreadRequest } from './message.ts'
import type { ThreadCall } from './serve.ts'

type Calls = Record<string, ThreadCall>
type InputOf<C extends Calls, K extends keyof C> = Parameters<C[K]>[0]
type OutputOf<C extends Calls, K extends keyof C> = Awaited<ReturnType<C[K]>>

export interface CallHooks {
  /** What the call emits on its way. */
  onEvent?: ((event: unknown) => void) | undefined
  /** Tells the call to give up; how it ends is for the call to say. */
  signal?: AbortSignal | undefined
}

/** Work that must not block this thread, in a thread of its own. */
export interface Thread<C extends Calls> {
  /**
   * Makes one call. Starts the thread where it isn't running, and keeps the process alive until the answer.
   * @throws what the call throws, SkilletError or not; INTERNAL when the thread dies
   */
  call<K extends keyof C & string>(name: K, input: InputOf<C, K>, hooks?: CallHooks): Promise<OutputOf<C, K>>
  /** Ends the thread; calls that are under way fail. A later call starts another. */
  close(): Promise<void>
}

export interface ThreadOptions {
  /** For debuggers and error messages. */
  readonly name: string
  /** Ends the thread when nothing was asked of it for so long; null: it stays. */
  readonly idleMs: number | null
  /** How much room V8 may take in it; by default as much as in the main thread. */
  readonly limits?: ResourceLimits
}

/**
 * A thread over `file`, which comes from `import file from 'thread:./x-thread.ts'`; that module calls `serveThread` with
 * its calls, and `C` is their type. The plugin in `scripts/lib/thread-files.mjs` must be in the vite configuration of
 * whatever imports it. An idle thread doesn't keep the process alive. A thread that dies fails its calls and is started
 * again by the next one.
 */
export function createThread<C extends Calls>(
  file: string,
  { name, idleMs, limits = {} }: ThreadOptions,
): Thread<C> {
  let current: Running | null = null

  interface Running {
    readonly worker: Worker
    readonly waiting: Map<number, Waiting>
    idle: NodeJS.Timeout | null
  }
  interface Waiting {
    readonly onEvent: ((event: unknown) => void) | undefined
    settle(end: { value: unknown } | { error: unknown }): void
  }

  function start(): Running {
    const worker = new Worker(file, { name, execArgv: [], resourceLimits: limits })
    const running: Running = { worker, waiting: new Map(), idle: null }
    worker.unref()
    worker.on('message', (reply: ThreadReply) => {
      const waiting = running.waiting.get(reply.id)
      if (waiting === undefined) return
      if ('event' in reply) waiting.onEvent?.(reply.event)
      else waiting.settle('failure' in reply ? { error: fromFailure(reply.failure) } : { value: reply.value })
    })
    const died = (cause: unknown) => {
      if (current === running) current = null
      if (running.idle !== null) clearTimeout(running.idle)
      const error = new SkilletError('INTERNAL', `A part of Skillet (${name}) stopped working.`, { cause })
      for (const waiting of running.waiting.values()) waiting.settle({ error })
    }
    worker.on('error', died)
    worker.on('messageerror', (error) => {
      died(error)
      void worker.terminate()
    })
    worker.on('exit', (code) => died(new Error(`The thread ended with ${code}.`)))
    return running
  }

  function rest(running: Running): void {
    running.worker.unref()
    if (idleMs === null || current !== running) return
    running.idle = setTimeout(() => {
      if (current === running) current = null
      void running.worker.terminate()
    }, idleMs)
    running.idle.unref()
  }

  let lastId = 0
  return {
    call(callName, input, { onEvent, signal } = {}) {
      const running = (current ??= start())
      if (running.idle !== null) clearTimeout(running.idle)
      running.idle = null
      running.worker.ref()
      const id = ++lastId
      const send = (request: ThreadRequest) => running.worker.postMessage(request)
      const cancel = () => send({ id, cancel: true })
      return new Promise((resolve, reject) => {
        running.waiting.set(id, {
          onEvent,
          settle(end) {
            running.waiting.delete(id)
            signal?.removeEventListener('abort', cancel)
            if (running.waiting.size === 0) rest(running)
            if ('error' in end) reject(end.error as Error)
            else resolve(end.value as never)
          },
        })
        send({ id, call: callName, input })
        if (signal?.aborted) cancel()
        else signal?.addEventListener('abort', cancel, { once: true })
      })
    },
    async close() {
      const running = current
      current = null
      await running?.worker.terminate()
    },
  }
}

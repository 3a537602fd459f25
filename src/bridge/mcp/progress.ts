import type { OperationEvent } from '../operations/operation.ts'

/** Milliseconds between two messages at least; what comes in between waits for the next. */
const everyMs = 100
/** Characters of one message, of the newest that was printed. */
const maxMessage = 8 * 1024
/** Characters of all messages of a call: whoever doesn't read must not fill the memory. The result has all of it. */
const maxTotal = 1024 * 1024

interface ProgressMessage {
  readonly progress: number
  readonly total?: number
  readonly message?: string
}

export interface Progress {
  onEvent(event: OperationEvent): void
  /** Sends what still waits. Nothing is sent from then on. */
  end(): Promise<void>
}

/** An operation's events as MCP's progress: a number that only ever grows, and what there is to say. */
export function createProgress(send: (message: ProgressMessage) => Promise<void>): Progress {
  let reached = 0
  let known = false
  let waiting = ''
  let total = 0
  let timer: NodeJS.Timeout | undefined
  let sending = Promise.resolve()
  let ended = false

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    const message = waiting.slice(-maxMessage)
    waiting = ''
    if (total >= maxTotal) return
    total += message.length
    // Clients drop what doesn't grow.
    reached += 1e-6
    const progress = { progress: reached, ...(known ? { total: 1 } : {}), ...(message && { message }) }
    // A client that has gone needs no progress; the call itself ends by its signal.
    sending = sending.then(() => send(progress)).catch(() => undefined)
  }

  return {
    onEvent(event) {
      if (ended) return
      if (event.type === 'output') waiting = (waiting + event.text).slice(-maxMessage)
      else {
        waiting = event.message
        known = event.fraction !== null
        reached = Math.max(reached, Math.min(event.fraction ?? 0, 1))
      }
      timer ??= setTimeout(flush, everyMs)
    },
    async end() {
      ended = true
      if (timer !== undefined) flush()
      await sending
    },
  }
}

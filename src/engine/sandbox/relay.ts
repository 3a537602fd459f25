import { spawn, type ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import { dirname, join } from 'node:path'

/** As many as the native relay takes at a time. */
const MAX_RELAYED = 16
const END_PATIENCE_MS = 1000

/** What is heard of an answer that the relay moves. */
interface Relayed {
  /** Bytes that were read since the last time. */
  counted(bytes: number): void
  /**
   * `ended`: the site has said all, and all of it is passed on. `broken`: one of the two sides is gone. `lost`: the relay
   * itself is, and with it what it held.
   */
  over(how: 'ended' | 'broken' | 'lost'): void
}

/** A native process that moves large answers, one a run, started when the first of them is seen. */
export interface Relay {
  /**
   * Hands over what `from` still has to say to `to`. Neither may be read from or written to in that direction until it
   * is over. Null where this isn't possible, or not yet; otherwise what stops it.
   */
  carry(from: Socket, to: Socket, relayed: Relayed): (() => void) | null
  /** Stops everything; resolves once all that was moved is counted and the process is gone. */
  close(): Promise<void>
}

/** The native programs of the sandbox lie in one folder. */
export function relayBeside(launcher: string): string {
  return join(dirname(launcher), 'skillet-relay')
}

/** @param program absolute path of the native relay; where it can't be started, nothing is ever handed over */
export function createRelay(program: string): Relay {
  const carried = new Map<number, { relayed: Relayed; bytes: number }>()
  let child: ChildProcess | null = null
  let isReady = false
  let isOver = false
  let last = 0
  let gone: Promise<void> = Promise.resolve()

  const start = () => {
    const started = spawn(program, [], {
      env: {},
      cwd: '/',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    child = started
    // Without one Node itself moves what there is.
    started.on('error', () => {})
    gone = new Promise((resolve) => {
      // It has ended, and all that it said was heard.
      started.on('close', () => {
        isOver = true
        for (const { relayed } of carried.values()) relayed.over('lost')
        carried.clear()
        resolve()
      })
    })
    started.on('message', (message) => {
      const { ready, id, bytes, over } = message as Partial<Report>
      if (ready) isReady = true
      const one = id === undefined ? undefined : carried.get(id)
      if (!one || bytes === undefined) return
      one.relayed.counted(bytes - one.bytes)
      one.bytes = bytes
      if (over === undefined) return
      carried.delete(id!)
      if (over !== 'stopped') one.relayed.over(over)
    })
  }
  // One that is gone is heard of by its channel.
  const say = (words: string, socket?: Socket) =>
    void child!.send(words, socket, { keepOpen: true }, () => {})

  return {
    carry(from, to, relayed) {
      if (isOver || carried.size >= MAX_RELAYED) return null
      if (child === null) start()
      if (!isReady) return null
      const id = ++last
      carried.set(id, { relayed, bytes: 0 })
      say(`${id} from`, from)
      say(`${id} to`, to)
      return () => {
        if (carried.has(id) && !isOver) say(`${id} stop`)
      }
    },
    async close() {
      if (child === null || isOver) {
        isOver = true
        return
      }
      const running = child
      isReady = false
      say('end')
      const timer = setTimeout(() => running.kill('SIGKILL'), END_PATIENCE_MS)
      await gone
      clearTimeout(timer)
    },
  }
}

/** A line of the relay's; `bytes` counts from the beginning. */
interface Report {
  readonly ready: true
  readonly id: number
  readonly bytes: number
  readonly over: 'ended' | 'broken' | 'stopped'
}

import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Socket as DatagramSocket } from 'node:dgram'
import { Server } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { SkilletError } from '../../shared/errors.ts'
import type { Frame } from './backend.ts'
import { descriptors } from './bubblewrap.ts'

/** What the launcher hands over: listening sockets inside the sandbox, and where names are looked up. */
type HandedOver = Server | DatagramSocket

/** A sandbox that has nothing of a run in it yet: it is being built, or waits for its words. */
export interface StartedSandbox {
  readonly child: ChildProcess
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** A socket: the launcher's reports come from it, and it waits there for the word to start. */
  readonly report: Readable & Writable
  /** Says what it is for, in words that are NUL-terminated each; it isn't asked again. */
  tell(words: string): void
  /** Hears of everything that was, or will be, handed over. */
  onHandedOver(listener: (handle: HandedOver) => void): void
  /** From now on it keeps this process alive, as it does at first. */
  hold(): void
  /** From now on it doesn't. */
  release(): void
  /** Resolves when its last process is gone; rejects where it could not be started. */
  readonly gone: Promise<void>
  isGone(): boolean
  /** Whether its first process is there: it may be gone before this process has heard of it. */
  stands(): boolean
  /** Ends it from its first process on; the outer one reaps that, and cleans up after itself. */
  endInside(): void
  /** Gives up on processes that don't end; `gone` doesn't wait for them. */
  letGo(): void
  /** Ends all of it. While it is being built one call can fall between two processes. */
  kill(): void
}

interface Held {
  ref?(): unknown
  unref?(): unknown
}

export function startSandbox(program: string, { args, options }: Frame): StartedSandbox {
  const child = spawn(program, args, {
    // bubblewrap's own environment stays readable inside, in /proc/1/environ.
    env: {},
    cwd: '/',
    // A process group of its own: until the sandbox stands, that is what reaches all of it.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'ipc', 'pipe', 'pipe', 'pipe'],
  })
  const pipes = child.stdio as unknown as (Readable & Writable)[]
  // Whoever is at the other end may be gone before it has read what it is given; its exit tells.
  for (const pipe of pipes) pipe?.on('error', () => {})
  pipes[descriptors.options]!.end(nulTerminated(options))

  const handles: HandedOver[] = []
  let over = false
  let held = true
  let listener: (handle: HandedOver) => void = (handle) => handles.push(handle)
  child.on('message', (_message, handle) => {
    if (!(handle instanceof Server || handle instanceof DatagramSocket)) return
    if (over) return void handle.close()
    if (!held) handle.unref()
    listener(handle)
  })
  const setHeld = (wanted: boolean) => {
    held = wanted
    for (const one of [child, child.channel, ...pipes, ...handles] as (Held | null | undefined)[])
      if (wanted) one?.ref?.()
      else one?.unref?.()
  }
  const gone = new Promise<void>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => resolve())
  }).finally(() => {
    over = true
    for (const handle of handles.splice(0)) handle.close()
  })
  // Whoever asks for the outcome hears of it; until then nobody may be asking.
  gone.catch(() => {})

  return {
    child,
    stdin: child.stdin!,
    stdout: child.stdout!,
    stderr: child.stderr!,
    report: pipes[descriptors.report]!,
    tell: (words) => void pipes[descriptors.words]!.end(words),
    onHandedOver(next) {
      listener = next
      for (const handle of handles.splice(0)) next(handle)
    },
    hold: () => setHeld(true),
    release: () => setHeld(false),
    gone,
    isGone: () => over || child.exitCode !== null || child.signalCode !== null,
    letGo() {
      for (const pipe of child.stdio) pipe?.destroy()
      if (child.connected) child.disconnect()
    },
    endInside: () => killFirstInside(child),
    stands: () => firstInside(child) !== null,
    kill() {
      // Its first process has a session of its own, and at first it would outlive the outer one.
      killFirstInside(child)
      killGroup(child)
    },
  }
}

/** What would end a word early could begin another option. @throws SkilletError INPUT_INVALID */
export function nulTerminated(words: readonly string[]): string {
  if (words.some((word) => word.includes('\0')))
    throw new SkilletError(
      'INPUT_INVALID',
      'A value for this run contains a zero character, which no program can be given.',
    )
  return words.map((word) => `${word}\0`).join('')
}

function killFirstInside(child: ChildProcess): void {
  const inside = firstInside(child)
  try {
    if (inside !== null) process.kill(inside, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

/** The process that bubblewrap's outer one has started; null where there is none, or not yet. */
function firstInside({ pid }: ChildProcess): number | null {
  try {
    const [inside] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')
    return inside ? Number(inside) : null
  } catch {
    return null
  }
}

/** Ends bubblewrap and whatever of it hasn't left its process group yet. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // The group is gone, which is what was wanted.
  }
}

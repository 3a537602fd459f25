import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BackendName } from '../../../src/engine/sandbox/backend.ts'
import type { Receipt, Refusal, RunResult } from '../../../src/shared/receipt.ts'
import { real, runInside, type InsideOptions } from '../../support/sandbox.ts'
import type { TerminalStart } from './terminal-start.ts'

export const backends: readonly BackendName[] = ['bubblewrap', 'firejail']

/** Where an attempt is made: with nothing around it, in the bubblewrap of a careful person, or in a sandbox of ours. */
export type Surroundings = 'nothing' | 'careful' | BackendName

/** Values that scripts find as Python variables. */
export type Values = Record<string, string | number>

export interface Attempt {
  /** What it is after, in plain words. */
  readonly intent: string
  /** Python, made by `attempts.py`; says REACHED when it got what it wants. */
  readonly script: string
  /** What it must run into inside: failing for another reason proves nothing. */
  readonly meets: RegExp
  /** Why it can't be shown with nothing around it; it is then shown in a careful person's bubblewrap. */
  readonly notOutside?: string
  /** How the receipt names it. */
  readonly refused?: { kind: Refusal['kind']; what: string | RegExp }
}

/** An attempt in which this computer takes a part, or that needs a sandbox to itself. */
export interface StagedAttempt {
  readonly intent: string
  /** Resolves with REACHED in the text when it got what it wants. */
  readonly stage: (within: Within) => Promise<string>
  readonly meets: RegExp
  /** It takes its time, and may take it everywhere at once. */
  readonly atOnce?: boolean
}

export interface Family {
  readonly name: string
  readonly attempts: readonly (Attempt | StagedAttempt)[]
  /** What this computer needs for them. */
  readonly prepare?: () => Promise<Prepared>
}

export interface Prepared {
  readonly values: (surroundings: Surroundings) => Values
  readonly options: (surroundings: Surroundings) => InsideOptions
  readonly cleanUp: () => void
  /** Where a person starts them from a terminal, with Skillet's own command. */
  readonly fromTerminal?: TerminalStart
}

export interface Within {
  readonly name: Surroundings
  readonly isInside: boolean
  run(script: string, options?: InsideOptions & { values?: Values }): Promise<Came>
  /** In bubblewrap's sandbox of ours, wherever this is: to show that it is one approval that decides. */
  sandboxed(script: string, options?: InsideOptions & { values?: Values }): Promise<Came>
  /** Another program that makes `path` a link to `other` and back as fast as it can, until it is told to stop. */
  flip(path: string, other: string): Promise<() => Promise<void>>
}

/** What an attempt came to. */
export interface Came {
  /** Both streams. */
  readonly text: string
  readonly receipt: Receipt | null
  readonly reason: RunResult['reason'] | null
}

/** Makes the attempts that it is given, wherever it is started. */
export const attemptProgram = readFileSync(join(import.meta.dirname, 'attempts.py'), 'utf8')

/** Makes attempts one after another in one sandbox; what each printed, in their order. */
export async function tryAll(
  surroundings: Surroundings,
  scripts: readonly string[],
  values: Values = {},
  options: InsideOptions = {},
): Promise<{ texts: string[]; receipt: Receipt | null; reason: RunResult['reason'] | null }> {
  const wanted = JSON.stringify({ values, attempts: scripts.map((script, number) => [number, script]) })
  const came = await runWithin(surroundings, ['-c', attemptProgram, wanted], options)
  return { ...came, texts: attemptTexts(came.text, scripts.length) }
}

/** What each of `count` attempts printed; empty for one that never came to its turn. */
export function attemptTexts(text: string, count: number): string[] {
  return Array.from({ length: count }, (_, number) => {
    const start = text.indexOf(`\n<${number}>\n`)
    const end = text.indexOf(`\n</${number}> `, start)
    return start < 0 ? '' : text.slice(start, end < 0 ? undefined : text.indexOf('\n', end + 1))
  })
}

export function within(surroundings: Surroundings): Within {
  const runIn =
    (where: Surroundings): Within['run'] =>
    async (script, { values = {}, ...options } = {}) => {
      const { texts, receipt, reason } = await tryAll(where, [script], values, options)
      return { text: texts[0]!, receipt, reason }
    }
  return {
    name: surroundings,
    isInside: surroundings !== 'nothing' && surroundings !== 'careful',
    run: runIn(surroundings),
    sandboxed: runIn('bubblewrap'),
    flip: async (path, other) => {
      const program = `
import os, sys, threading
path, other = sys.argv[1:]
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
os.link(path, path + '.file'); print('flipping', flush=True)
while True:
  os.symlink(other, path + '.next'); os.rename(path + '.next', path)
  os.link(path + '.file', path + '.next'); os.rename(path + '.next', path)`
      const child = spawn('python3', ['-c', program, path, other], { stdio: ['pipe', 'pipe', 'inherit'] })
      await once(child.stdout, 'data')
      return async () => {
        const closed = new Promise((done) => child.on('close', done))
        child.stdin.end()
        await closed
      }
    },
  }
}

async function runWithin(surroundings: Surroundings, args: string[], options: InsideOptions): Promise<Came> {
  if (surroundings === 'nothing') return runPlain(await real('python3'), args, options)
  if (surroundings === 'careful')
    return runPlain(
      await real('bwrap'),
      [...carefulBubblewrap(options), await real('python3'), ...args],
      options,
    )
  const { stdout, stderr, receipt, reason } = await runInside(args, { ...options, backend: surroundings })
  return { text: stdout + stderr, receipt, reason }
}

/** Not `spawnSync`: the servers that attempts want to reach live in this process. */
async function runPlain(program: string, args: string[], options: InsideOptions): Promise<Came> {
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...options.environment },
    timeout: 20_000,
    killSignal: 'SIGKILL',
  })
  child.stdin.on('error', () => {})
  child.stdin.end(options.stdin ?? '')
  options.signal?.addEventListener('abort', () => child.kill('SIGKILL'))
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (data: string) => {
      if (text.length < 16_000_000) text += data
    })
  await new Promise((done, reject) => child.on('close', done).on('error', reject))
  return { text, receipt: null, reason: null }
}

/** As a careful person would write it: everything unshared, no capabilities, nothing of this computer writable. */
function carefulBubblewrap({ state = [], paths = [] }: InsideOptions): string[] {
  return [
    ...['--unshare-all', '--unshare-user', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ...['--uid', '1000', '--gid', '1000', '--hostname', 'skillet', '--clearenv'],
    ...['--ro-bind', '/usr', '/usr', '--ro-bind', '/etc', '/etc'],
    ...['bin', 'lib', 'lib64'].flatMap((name) => ['--symlink', `usr/${name}`, `/${name}`]),
    ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp', '--dir', '/skill'],
    ...state.flatMap(({ inside, host }) => ['--bind', host, `/skill/${inside}`]),
    ...paths.flatMap(({ source, path, writable }) => [writable ? '--bind' : '--ro-bind', source, path]),
    ...['--chdir', '/skill', '--'],
  ]
}

import { PassThrough } from 'node:stream'
import type { Engine } from '../../src/engine/api.ts'
import { runCli } from '../../src/cli/program.ts'
import type { Settings } from '../../src/cli/context.ts'

export interface CliResult {
  status: number
  stdout: string
  stderr: string
  /** The one JSON document of stdout. */
  json: unknown
  settings: Settings | null
}

/** Runs the command line in this process over the given parts of an engine; any other call fails the test. */
export async function runCliWith(
  argv: string[],
  engine: Partial<Engine>,
  options: {
    stdin?: string
    tty?: boolean
    uid?: number
    env?: NodeJS.ProcessEnv
    signal?: AbortSignal
  } = {},
): Promise<CliResult> {
  let stdout = ''
  let stderr = ''
  let settings: Settings | null = null
  const tty = options.tty === true
  const input = new PassThrough()
  if (tty) answerWhenAsked()
  else input.end(options.stdin ?? '')

  /** A person answers one line at a time, after each question. */
  function answerWhenAsked(): void {
    const answers = (options.stdin ?? '').split('\n').filter((line) => line !== '')
    const timer = setInterval(() => {
      const answer = answers.shift()
      if (answer === undefined) clearInterval(timer)
      else input.write(`${answer}\n`)
    }, 5)
  }

  const strict = new Proxy(engine, {
    get(target, name) {
      if (name === 'then') return undefined
      if (name === 'close') return () => Promise.resolve()
      const member = target[name as keyof Engine]
      if (member === undefined) throw new Error(`engine.${String(name)} was used`)
      return member
    },
  })
  const status = await runCli(argv, {
    env: options.env ?? {},
    stdin: Object.assign(input, { isTTY: tty, setRawMode: () => undefined }),
    stdout: { write: (text) => (stdout += text), isTTY: tty },
    stderr: Object.assign(new PassThrough(), { write: (text: string) => (stderr += text), isTTY: tty }),
    signal: options.signal ?? new AbortController().signal,
    uid: options.uid ?? 1000,
    openEngine: (opened) => {
      settings = opened
      return Promise.resolve(strict as Engine)
    },
  })
  return {
    status,
    stdout,
    stderr,
    settings,
    get json() {
      return JSON.parse(stdout)
    },
  }
}

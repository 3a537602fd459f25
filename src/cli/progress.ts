import type { Cli } from './context.ts'
import { plainForTerminal } from './output.ts'

const showAfterMs = 500
const everyMs = 200

/** What is being done right now, on one line of a terminal that is wiped when it is done. */
export interface Progress {
  /** `fraction` from 0 to 1; left out where nobody can say how far it is. */
  show(text: string, fraction?: number): void
  end(): void
}

/**
 * Says nothing for the first half second, and nothing at all where no person looks at standard error. `clock` in
 * milliseconds.
 */
export function startProgress(cli: Pick<Cli, 'ports' | 'output'>, text: string): Progress {
  const { stderr } = cli.ports
  if (cli.output.json || stderr.isTTY !== true) return { show: () => undefined, end: () => undefined }

  let now = { text, fraction: undefined as number | undefined }
  let drawn = false
  const started = Date.now()
  const draw = () => {
    const seconds = Math.floor((Date.now() - started) / 1000)
    const how =
      now.fraction === undefined
        ? seconds > 1
          ? ` ${seconds} s`
          : ''
        : ` ${Math.floor(now.fraction * 100)} %`
    drawn = true
    stderr.write(`\r${plainForTerminal(now.text)} …${how}\u001b[K`)
  }
  let timer = setTimeout(function again() {
    draw()
    timer = setTimeout(again, everyMs)
  }, showAfterMs)
  return {
    show(next, fraction) {
      now = { text: next, fraction }
    },
    end() {
      clearTimeout(timer)
      if (drawn) stderr.write('\r\u001b[K')
    },
  }
}

/** The work's own result, with `text` on the terminal while it takes long. */
export async function withProgress<T>(
  cli: Pick<Cli, 'ports' | 'output'>,
  text: string,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const progress = startProgress(cli, text)
  try {
    return await work(progress)
  } finally {
    progress.end()
  }
}

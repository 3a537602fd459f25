import type { SkilletError } from '../shared/errors.ts'

/** Where text goes; `isTTY` says whether a person is looking at it. */
export interface TextSink {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
}

/** What a command says. Human lines are silent under `--json`, documents are silent without it. */
export interface Output {
  readonly json: boolean
  /** One line on stdout for a person. */
  line(text?: string): void
  /** One line on stderr for a person: progress, advice. */
  note(text: string): void
  /** One JSON document on one line of stdout. */
  document(value: unknown): void
  /** A running skill's own output, as it comes. */
  stream(to: 'stdout' | 'stderr', text: string): void
  /** `CODE: sentence` and what to do on stderr, or the error document on stdout under `--json`. */
  error(error: SkilletError): void
}

// A skill's title, path or output may carry escape sequences that move the cursor over what a person
// has just read, retitle the window or fill the clipboard.
// oxlint-disable-next-line no-control-regex
const unsafeForTerminal = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

/** Text without the control characters that a terminal obeys; tab, newline and carriage return stay. */
export function plainForTerminal(text: string): string {
  return text.replace(unsafeForTerminal, '')
}

// oxlint-disable-next-line no-control-regex
const endsLine = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g

/** A name as one line: a file's name may hold line ends, by which it would pass for a sentence of Skillet's own. */
export function nameOnOneLine(name: string): string {
  return name.replace(endsLine, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

export function createOutput(sinks: { stdout: TextSink; stderr: TextSink; json: boolean }): Output {
  const { stdout, stderr, json } = sinks
  return {
    json,
    line(text = '') {
      if (!json) stdout.write(`${plainForTerminal(text)}\n`)
    },
    note(text) {
      if (!json) stderr.write(`${plainForTerminal(text)}\n`)
    },
    document(value) {
      if (json) stdout.write(`${JSON.stringify(value)}\n`)
    },
    stream(to, text) {
      if (json) return
      const sink = to === 'stdout' ? stdout : stderr
      // Into a file or a pipe the skill's bytes go as they are: another program reads them.
      sink.write(sink.isTTY ? plainForTerminal(text) : text)
    },
    error(error) {
      if (json) stdout.write(`${JSON.stringify({ error: error.toPlain() })}\n`)
      else stderr.write(plainForTerminal(`${error.code}: ${error.message}\n${error.remedy}\n`))
    },
  }
}

/** Columns padded to their widest cell, two spaces apart. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows)
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)))
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}

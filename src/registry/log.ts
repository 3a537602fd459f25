/** One structured line. Fields never hold keys, bodies or query strings: callers pass only what may be read. */
export type Log = (
  level: 'info' | 'error',
  event: string,
  fields?: Record<string, string | number | boolean | null>,
) => void

/** Writes each line as JSON through `write`, by default to stderr. */
export function createLog(write: (line: string) => void = (line) => process.stderr.write(`${line}\n`)): Log {
  return (level, event, fields = {}) =>
    write(JSON.stringify({ at: new Date().toISOString(), level, event, ...fields }))
}

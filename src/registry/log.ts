/** One structured line. Fields never hold keys, bodies or query strings: callers pass only what may be read. */
export type Log = (
  level: 'info' | 'error',
  event: string,
  fields?: Record<string, string | number | boolean | null>,
) => void

/**
 * Writes each line as JSON through `write`, by default to stderr. Put together from parts that are made once, since there
 * is a line for each answer; events are names of ours.
 */
export function createLog(write: (line: string) => void = linesToStderr()): Log {
  let now = 0
  let at = ''
  return (level, event, fields = {}) => {
    if (now !== Date.now()) {
      now = Date.now()
      at = new Date(now).toISOString()
    }
    const about = `{"at":"${at}","level":"${level}","event":"${event}"`
    const more = JSON.stringify(fields)
    write(more === '{}' ? `${about}}` : `${about},${more.slice(1)}`)
  }
}

/** What comes in one turn of the event loop is written at once: under load, a call of the system a line costs as much as an answer. */
function linesToStderr(): (line: string) => void {
  let waiting = ''
  const flush = () => {
    process.off('exit', flush)
    const lines = waiting
    waiting = ''
    if (lines !== '') process.stderr.write(lines)
  }
  return (line) => {
    if (waiting === '') {
      setImmediate(flush)
      process.on('exit', flush)
    }
    waiting += `${line}\n`
  }
}

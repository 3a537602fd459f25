import { config } from 'zod'
import { launcherPath } from './launcher-path.ts'
import { runCli } from './program.ts'
import { createStdSink } from './std-sink.ts'

/** Runs the command line of this process, and ends it. */
export function main(): void {
  // A command reads a handful of documents once: compiling a parser for each takes longer than reading them. The registry
  // answers for days.
  if (!process.argv.includes('registry')) config({ jitless: true })

  const stop = new AbortController()

  function onSignal(): void {
    // The second Ctrl-C is for a command that does not come to its end.
    if (stop.signal.aborted) process.exit(130)
    stop.abort()
    // What can't be stopped in good order, such as a call that hangs, must not keep the process alive.
    setTimeout(() => process.exit(130), 10_000).unref()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)

  const stdout = createStdSink(1, () => {
    // `skillet audit | head` closes the pipe early: that ends the command, it is no fault.
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0)
      throw error
    })
    return process.stdout
  })
  const stderr = createStdSink(2, () => process.stderr)

  void runCli(process.argv.slice(2), {
    env: process.env,
    get stdin() {
      return process.stdin
    },
    stdout: stdout.sink,
    stderr: stderr.sink,
    signal: stop.signal,
    uid: process.getuid?.() ?? null,
    openEngine: async (settings, askPassphrase) => {
      const { createEngine } = await import('../engine/engine.ts')
      return createEngine({ ...settings, launcher: launcherPath(), askPassphrase })
    },
  }).then(async (status) => {
    await Promise.all([stdout.flushed(), stderr.flushed()])
    process.exit(status)
  })
}

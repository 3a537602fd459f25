import { toSkilletError } from '../../shared/errors.ts'
import type { Access } from './access.ts'

/** Milliseconds between two looks at most: timers don't count while a computer sleeps. */
const longestMs = 60 * 60_000

interface WatchPorts {
  readonly tokens: Pick<Access['tokens'], 'list'>
  readonly onChange: Access['onChange']
  /** Ends what goes on beyond one request, of all agents but these. */
  readonly keepOnly: (agentIds: ReadonlySet<string>) => void
  readonly log: (line: string) => void
}

/**
 * Tells who is connected whenever that may have changed: a token was taken back, or its time is over. Where nobody can say,
 * nobody is. Without a timer while no agent is connected; the result stops watching.
 */
export function watchConnected({ tokens, onChange, keepOnly, log }: WatchPorts): () => void {
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  async function look(): Promise<void> {
    const connected = await tokens.list()
    if (isStopped) return
    keepOnly(new Set(connected.map(({ id }) => id)))
    clearTimeout(timer)
    if (connected.length === 0) return
    const ends = Math.min(...connected.map(({ expiresAt }) => Date.parse(expiresAt)))
    timer = setTimeout(again, Math.min(Math.max(ends - Date.now() + 1, 1), longestMs)).unref()
  }
  function again(): void {
    look().catch((error: unknown) => {
      log(toSkilletError(error).message)
      if (!isStopped) keepOnly(new Set())
    })
  }

  const stopListening = onChange(again)
  again()
  return () => {
    isStopped = true
    clearTimeout(timer)
    stopListening()
  }
}

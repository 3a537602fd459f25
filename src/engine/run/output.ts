import { createNeedles } from '../secrets/needles.ts'
import { redactorFor } from '../secrets/redactor.ts'
import type { RunHooks } from '../api.ts'

/** What a run prints, with its keys replaced before anybody sees them. `onFound` hears the name of each one that was. */
export function collectOutput(
  secrets: Readonly<Record<string, string>>,
  onOutput: RunHooks['onOutput'],
  onFound: (name: string) => void,
) {
  const text = { stdout: '', stderr: '' }
  const needles = createNeedles(secrets)
  const redactors = {
    stdout: redactorFor(needles, onFound),
    stderr: redactorFor(needles, onFound),
  }
  const emit = (stream: 'stdout' | 'stderr', safe: string) => {
    if (safe === '') return
    text[stream] += safe
    onOutput?.(stream, safe)
  }
  return {
    push: (stream: 'stdout' | 'stderr', raw: string) => emit(stream, redactors[stream].push(raw)),
    /** The run is over: everything that it printed. */
    finish: () => {
      for (const stream of ['stdout', 'stderr'] as const) emit(stream, redactors[stream].flush())
      return text
    },
  }
}

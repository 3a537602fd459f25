import { useQueryClient } from '@tanstack/react-query'
import { say } from '../shared/i18n/say.ts'
import { toCallFailed } from './bridge.ts'
import { refresh, staleAfter } from './query.ts'
import { useNotice, type Notice } from './ui/toast.tsx'

/**
 * Does one thing to what is installed, says how it went and shows everything anew. A failure says what to do about it, in
 * a notice that stays: what it was asked from may no longer be on the screen.
 */
export function useAct(): (work: () => Promise<Notice>) => Promise<void> {
  const client = useQueryClient()
  const notify = useNotice()
  return async (work) => {
    try {
      notify(await work())
    } catch (error) {
      notify(failureNotice(error))
    }
    await refresh(client, staleAfter.install)
  }
}

export function failureNotice(error: unknown): Notice {
  const { message, remedy } = toCallFailed(error)
  return { text: `${say(message)} ${say(remedy)}`, stays: true }
}

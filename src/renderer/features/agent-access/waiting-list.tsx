import { useState, type ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import { Button } from '../../ui/button.tsx'
import { PairingDialog } from './pairing-dialog.tsx'
import { RequestDialog } from './request-dialog.tsx'
import { askedWords } from './asked-words.ts'
import { isPairing, useWaiting } from './waiting.ts'

/** What waits for an answer, also what was put off before. */
export function WaitingList(): ReactNode {
  const waiting = useWaiting()
  const [shown, setShown] = useState<string | null>(null)
  const asked = waiting.find(({ id }) => id === shown)
  const close = () => setShown(null)
  if (waiting.length === 0) return null
  return (
    <>
      <ul aria-label={t('Waiting for your answer')} className="mb-4 flex flex-col gap-2">
        {waiting.map((one) => (
          <li
            key={one.id}
            className="flex items-center justify-between gap-4 rounded-lg bg-warn-soft px-4 py-2.5"
          >
            <p className="min-w-0 break-words">{askedWords(one)}</p>
            <Button
              size="small"
              aria-label={t('Answer: {{what}}', { what: askedWords(one) })}
              onPress={() => setShown(one.id)}
            >
              {t('Answer')}
            </Button>
          </li>
        ))}
      </ul>
      {asked === undefined ? null : isPairing(asked) ? (
        <PairingDialog key={asked.id} pairing={asked} onClose={close} />
      ) : (
        <RequestDialog key={asked.id} request={asked} onClose={close} />
      )}
    </>
  )
}

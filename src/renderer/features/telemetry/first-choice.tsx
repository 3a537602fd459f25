import type { ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import { useCall } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { useProgramName } from '../managed/managed.ts'
import { SentWords } from './sent-words.tsx'
import { useChoose } from './use-choose.ts'

/** Asks whether statistics may be sent, once, with the very words that would be; until then there are none. */
export function FirstChoice(): ReactNode {
  const status = useCall('telemetry.status', null)
  const preview = useCall('telemetry.preview', null)
  const choose = useChoose()
  const name = useProgramName()
  if (status.data === undefined || preview.data === undefined) return null
  const { choice, forbiddenBy, managed } = status.data
  if (choice !== null || forbiddenBy !== null || managed) return null
  return (
    <section
      aria-label={t('Anonymous statistics')}
      className="mb-5 rounded-lg border border-line bg-panel px-4 py-4"
    >
      <h2 className="font-semibold">{t('May {{name}} count how skills do?', { name })}</h2>
      <p className="mt-1 max-w-prose text-ink-2">
        {t(
          'If you say yes, the registry learns which skills are installed and used, how long that took and whether it worked. It doesn’t learn who you are, what you give a skill or what comes out, and the numbers that stand for you change every 30 days. You can look at every word that was sent, and change your mind, in Settings.',
        )}
      </p>
      <p className="mt-3 mb-1.5 text-sm text-ink-3">{t('This is all that would be sent, for example:')}</p>
      <SentWords batch={preview.data} label={t('Example of what is sent')} />
      <div className="mt-3 flex flex-wrap gap-2">
        <Button onPress={() => void choose('on')}>{t('Send statistics')}</Button>
        <Button onPress={() => void choose('off')}>{t('Don’t send any')}</Button>
      </div>
    </section>
  )
}

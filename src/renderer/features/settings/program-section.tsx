import { useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import { useCall, useChange } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { Details } from '../../ui/details.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { formatBytes, formatMoment } from '../../ui/format.ts'
import { Section } from '../../ui/page.tsx'
import { Switch } from '../../ui/switch.tsx'

/** When Skillet starts, what it left behind when it failed, and the licences of what it is made of. */
export function ProgramSection(): ReactNode {
  const client = useQueryClient()
  const startup = useCall('startup.get', null)
  const setStartup = useChange('startup.set')
  const crashes = useCall('crashes.list', null)
  const reveal = useChange('crashes.reveal')
  const remove = useChange('crashes.remove')
  const failed = startup.error ?? setStartup.error ?? crashes.error ?? reveal.error ?? remove.error
  const again = (name: 'startup.get' | 'crashes.list') => ({
    onSuccess: () => client.invalidateQueries({ queryKey: [name] }),
  })
  const count = crashes.data?.length ?? 0
  return (
    <Section title={t('The program')}>
      <div className="flex flex-col gap-4">
        {failed === null ? null : <ErrorNote error={failed} />}
        <Switch
          label={t('Start when I sign in')}
          description={
            startup.data?.canChange === false
              ? t('Only an installed Skillet can start by itself.')
              : t('It starts without a window, and stays beside the clock when you close the window.')
          }
          isSelected={startup.data?.atLogin === true}
          isDisabled={startup.data?.canChange !== true}
          onChange={(on) => setStartup.mutate(on, again('startup.get'))}
        />
        <div className="flex flex-col gap-2">
          <p className="text-ink-2">
            {count === 0
              ? t('When Skillet itself fails, a report stays on this computer. There is none.')
              : t('Skillet itself failed {{count}} times. The reports are on this computer and go nowhere.', {
                  count,
                })}
          </p>
          {count === 0 ? null : (
            <Details title={t('When, and how large each report is')}>
              <ul className="flex flex-col gap-1">
                {crashes.data?.map(({ name, at, sizeBytes }) => (
                  <li key={name}>
                    {formatMoment(at)} · {formatBytes(sizeBytes)}
                  </li>
                ))}
              </ul>
            </Details>
          )}
          {count === 0 ? null : (
            <div className="flex gap-2">
              <Button size="small" onPress={() => reveal.mutate(null)}>
                {t('Open the folder')}
              </Button>
              <Button size="small" onPress={() => remove.mutate(null, again('crashes.list'))}>
                {t('Delete the reports')}
              </Button>
            </div>
          )}
        </div>
        <Licences />
      </div>
    </Section>
  )
}

function Licences(): ReactNode {
  const [shown, setShown] = useState(false)
  return (
    <div className="flex flex-col gap-2">
      <div>
        <Button size="small" onPress={() => setShown(!shown)}>
          {shown ? t('Hide the licences') : t('Licences of what Skillet is made of')}
        </Button>
      </div>
      {shown ? <LicenceText /> : null}
    </div>
  )
}

function LicenceText(): ReactNode {
  const text = useCall('program.licences', null, { staleTimeMs: Infinity })
  if (text.isError) return <ErrorNote error={text.error} />
  return (
    <pre
      dir="ltr"
      tabIndex={0}
      aria-label={t('Licences')}
      className="max-h-96 overflow-auto rounded-lg border border-edge bg-sunk p-3 text-xs whitespace-pre-wrap"
    >
      {text.data ?? t('An installed Skillet shows them here.')}
    </pre>
  )
}

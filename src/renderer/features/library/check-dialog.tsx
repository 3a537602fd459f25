import { useQueryClient } from '@tanstack/react-query'
import { CircleCheck } from 'lucide-react'
import { useEffect, type ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import type { InstalledSkill } from '../../../shared/contract/library.ts'
import { refresh, staleAfter, useChange } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { DecisionDialog } from '../../ui/dialog.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { checkWords, type CheckWords } from './check-words.ts'

/** Holds every installed file of one skill against its signed release, and puts back what differs. */
export function CheckDialog({ skill, onClose }: { skill: InstalledSkill; onClose: () => void }): ReactNode {
  const client = useQueryClient()
  const check = useChange('library.verify')
  const repair = useChange('library.repair')
  const { mutate } = check
  useEffect(() => mutate({ slug: skill.slug }), [mutate, skill.slug])
  const words = check.data === undefined ? null : checkWords(check.data, skill.slug)
  const putBack = () =>
    repair.mutate({ slug: skill.slug }, { onSettled: () => refresh(client, staleAfter.install) })
  return (
    <DecisionDialog
      isOpen
      onClose={onClose}
      width="narrow"
      title={t('Check {{title}}', { title: skill.title })}
      error={repair.error}
      footer={
        <>
          <Button onPress={onClose}>{t('Close')}</Button>
          {words !== null && !words.ok && !repair.isSuccess ? (
            <Button look="primary" isPending={repair.isPending} onPress={putBack}>
              {repair.isPending ? t('Repairing…') : t('Repair')}
            </Button>
          ) : null}
        </>
      }
    >
      {repair.isSuccess ? (
        <Repaired keptAt={repair.data.keptAt} />
      ) : check.isError ? (
        <ErrorNote linked={false} error={check.error} onRetry={() => mutate({ slug: skill.slug })} />
      ) : (
        <Found words={words} />
      )}
    </DecisionDialog>
  )
}

function Found({ words }: { words: CheckWords | null }): ReactNode {
  return (
    <div role="status">
      {words === null ? (
        <p className="text-ink-2">{t('Checking every file…')}</p>
      ) : (
        <p className={`flex gap-2.5 font-medium ${words.ok ? 'text-ok' : 'text-bad'}`}>
          {words.ok ? (
            <CircleCheck aria-hidden size={18} strokeWidth={1.75} className="mt-px shrink-0" />
          ) : null}
          {words.text}
        </p>
      )}
      {words === null || words.files.length === 0 ? null : (
        <>
          <ul className="mt-3 divide-y divide-line rounded-md border border-line">
            {words.files.map((file) => (
              <li key={file.path} className="flex justify-between gap-4 px-3 py-2">
                <span className="min-w-0 font-mono text-[13px] break-all">{file.path}</span>
                <span className="shrink-0 text-ink-3">{file.what}</span>
              </li>
            ))}
          </ul>
          <p className="mt-3 text-ink-2">
            {t(
              'Repair puts back what was checked and signed. A copy of the files as they are now is kept, in case you want something from it.',
            )}
          </p>
        </>
      )}
    </div>
  )
}

function Repaired({ keptAt }: { keptAt: string | null }): ReactNode {
  const show = useChange('file.show')
  return (
    <>
      <div role="status">
        <p className="flex gap-2.5 font-medium text-ok">
          <CircleCheck aria-hidden size={18} strokeWidth={1.75} className="mt-px shrink-0" />
          {t('Every file is as it was signed again.')}
        </p>
        {keptAt === null ? null : (
          <>
            <p className="mt-3 text-ink-2">{t('The copy with the changes is kept here for 30 days:')}</p>
            <p className="mt-1 font-mono text-[13px] break-all select-text">{keptAt}</p>
          </>
        )}
      </div>
      {keptAt === null ? null : (
        <Button
          size="small"
          className="mt-3"
          isPending={show.isPending}
          onPress={() => show.mutate({ path: keptAt, how: 'reveal' })}
        >
          {t('Show the folder')}
        </Button>
      )}
      {show.isError ? (
        <div className="mt-4">
          <ErrorNote linked={false} error={show.error} />
        </div>
      ) : null}
    </>
  )
}

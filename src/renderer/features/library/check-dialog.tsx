import { CircleCheck } from 'lucide-react'
import { useEffect, type ReactNode } from 'react'
import type { InstalledSkill } from '../../../shared/contract/library.ts'
import { useChange } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { DecisionDialog } from '../../ui/dialog.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { useInstall } from '../install/install-provider.tsx'
import { checkWords } from './check-words.ts'

/** Holds every installed file of one skill against its signed release. */
export function CheckDialog({ skill, onClose }: { skill: InstalledSkill; onClose: () => void }): ReactNode {
  const check = useChange('library.verify')
  const install = useInstall()
  const { mutate } = check
  useEffect(() => mutate({ slug: skill.slug }), [mutate, skill.slug])
  const words = check.data === undefined ? null : checkWords(check.data, skill.slug)
  return (
    <DecisionDialog
      isOpen
      onClose={onClose}
      width="narrow"
      title={`Check files of ${skill.title}`}
      footer={
        <>
          <Button onPress={onClose}>Close</Button>
          {words !== null && !words.ok ? (
            <Button
              look="primary"
              onPress={() => {
                onClose()
                install(skill)
              }}
            >
              Install again
            </Button>
          ) : null}
        </>
      }
    >
      {check.isError ? (
        <ErrorNote linked={false} error={check.error} onRetry={() => mutate({ slug: skill.slug })} />
      ) : (
        <div role="status">
          {words === null ? (
            <p className="text-ink-2">Checking every file…</p>
          ) : (
            <p className={`flex gap-2.5 font-medium ${words.ok ? 'text-ok' : 'text-bad'}`}>
              {words.ok ? (
                <CircleCheck aria-hidden size={18} strokeWidth={1.75} className="mt-px shrink-0" />
              ) : null}
              {words.text}
            </p>
          )}
          {words === null || words.files.length === 0 ? null : (
            <ul className="mt-3 divide-y divide-line rounded-md border border-line">
              {words.files.map((file) => (
                <li key={file.path} className="flex justify-between gap-4 px-3 py-2">
                  <span className="min-w-0 font-mono text-[13px] break-all">{file.path}</span>
                  <span className="shrink-0 text-ink-3">{file.what}</span>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </DecisionDialog>
  )
}

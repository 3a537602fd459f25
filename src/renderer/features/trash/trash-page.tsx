import { Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { TrashedSkill } from '../../../shared/contract/library.ts'
import { t } from '../../../shared/i18n/t.ts'
import { useCall } from '../../query.ts'
import { hrefs } from '../../route.ts'
import { Button, LinkButton } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { formatAgo, formatDate } from '../../ui/format.ts'
import { Page } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { useRestore } from '../library/removal.ts'
import { DeleteDialog } from './delete-dialog.tsx'

/** Removed skills, for as long as they can be brought back. */
export function TrashPage(): ReactNode {
  const trash = useCall('trash.list', null)
  const [deleting, setDeleting] = useState<TrashedSkill | 'all' | null>(null)
  const skills = trash.data ?? []
  return (
    <Page
      title={t('Removed skills')}
      subtitle={t('Kept for a while, with what they had saved, in case you want one back.')}
      backTo={hrefs.library}
      actions={
        skills.length > 1 ? (
          <Button onPress={() => setDeleting('all')}>{t('Delete all for good')}</Button>
        ) : null
      }
    >
      {trash.isError ? (
        <ErrorNote error={trash.error} onRetry={() => void trash.refetch()} />
      ) : trash.isPending ? (
        <SkeletonRows count={2} label={t('Loading removed skills')} />
      ) : skills.length === 0 ? (
        <Empty
          icon={Trash2}
          title={t('Nothing was removed')}
          action={<LinkButton href={hrefs.library}>{t('Back to your Library')}</LinkButton>}
        >
          {t('A skill that you remove is kept here for {{count}} days.', { count: 30 })}
        </Empty>
      ) : (
        <ul aria-label={t('Removed skills')} className="flex flex-col gap-2.5">
          {skills.map((skill) => (
            <TrashRow key={skill.undoId} skill={skill} onDelete={() => setDeleting(skill)} />
          ))}
        </ul>
      )}
      {deleting === null ? null : (
        <DeleteDialog
          target={deleting === 'all' ? null : deleting}
          count={skills.length}
          onClose={() => setDeleting(null)}
        />
      )}
    </Page>
  )
}

function TrashRow({ skill, onDelete }: { skill: TrashedSkill; onDelete: () => void }): ReactNode {
  const restore = useRestore()
  return (
    <li className="flex items-center gap-4 rounded-lg border border-line bg-raised p-4">
      <div className="min-w-0 flex-1">
        <h2 className="truncate font-semibold">{skill.title}</h2>
        <p className="text-sm text-ink-3">
          {t('Version {{version}} · removed {{ago}} · kept until {{day}}', {
            version: skill.version,
            ago: formatAgo(skill.removedAt),
            day: formatDate(skill.keptUntil),
          })}
        </p>
      </div>
      <div className="flex shrink-0 gap-1.5">
        <Button
          aria-label={t('Bring back {{title}}', { title: skill.title })}
          onPress={() => void restore(skill)}
        >
          {t('Bring back')}
        </Button>
        <Button
          look="quiet"
          aria-label={t('Delete for good: {{title}}', { title: skill.title })}
          onPress={onDelete}
        >
          {t('Delete for good')}
        </Button>
      </div>
    </li>
  )
}

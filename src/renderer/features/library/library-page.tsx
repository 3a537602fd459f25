import { LibraryBig } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import type { InstalledSkill } from '../../../shared/contract/library.ts'
import { useCall } from '../../query.ts'
import { hrefs } from '../../route.ts'
import { LinkButton } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { formatBytes } from '../../ui/format.ts'
import { Page } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { InstallFile } from '../bundle/install-file.tsx'
import { updatable } from '../updates/updatable.ts'
import { UpdateAll } from '../updates/update-all.tsx'
import { CheckDialog } from './check-dialog.tsx'
import { LibraryRow } from './library-row.tsx'

/** The skills on this computer. */
export function LibraryPage(): ReactNode {
  const library = useCall('library.list', null)
  const [checking, setChecking] = useState<InstalledSkill | null>(null)
  const skills = library.data ?? []
  const bytes = skills.reduce((sum, skill) => sum + skill.sizeBytes, 0)
  return (
    <Page
      title={t('Library')}
      subtitle={
        skills.length === 0
          ? t('The skills on this computer.')
          : t('{{count}} skills on this computer, {{bytes}}.', {
              count: skills.length,
              bytes: formatBytes(bytes),
            })
      }
      actions={
        <>
          <LinkButton look="quiet" href={hrefs.trash}>
            {t('Removed skills')}
          </LinkButton>
          <InstallFile />
        </>
      }
    >
      {library.isError ? (
        <ErrorNote error={library.error} onRetry={() => void library.refetch()} />
      ) : library.isPending ? (
        <SkeletonRows count={3} label={t('Loading your Library')} />
      ) : skills.length === 0 ? (
        <Empty
          icon={LibraryBig}
          title={t('Your skills will be here')}
          action={
            <LinkButton look="primary" href={hrefs.discover}>
              {t('Find a skill')}
            </LinkButton>
          }
        >
          {t('Install one from Discover, and you can run it from here whenever you like.')}
        </Empty>
      ) : (
        <>
          <UpdateAll skills={updatable(skills)} />
          <ul aria-label={t('Installed skills')} className="flex flex-col gap-2.5">
            {inOrder(skills).map((skill) => (
              <LibraryRow key={skill.slug} skill={skill} onCheck={() => setChecking(skill)} />
            ))}
          </ul>
        </>
      )}
      {checking === null ? null : <CheckDialog skill={checking} onClose={() => setChecking(null)} />}
    </Page>
  )
}

/** What was withdrawn first, then what is on hold; they must not be missed. */
function inOrder(skills: readonly InstalledSkill[]): InstalledSkill[] {
  const urgency = ({ withdrawn, onHold }: InstalledSkill) =>
    withdrawn !== null ? 2 : onHold !== null ? 1 : 0
  return skills.toSorted((a, b) => urgency(b) - urgency(a))
}

import { useQueryClient } from '@tanstack/react-query'
import { LibraryBig } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { InstalledSkill } from '../../../shared/contract/library.ts'
import { ask, toCallFailed, useBridge } from '../../bridge.ts'
import { refresh, staleAfter, useCall } from '../../query.ts'
import { hrefs } from '../../route.ts'
import { LinkButton } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { formatBytes, plural } from '../../ui/format.ts'
import { Page } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { useNotice } from '../../ui/toast.tsx'
import { startingFilter } from '../discover/filter.ts'
import { CheckDialog } from './check-dialog.tsx'
import { GrantsDialog } from './grants-dialog.tsx'
import { LibraryRow } from './library-row.tsx'

type Open = { what: 'check' | 'grants'; skill: InstalledSkill } | null

/** The skills on this computer. */
export function LibraryPage(): ReactNode {
  const library = useCall('library.list', null)
  const catalog = useCall('catalog.search', startingFilter)
  const [open, setOpen] = useState<Open>(null)
  const { remove, problem } = useRemoval()
  const skills = library.data ?? []
  const bytes = skills.reduce((sum, skill) => sum + skill.sizeBytes, 0)
  return (
    <Page
      title="Library"
      subtitle={
        skills.length === 0
          ? 'The skills on this computer.'
          : `${plural(skills.length, 'skill')} on this computer, ${formatBytes(bytes)}.`
      }
    >
      {problem === null ? null : (
        <div className="mb-4">
          <ErrorNote error={problem} />
        </div>
      )}
      {library.isError ? (
        <ErrorNote error={library.error} onRetry={() => void library.refetch()} />
      ) : library.isPending ? (
        <SkeletonRows count={3} label="Loading your Library" />
      ) : skills.length === 0 ? (
        <Empty
          icon={LibraryBig}
          title="Your skills will be here"
          action={
            <LinkButton look="primary" href={hrefs.discover}>
              Find a skill
            </LinkButton>
          }
        >
          Install one from Discover, and you can run it from here whenever you like.
        </Empty>
      ) : (
        <ul aria-label="Installed skills" className="flex flex-col gap-2.5">
          {skills.map((skill) => (
            <LibraryRow
              key={skill.slug}
              skill={skill}
              latest={catalog.data?.skills.find((entry) => entry.slug === skill.slug) ?? null}
              onCheck={() => setOpen({ what: 'check', skill })}
              onGrants={() => setOpen({ what: 'grants', skill })}
              onRemove={() => void remove(skill)}
            />
          ))}
        </ul>
      )}
      {open?.what === 'check' ? <CheckDialog skill={open.skill} onClose={() => setOpen(null)} /> : null}
      {open?.what === 'grants' ? <GrantsDialog skill={open.skill} onClose={() => setOpen(null)} /> : null}
    </Page>
  )
}

/** Removes at once and offers to undo it: nothing is lost, so nothing needs to be confirmed. */
function useRemoval() {
  const bridge = useBridge()
  const client = useQueryClient()
  const notify = useNotice()
  const [problem, setProblem] = useState<unknown>(null)
  const restore = async (skill: InstalledSkill, undoId: string) => {
    try {
      await ask(bridge, 'library.restore', { undoId })
      notify({ text: `${skill.title} is back.` })
    } catch (error) {
      // The Library may no longer be on the screen, so the notice carries the words itself.
      const failed = toCallFailed(error)
      notify({ text: `${failed.message} ${failed.remedy}` })
    }
    await refresh(client, staleAfter.install)
  }
  const remove = async (skill: InstalledSkill) => {
    setProblem(null)
    try {
      const { undoId } = await ask(bridge, 'library.remove', { slug: skill.slug })
      notify({
        text: `${skill.title} was removed.`,
        action: { label: 'Undo', run: () => void restore(skill, undoId) },
      })
    } catch (error) {
      setProblem(error)
    }
    await refresh(client, staleAfter.install)
  }
  return { remove, problem }
}

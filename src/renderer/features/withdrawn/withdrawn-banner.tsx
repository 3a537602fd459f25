import { CircleAlert, X } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { InstalledSkill } from '../../../shared/contract/library.ts'
import { useCall } from '../../query.ts'
import { hrefs, type Route } from '../../route.ts'
import { Button, LinkButton } from '../../ui/button.tsx'
import { joinList, plural } from '../../ui/format.ts'
import { severityWords } from './withdrawn-words.ts'

/**
 * Above every page: each withdrawn skill, when it happens and at every start, until the person has dealt with it or sent
 * the words away. Several share one notice, so that the page stays in reach; the Library tells each one's story. On the
 * skill's own pages these say it themselves.
 */
export function WithdrawnBanner({ route }: { route: Route }): ReactNode {
  const library = useCall('library.list', null)
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set())
  const here = route.page === 'skill' || route.page === 'run' ? route.slug : null
  const shown = (library.data ?? []).filter(
    (skill) => skill.withdrawn !== null && skill.slug !== here && !seen.has(idOf(skill)),
  )
  const close = () => setSeen((earlier) => new Set([...earlier, ...shown.map(idOf)]))
  const [skill] = shown
  if (skill === undefined || skill.withdrawn === null) return null
  const { title, withdrawn } = skill
  if (shown.length === 1)
    return (
      <Notice
        headline={`${title} was withdrawn. Skillet stopped it and moved it away.`}
        about={title}
        leads={
          <LinkButton size="small" href={hrefs.skill(skill.slug)} aria-label={`What to do about ${title}`}>
            What to do
          </LinkButton>
        }
        onClose={close}
      >
        {withdrawn.reason} {severityWords(withdrawn.severity)}
        {withdrawn.rotate.length === 0 ? null : ' Some of your keys should be replaced.'}
      </Notice>
    )
  return (
    <Notice
      headline={`${plural(shown.length, 'skill')} were withdrawn. Skillet stopped them and moved them away.`}
      about="withdrawn skills"
      leads={
        route.page === 'library' ? null : (
          <LinkButton size="small" href={hrefs.library} aria-label="What to do about withdrawn skills">
            What to do
          </LinkButton>
        )
      }
      onClose={close}
    >
      {joinList(shown.map((one) => one.title))}
    </Notice>
  )
}

function idOf(skill: InstalledSkill): string {
  return `${skill.slug} ${skill.version} ${skill.withdrawn?.revokedAt}`
}

function Notice({
  headline,
  about,
  leads,
  onClose,
  children,
}: {
  headline: string
  about: string
  leads: ReactNode
  onClose: () => void
  children: ReactNode
}): ReactNode {
  return (
    <div role="alert" className="flex items-start gap-3 border-b border-line bg-bad-soft px-8 py-3.5">
      <CircleAlert aria-hidden size={18} strokeWidth={1.75} className="mt-px shrink-0 text-bad" />
      <div className="min-w-0 flex-1 select-text">
        <p className="font-semibold text-bad">{headline}</p>
        <p className="mt-0.5 max-h-20 overflow-y-auto break-words">{children}</p>
      </div>
      <div className="flex shrink-0 items-center gap-1">
        {leads}
        <Button look="quiet" size="icon" aria-label={`Close the notice about ${about}`} onPress={onClose}>
          <X size={18} strokeWidth={1.75} aria-hidden />
        </Button>
      </div>
    </div>
  )
}

import { CircleAlert, X } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { InstalledSkill } from '../../../shared/contract/library.ts'
import { useCall } from '../../query.ts'
import { hrefs, type Route } from '../../route.ts'
import { Button, LinkButton } from '../../ui/button.tsx'
import { severityWords } from './withdrawn-words.ts'

/**
 * Above every page: each withdrawn skill, when it happens and at every start, until the person has dealt with it or sent
 * the words away. On the skill's own pages these say it themselves.
 */
export function WithdrawnBanner({ route }: { route: Route }): ReactNode {
  const library = useCall('library.list', null)
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set())
  const here = route.page === 'skill' || route.page === 'run' ? route.slug : null
  const shown = (library.data ?? []).filter(
    (skill) => skill.withdrawn !== null && skill.slug !== here && !seen.has(idOf(skill)),
  )
  return shown.map((skill) => (
    <Notice
      key={idOf(skill)}
      skill={skill}
      onSeen={() => setSeen((earlier) => new Set(earlier).add(idOf(skill)))}
    />
  ))
}

function idOf(skill: InstalledSkill): string {
  return `${skill.slug} ${skill.version} ${skill.withdrawn?.revokedAt}`
}

function Notice({ skill, onSeen }: { skill: InstalledSkill; onSeen: () => void }): ReactNode {
  const { withdrawn } = skill
  if (withdrawn === null) return null
  return (
    <div role="alert" className="flex items-start gap-3 border-b border-line bg-bad-soft px-8 py-3.5">
      <CircleAlert aria-hidden size={18} strokeWidth={1.75} className="mt-px shrink-0 text-bad" />
      <div className="min-w-0 flex-1 select-text">
        <p className="font-semibold text-bad">
          {skill.title} was withdrawn. Skillet stopped it and moved it away.
        </p>
        <p className="mt-0.5 break-words">
          {withdrawn.reason} {severityWords(withdrawn.severity)}
          {withdrawn.rotate.length === 0 ? null : ' Some of your keys should be replaced.'}
        </p>
      </div>
      <div className="flex shrink-0 items-center gap-1">
        <LinkButton
          size="small"
          href={hrefs.skill(skill.slug)}
          aria-label={`What to do about ${skill.title}`}
        >
          What to do
        </LinkButton>
        <Button
          look="quiet"
          size="icon"
          aria-label={`Close the notice about ${skill.title}`}
          onPress={onSeen}
        >
          <X size={18} strokeWidth={1.75} aria-hidden />
        </Button>
      </div>
    </div>
  )
}

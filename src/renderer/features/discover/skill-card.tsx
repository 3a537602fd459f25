import { memo, type ReactNode } from 'react'
import { Link } from 'react-aria-components'
import type { SkillSummary } from '../../../shared/contract/skills.ts'
import { hrefs } from '../../route.ts'
import { Badge } from '../../ui/badge.tsx'
import { CategoryIcon } from '../../ui/category-icon.tsx'
import { publisherName } from '../../ui/format.ts'
import { Skeleton } from '../../ui/skeleton.tsx'
import { NextStepButton } from './next-step.tsx'
import { useVerdict } from './verdict.ts'

const frame = 'flex min-h-44 flex-col gap-3 rounded-lg border border-line bg-raised p-4'

/**
 * One skill at a glance. The whole card opens its page; the button is the next step. Drawn anew only when the skill has
 * changed: a long list of them must not make typing in the search slow.
 */
export const SkillCard = memo(function SkillCard({ skill }: { skill: SkillSummary }): ReactNode {
  const verdict = useVerdict(skill)
  return (
    <article
      className={`${frame} relative transition-colors duration-150 hover:border-edge`}
      aria-label={skill.title}
    >
      <div className="flex items-center gap-3">
        <CategoryIcon category={skill.category} />
        <div className="min-w-0">
          <h3 className="truncate font-semibold">
            <Link
              href={hrefs.skill(skill.slug)}
              className="rounded-sm after:absolute after:inset-0 after:rounded-lg data-focus-visible:outline-none data-focus-visible:after:outline-2 data-focus-visible:after:outline-offset-2 data-focus-visible:after:outline-focus"
            >
              {skill.title}
            </Link>
          </h3>
          <p className="truncate text-sm text-ink-3">{publisherName(skill.publisher)}</p>
        </div>
      </div>
      <p className="line-clamp-3 flex-1 text-ink-2">
        <bdi>{skill.summary}</bdi>
      </p>
      <div className="flex items-center justify-between gap-3">
        <Badge tone={verdict.tone}>{verdict.text}</Badge>
        <span className="relative z-1">
          <NextStepButton skill={skill} />
        </span>
      </div>
    </article>
  )
})

export function SkillCardSkeleton(): ReactNode {
  return (
    <div className={frame}>
      <div className="flex items-center gap-3">
        <Skeleton className="size-10 rounded-md" />
        <div className="flex flex-1 flex-col gap-2">
          <Skeleton className="h-3.5 w-1/2" />
          <Skeleton className="h-3 w-1/3" />
        </div>
      </div>
      <div className="flex flex-1 flex-col gap-2 pt-1">
        <Skeleton className="h-3 w-full" />
        <Skeleton className="h-3 w-4/5" />
      </div>
      <div className="flex items-center justify-between">
        <Skeleton className="h-5 w-28 rounded-full" />
        <Skeleton className="h-9 w-20 rounded-md" />
      </div>
    </div>
  )
}

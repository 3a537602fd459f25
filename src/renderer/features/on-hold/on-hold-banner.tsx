import { useState, type ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import type { InstalledSkill } from '../../../shared/contract/library.ts'
import { useCall } from '../../query.ts'
import { hrefs, type Route } from '../../route.ts'
import { LinkButton } from '../../ui/button.tsx'
import { joinList } from '../../ui/format.ts'
import { PageNotice } from '../../ui/page-notice.tsx'

/**
 * Above every page, from when it becomes known that an installed skill is on hold until the person sends the words away
 * or the hold is over. On the skill's own pages these say it themselves.
 */
export function OnHoldBanner({ route }: { route: Route }): ReactNode {
  const library = useCall('library.list', null)
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set())
  const here = route.page === 'skill' || route.page === 'run' ? route.slug : null
  const shown = (library.data ?? []).filter(
    (skill) => skill.onHold !== null && skill.slug !== here && !seen.has(idOf(skill)),
  )
  const [skill] = shown
  if (skill === undefined || skill.onHold === null) return null
  const one = shown.length === 1
  return (
    <PageNotice
      tone="warn"
      headline={
        one
          ? t('{{title}} is on hold: reported as dangerous, being looked into.', { title: skill.title })
          : t('{{count}} skills are on hold: reported as dangerous, being looked into.', {
              count: shown.length,
            })
      }
      about={one ? skill.title : t('skills on hold')}
      leads={
        !one && route.page === 'library' ? null : (
          <LinkButton
            size="small"
            href={one ? hrefs.skill(skill.slug) : hrefs.library}
            aria-label={
              one
                ? t('What this means for {{title}}', { title: skill.title })
                : t('See which skills are on hold')
            }
          >
            {one ? t('What this means') : t('See which')}
          </LinkButton>
        )
      }
      onClose={() => setSeen((earlier) => new Set([...earlier, ...shown.map(idOf)]))}
    >
      {one ? skill.onHold.words : joinList(shown.map(({ title }) => title))}
    </PageNotice>
  )
}

function idOf({ slug, onHold }: InstalledSkill): string {
  return `${slug} ${onHold?.since}`
}

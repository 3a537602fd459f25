import { useState, type ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import type { InstalledSkill } from '../../../shared/contract/library.ts'
import { useCall } from '../../query.ts'
import { hrefs, type Route } from '../../route.ts'
import { LinkButton } from '../../ui/button.tsx'
import { joinList } from '../../ui/format.ts'
import { PageNotice } from '../../ui/page-notice.tsx'
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
      <PageNotice
        tone="bad"
        headline={t('{{title}} was withdrawn. Skillet stopped it and moved it away.', { title })}
        about={title}
        leads={
          <LinkButton
            size="small"
            href={hrefs.skill(skill.slug)}
            aria-label={t('What to do about {{title}}', { title })}
          >
            {t('What to do')}
          </LinkButton>
        }
        onClose={close}
      >
        {withdrawn.reason} {severityWords(withdrawn.severity)}
        {withdrawn.rotate.length === 0 ? null : ` ${t('Some of your keys should be replaced.')}`}
      </PageNotice>
    )
  return (
    <PageNotice
      tone="bad"
      headline={t('{{count}} skills were withdrawn. Skillet stopped them and moved them away.', {
        count: shown.length,
      })}
      about={t('withdrawn skills')}
      leads={
        route.page === 'library' ? null : (
          <LinkButton size="small" href={hrefs.library} aria-label={t('What to do about withdrawn skills')}>
            {t('What to do')}
          </LinkButton>
        )
      }
      onClose={close}
    >
      {joinList(shown.map((one) => one.title))}
    </PageNotice>
  )
}

function idOf(skill: InstalledSkill): string {
  return `${skill.slug} ${skill.version} ${skill.withdrawn?.revokedAt}`
}

import {
  Ellipsis,
  FileCheck2,
  Flag,
  History,
  ListChecks,
  Pin,
  PinOff,
  Trash2,
  type LucideIcon,
} from 'lucide-react'
import { useId, type ReactNode } from 'react'
import { Link } from 'react-aria-components'
import { t } from '../../../shared/i18n/t.ts'
import type { InstalledSkill } from '../../../shared/contract/library.ts'
import { hrefs, navigate } from '../../route.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, LinkButton } from '../../ui/button.tsx'
import { CategoryIcon } from '../../ui/category-icon.tsx'
import { formatAgo, publisherName } from '../../ui/format.ts'
import { ActionMenu, type MenuAction } from '../../ui/menu.tsx'
import { useRequired } from '../managed/managed.ts'
import { useReport } from '../report/report-provider.tsx'
import { useRunningSkills } from '../run/run-sessions.ts'
import { updatable } from '../updates/updatable.ts'
import { UpdateButton } from '../updates/update-button.tsx'
import { useUpdateSession } from '../updates/update-sessions.ts'
import { WithdrawnNote } from '../withdrawn/withdrawn-note.tsx'
import { usePin } from './pin.ts'
import { useRemoval } from './removal.ts'
import { useRollback } from './rollback.ts'

/** One installed skill: what it is, what is new about it, and what can be done with it. */
export function LibraryRow({ skill, onCheck }: { skill: InstalledSkill; onCheck: () => void }): ReactNode {
  const note = useId()
  const running = useRunningSkills().includes(skill.slug)
  const update = useUpdateSession(skill.slug)
  const [next] = updatable([skill])
  const actions = useActions(skill, onCheck)
  return (
    <li className="flex flex-col gap-4 rounded-lg border border-line bg-raised p-4">
      <div className="flex items-center gap-4">
        <CategoryIcon category={skill.category} />
        <div className="min-w-0 flex-1">
          <h2 className="flex min-w-0 items-center gap-2.5 font-semibold">
            <Link href={hrefs.skill(skill.slug)} className="truncate rounded-sm data-hovered:underline">
              {skill.title}
            </Link>
            <Marks skill={skill} held={update?.state === 'held'} />
          </h2>
          <p className="truncate text-ink-2">
            <bdi>{skill.summary}</bdi>
          </p>
          <p className="mt-0.5 text-sm text-ink-3">
            {publisherName(skill.publisher)} · {t('version {{version}}', { version: skill.version })} ·{' '}
            {running
              ? t('running now')
              : skill.lastRunAt === null
                ? t('not used yet')
                : t('last used {{ago}}', { ago: formatAgo(skill.lastRunAt) })}
          </p>
        </div>
        <div className="flex shrink-0 items-center gap-1.5">
          {next === undefined ? null : <UpdateButton skill={next} to={next.updateTo} />}
          {skill.withdrawn === null ? (
            <LinkButton href={hrefs.run(skill.slug)} aria-label={t('Run {{title}}', { title: skill.title })}>
              {t('Run')}
            </LinkButton>
          ) : (
            <Button
              isDisabled
              aria-label={t('Run {{title}}', { title: skill.title })}
              aria-describedby={note}
            >
              {t('Run')}
            </Button>
          )}
          <ActionMenu
            label={t('More about {{title}}', { title: skill.title })}
            trigger={<Ellipsis size={18} strokeWidth={1.75} aria-hidden />}
            actions={actions}
          />
        </div>
      </div>
      <WithdrawnNote id={note} skill={skill} />
    </li>
  )
}

function Marks({ skill, held }: { skill: InstalledSkill; held: boolean }): ReactNode {
  if (skill.withdrawn !== null) return <Badge tone="bad">{t('Withdrawn')}</Badge>
  if (skill.onHold !== null)
    return <Badge tone="warn">{t('On hold: reported as dangerous, being looked into')}</Badge>
  if (skill.pinned)
    return (
      <Badge tone="neutral">
        <Pin aria-hidden size={13} strokeWidth={2} className="me-1 inline-block align-[-2px]" />
        {skill.updateTo === null
          ? t('Stays at this version')
          : t('Stays here, {{updateTo}} is out', { updateTo: skill.updateTo })}
      </Badge>
    )
  if (skill.updateTo === null) return null
  return held ? (
    <Badge tone="warn">{t('Asks for more')}</Badge>
  ) : (
    <Badge tone="ok">{t('Update to {{updateTo}}', { updateTo: skill.updateTo })}</Badge>
  )
}

function useActions(skill: InstalledSkill, onCheck: () => void): MenuAction[] {
  const rollback = useRollback()
  const pin = usePin()
  const remove = useRemoval()
  const report = useReport()
  const required = useRequired(skill.slug)
  const removing = {
    label: required === null ? t('Remove') : t('Remove ({{who}} requires this skill)', { who: required }),
    icon: icon(Trash2),
    run: () => void remove(skill),
    danger: true,
    isDisabled: required !== null && skill.withdrawn === null,
  }
  // A withdrawn skill lies in quarantine: nothing but leaving it is left.
  if (skill.withdrawn !== null) return [removing]
  return [
    {
      label: t('What it may do'),
      icon: icon(ListChecks),
      run: () => navigate(hrefs.permissions(skill.slug)),
    },
    { label: t('Check and repair'), icon: icon(FileCheck2), run: onCheck },
    ...skill.kept.map(({ version }) => ({
      label: t('Go back to {{version}}', { version }),
      icon: icon(History),
      run: () => void rollback(skill, version),
    })),
    skill.pinned
      ? { label: t('Follow updates again'), icon: icon(PinOff), run: () => void pin(skill, false) }
      : { label: t('Stay at this version'), icon: icon(Pin), run: () => void pin(skill, true) },
    { label: t('Report a problem'), icon: icon(Flag), run: () => report(skill) },
    removing,
  ]
}

function icon(Icon: LucideIcon): ReactNode {
  return <Icon size={18} strokeWidth={1.75} aria-hidden />
}

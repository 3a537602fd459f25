import { Ellipsis, FileCheck2, ListChecks, Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'react-aria-components'
import type { InstalledSkill } from '../../../shared/contract/library.ts'
import type { SkillSummary } from '../../../shared/contract/skills.ts'
import { hrefs } from '../../route.ts'
import { Button, LinkButton } from '../../ui/button.tsx'
import { CategoryIcon } from '../../ui/category-icon.tsx'
import { formatAgo, isNewer, publisherName } from '../../ui/format.ts'
import { ActionMenu } from '../../ui/menu.tsx'
import { useInstall } from '../install/install-provider.tsx'
import { useRunningSkills } from '../run/run-sessions.ts'

/** One installed skill. `latest`: what the catalog has of it now, null while unknown. */
export function LibraryRow({
  skill,
  latest,
  onCheck,
  onGrants,
  onRemove,
}: {
  skill: InstalledSkill
  latest: SkillSummary | null
  onCheck: () => void
  onGrants: () => void
  onRemove: () => void
}): ReactNode {
  const install = useInstall()
  const running = useRunningSkills().includes(skill.slug)
  const update = latest !== null && latest.fit.ok && isNewer(latest.version, skill.version) ? latest : null
  return (
    <li className="flex items-center gap-4 rounded-lg border border-line bg-raised p-4">
      <CategoryIcon category={skill.category} />
      <div className="min-w-0 flex-1">
        <h2 className="truncate font-semibold">
          <Link href={hrefs.skill(skill.slug)} className="rounded-sm data-hovered:underline">
            {skill.title}
          </Link>
        </h2>
        <p className="truncate text-ink-2">{skill.summary}</p>
        <p className="mt-0.5 text-sm text-ink-3">
          {publisherName(skill.publisher)} · version {skill.version} ·{' '}
          {running
            ? 'running now'
            : skill.lastRunAt === null
              ? 'not used yet'
              : `last used ${formatAgo(skill.lastRunAt)}`}
        </p>
      </div>
      <div className="flex shrink-0 items-center gap-1.5">
        {update === null ? null : (
          <Button aria-label={`Update ${skill.title} to ${update.version}`} onPress={() => install(skill)}>
            Update
          </Button>
        )}
        <LinkButton href={hrefs.run(skill.slug)} aria-label={`Run ${skill.title}`}>
          Run
        </LinkButton>
        <ActionMenu
          label={`More about ${skill.title}`}
          trigger={<Ellipsis size={18} strokeWidth={1.75} aria-hidden />}
          actions={[
            {
              label: 'What it may do',
              icon: <ListChecks size={18} strokeWidth={1.75} aria-hidden />,
              run: onGrants,
            },
            {
              label: 'Check files',
              icon: <FileCheck2 size={18} strokeWidth={1.75} aria-hidden />,
              run: onCheck,
            },
            {
              label: 'Remove',
              icon: <Trash2 size={18} strokeWidth={1.75} aria-hidden />,
              run: onRemove,
              danger: true,
            },
          ]}
        />
      </div>
    </li>
  )
}

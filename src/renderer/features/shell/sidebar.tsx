import {
  Activity,
  Bot,
  Compass,
  KeyRound,
  LibraryBig,
  ListChecks,
  Settings,
  Workflow,
  type LucideIcon,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'react-aria-components'
import { t } from '../../../shared/i18n/t.ts'
import { useCall } from '../../query.ts'
import { hrefs, type Page } from '../../route.ts'
import { SideHint, SideLink, SideNav } from '../../ui/side-nav.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { useMediaQuery } from '../../ui/media-query.ts'
import { isManaged, managedBy, useManaged } from '../managed/managed.ts'
import { useRunningChains } from '../chains/chain-sessions.ts'
import { updatable } from '../updates/updatable.ts'
import { computerWords } from './computer-words.ts'

interface Noun {
  page: Page
  label: string
  icon: LucideIcon
  href: string
  /** Pages that belong under this noun. */
  owns: readonly Page[]
}

const nouns = (): readonly Noun[] => [
  {
    page: 'discover',
    label: t('Discover'),
    icon: Compass,
    href: hrefs.discover,
    owns: ['discover', 'skill'],
  },
  {
    page: 'library',
    label: t('Library'),
    icon: LibraryBig,
    href: hrefs.library,
    owns: ['library', 'run', 'trash'],
  },
  { page: 'chains', label: t('Chains'), icon: Workflow, href: hrefs.chains, owns: ['chains', 'chain'] },
  {
    page: 'permissions',
    label: t('Permissions'),
    icon: ListChecks,
    href: hrefs.permissions(),
    owns: ['permissions'],
  },
  {
    page: 'activity',
    label: t('Activity'),
    icon: Activity,
    href: hrefs.activity,
    owns: ['activity', 'entry'],
  },
  {
    page: 'agents',
    label: t('Agents'),
    icon: Bot,
    href: hrefs.agents,
    owns: ['agents', 'check-skills'],
  },
  { page: 'keys', label: t('Keys'), icon: KeyRound, href: hrefs.keys, owns: ['keys'] },
  {
    page: 'settings',
    label: t('Settings'),
    icon: Settings,
    href: hrefs.settings,
    owns: ['settings', 'policy-editor'],
  },
]

/** The nouns of the app, and this computer at the foot. Folds to icons in a narrow window. */
export function Sidebar({ page, runningCount }: { page: Page; runningCount: number }): ReactNode {
  const folded = useMediaQuery('(max-width: 960px)')
  const badges = useBadges(runningCount)
  const managed = useManaged()
  return (
    <SideNav
      {...(managed === null
        ? {}
        : {
            name: managed.policy.branding?.name,
            logo: managed.logo,
            // A build that only has another name and picture is managed by nobody.
            ...(isManaged(managed.policy) ? { note: managedBy(managed.policy.organisation) } : {}),
          })}
    >
      <ul className="flex flex-col gap-0.5">
        {nouns().map((noun) => (
          <li key={noun.page}>
            <SideLink
              href={noun.href}
              label={noun.label}
              icon={noun.icon}
              isCurrent={noun.owns.includes(page)}
              badge={badges[noun.page] ?? null}
              isFolded={folded}
            />
          </li>
        ))}
      </ul>
      <ThisComputer folded={folded} />
    </SideNav>
  )
}

/** What waits under each noun, in words. */
function useBadges(runningCount: number): Partial<Record<Page, string>> {
  const library = useCall('library.list', null)
  const keys = useCall('secrets.list', null)
  const chains = useRunningChains()
  const updates = library.data === undefined ? 0 : updatable(library.data).length
  const wanted = new Set((keys.data?.wanted ?? []).map((key) => key.name)).size
  return {
    ...(runningCount > 0
      ? { library: t('{{count}} running', { count: runningCount }) }
      : updates > 0
        ? { library: t('{{count}} updates', { count: updates }) }
        : {}),
    ...(chains > 0 ? { chains: t('{{count}} running', { count: chains }) } : {}),
    ...(wanted > 0 ? { keys: t('{{count}} to add', { count: wanted }) } : {}),
  }
}

function ThisComputer({ folded }: { folded: boolean }): ReactNode {
  const doctor = useCall('doctor.run', null, { staleTimeMs: 60_000 })
  if (doctor.isPending)
    return (
      <div
        className="mt-auto flex flex-col gap-2 px-2.5"
        role="status"
        aria-label={t('Looking at this computer')}
      >
        <Skeleton className="h-3 w-full" />
        <Skeleton className="h-3 w-2/3" />
      </div>
    )
  const words = doctor.isError ? t('This computer could not be checked') : computerWords(doctor.data.hardware)
  const ready = doctor.data?.sandbox.ready === true
  const state = ready ? t('Sandbox ready') : doctor.isError ? t('See Settings') : t('Sandbox not ready')
  return (
    <SideHint text={`${words}. ${state}`} isDisabled={!folded}>
      <Link
        href={hrefs.settings}
        className="mt-auto rounded-sm px-2.5 py-2 text-sm text-ink-3 data-hovered:bg-sunk"
      >
        <span className="sr-only wide:not-sr-only wide:block">
          <span className="block font-medium text-ink-2">{t('This computer')}</span>
          <span className="block text-balance">{words}</span>
        </span>
        <span className={`flex items-center gap-2 max-wide:justify-center ${ready ? '' : 'text-bad'}`}>
          <span aria-hidden className={`size-2 shrink-0 rounded-full ${ready ? 'bg-ok' : 'bg-bad'}`} />
          <span className="sr-only wide:not-sr-only">{state}</span>
        </span>
      </Link>
    </SideHint>
  )
}

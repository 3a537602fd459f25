import {
  Bell,
  BookOpenCheck,
  Boxes,
  ChartNoAxesColumn,
  ClipboardList,
  FileUp,
  Flag,
  KeyRound,
  Package,
  PenLine,
  ScrollText,
  ServerCog,
  ShieldOff,
  Users,
  Webhook,
  UserCog,
  type LucideIcon,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { AllKeysPage } from './features/administration/all-keys-page.tsx'
import { PeoplePage } from './features/administration/people-page.tsx'
import { RevokePage } from './features/administration/revoke-page.tsx'
import { SigningPage } from './features/administration/signing-page.tsx'
import { WholeJournalPage } from './features/administration/whole-journal-page.tsx'
import { BundlePage } from './features/bundles/bundle-page.tsx'
import { BundlesPage } from './features/bundles/bundles-page.tsx'
import { FleetPage } from './features/fleets/fleet-page.tsx'
import { FleetsPage } from './features/fleets/fleets-page.tsx'
import { JournalPage } from './features/journal/journal-page.tsx'
import { KeysPage } from './features/keys/keys-page.tsx'
import { MembersPage } from './features/members/members-page.tsx'
import { ReportsPage } from './features/reports/reports-page.tsx'
import { NotificationsPage } from './features/notifications/notifications-page.tsx'
import { QueuePage } from './features/review/queue-page.tsx'
import { ReviewPage } from './features/review/review-page.tsx'
import { SubmissionPage } from './features/submissions/submission-page.tsx'
import { SubmissionsPage } from './features/submissions/submissions-page.tsx'
import { UsagePage } from './features/usage/usage-page.tsx'
import { WebhooksPage } from './features/webhooks/webhooks-page.tsx'

/** One noun of the console: where it is, who may open it, what it shows. */
export interface Noun {
  /** First part of the address. */
  readonly path: string
  readonly label: string
  readonly icon: LucideIcon
  readonly group: 'Publishing' | 'Team' | 'Review' | 'Registry'
  /** Any one of these opens it. */
  readonly scopes: readonly string[]
  readonly page: () => ReactNode
  /** One of them, by the second part of the address. */
  readonly detail?: (id: string) => ReactNode
}

/** Every page there is, in the order of the sidebar. */
export const nouns: readonly Noun[] = [
  {
    path: 'submissions',
    label: 'Submissions',
    icon: FileUp,
    group: 'Publishing',
    scopes: ['write:publish'],
    page: () => <SubmissionsPage />,
    detail: (id) => <SubmissionPage id={id} />,
  },
  {
    path: 'notifications',
    label: 'Notifications',
    icon: Bell,
    group: 'Publishing',
    scopes: ['write:account', 'write:publish'],
    page: () => <NotificationsPage />,
  },
  {
    path: 'usage',
    label: 'Usage',
    icon: ChartNoAxesColumn,
    group: 'Publishing',
    scopes: ['read:usage'],
    page: () => <UsagePage />,
  },
  {
    path: 'keys',
    label: 'API keys',
    icon: KeyRound,
    group: 'Publishing',
    scopes: ['write:account'],
    page: () => <KeysPage />,
  },
  {
    path: 'bundles',
    label: 'Bundles',
    icon: Package,
    group: 'Team',
    scopes: ['read:bundles'],
    page: () => <BundlesPage />,
    detail: (id) => <BundlePage id={id} />,
  },
  {
    path: 'fleets',
    label: 'Fleets',
    icon: Boxes,
    group: 'Team',
    scopes: ['read:installs', 'write:fleets'],
    page: () => <FleetsPage />,
    detail: (id) => <FleetPage id={id} />,
  },
  {
    path: 'webhooks',
    label: 'Webhooks',
    icon: Webhook,
    group: 'Team',
    scopes: ['write:webhooks'],
    page: () => <WebhooksPage />,
  },
  {
    path: 'members',
    label: 'Members',
    icon: Users,
    group: 'Team',
    scopes: ['write:account'],
    page: () => <MembersPage />,
  },
  {
    path: 'journal',
    label: 'Journal',
    icon: ClipboardList,
    group: 'Team',
    scopes: ['write:account'],
    page: () => <JournalPage />,
  },
  {
    path: 'review',
    label: 'To review',
    icon: BookOpenCheck,
    group: 'Review',
    scopes: ['review:write'],
    page: () => <QueuePage />,
    detail: (id) => <ReviewPage id={id} />,
  },
  {
    path: 'reports',
    label: 'Reports',
    icon: Flag,
    group: 'Review',
    scopes: ['review:write'],
    page: () => <ReportsPage />,
  },
  {
    path: 'withdraw',
    label: 'Withdraw',
    icon: ShieldOff,
    group: 'Registry',
    scopes: ['admin'],
    page: () => <RevokePage />,
  },
  {
    path: 'signing',
    label: 'Signing keys',
    icon: PenLine,
    group: 'Registry',
    scopes: ['admin'],
    page: () => <SigningPage />,
  },
  {
    path: 'people',
    label: 'People',
    icon: UserCog,
    group: 'Registry',
    scopes: ['admin'],
    page: () => <PeoplePage />,
  },
  {
    path: 'all-keys',
    label: 'All keys',
    icon: ServerCog,
    group: 'Registry',
    scopes: ['admin'],
    page: () => <AllKeysPage />,
  },
  {
    path: 'whole-journal',
    label: 'Whole journal',
    icon: ScrollText,
    group: 'Registry',
    scopes: ['admin'],
    page: () => <WholeJournalPage />,
  },
]

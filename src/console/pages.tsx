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
import { t } from '../shared/i18n/t.ts'

/** One noun of the console: where it is, who may open it, what it shows. */
export interface Noun {
  /** First part of the address. */
  readonly path: string
  readonly label: () => string
  readonly icon: LucideIcon
  readonly group: 'publishing' | 'team' | 'review' | 'registry'
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
    label: () => t('Submissions'),
    icon: FileUp,
    group: 'publishing',
    scopes: ['write:publish'],
    page: () => <SubmissionsPage />,
    detail: (id) => <SubmissionPage id={id} />,
  },
  {
    path: 'notifications',
    label: () => t('Notifications'),
    icon: Bell,
    group: 'publishing',
    scopes: ['write:account', 'write:publish'],
    page: () => <NotificationsPage />,
  },
  {
    path: 'usage',
    label: () => t('Usage'),
    icon: ChartNoAxesColumn,
    group: 'publishing',
    scopes: ['read:usage'],
    page: () => <UsagePage />,
  },
  {
    path: 'keys',
    label: () => t('API keys'),
    icon: KeyRound,
    group: 'publishing',
    scopes: ['write:account'],
    page: () => <KeysPage />,
  },
  {
    path: 'bundles',
    label: () => t('Bundles'),
    icon: Package,
    group: 'team',
    scopes: ['read:bundles'],
    page: () => <BundlesPage />,
    detail: (id) => <BundlePage id={id} />,
  },
  {
    path: 'fleets',
    label: () => t('Fleets'),
    icon: Boxes,
    group: 'team',
    scopes: ['read:installs', 'write:fleets'],
    page: () => <FleetsPage />,
    detail: (id) => <FleetPage id={id} />,
  },
  {
    path: 'webhooks',
    label: () => t('Webhooks'),
    icon: Webhook,
    group: 'team',
    scopes: ['write:webhooks'],
    page: () => <WebhooksPage />,
  },
  {
    path: 'members',
    label: () => t('Members'),
    icon: Users,
    group: 'team',
    scopes: ['write:account'],
    page: () => <MembersPage />,
  },
  {
    path: 'journal',
    label: () => t('Journal'),
    icon: ClipboardList,
    group: 'team',
    scopes: ['write:account'],
    page: () => <JournalPage />,
  },
  {
    path: 'review',
    label: () => t('To review'),
    icon: BookOpenCheck,
    group: 'review',
    scopes: ['review:write'],
    page: () => <QueuePage />,
    detail: (id) => <ReviewPage id={id} />,
  },
  {
    path: 'reports',
    label: () => t('Reports'),
    icon: Flag,
    group: 'review',
    scopes: ['review:write'],
    page: () => <ReportsPage />,
  },
  {
    path: 'withdraw',
    label: () => t('Withdraw'),
    icon: ShieldOff,
    group: 'registry',
    scopes: ['admin'],
    page: () => <RevokePage />,
  },
  {
    path: 'signing',
    label: () => t('Signing keys'),
    icon: PenLine,
    group: 'registry',
    scopes: ['admin'],
    page: () => <SigningPage />,
  },
  {
    path: 'people',
    label: () => t('People'),
    icon: UserCog,
    group: 'registry',
    scopes: ['admin'],
    page: () => <PeoplePage />,
  },
  {
    path: 'all-keys',
    label: () => t('All keys'),
    icon: ServerCog,
    group: 'registry',
    scopes: ['admin'],
    page: () => <AllKeysPage />,
  },
  {
    path: 'whole-journal',
    label: () => t('Whole journal'),
    icon: ScrollText,
    group: 'registry',
    scopes: ['admin'],
    page: () => <WholeJournalPage />,
  },
]

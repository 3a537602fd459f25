import { t } from '../shared/i18n/t.ts'

/** What a scope lets its holder do, as people say it. */
export const scopeWords = (): Readonly<Record<string, string>> => ({
  'read:catalog': t('Look through the catalog and get skills'),
  'read:bundles': t('See the account’s bundles'),
  'read:installs': t('See what is installed on the fleets’ machines'),
  'read:usage': t('See how often the account’s skills are used'),
  'write:publish': t('Submit skills'),
  'write:bundles': t('Change bundles and share them'),
  'write:fleets': t('Change fleets and what their machines hold'),
  'write:webhooks': t('Change where news is sent'),
  'write:inventory': t('Tell what a machine holds'),
  'write:account': t('Manage members and keys'),
  'review:write': t('Review submissions of everybody'),
  admin: t('Everything, for every account'),
})

/** What an account pays for. */
export const tierWords = () =>
  ({
    free: t('Free plan'),
    cook: t('Cook plan'),
    operator: t('Operator plan'),
    pro_plus: t('Pro Plus plan'),
  }) as const

/** The states of a submission, as its publisher reads them. */
export const stateWords = (): Readonly<
  Record<string, { label: string; tone: 'ok' | 'warn' | 'bad' | 'neutral' }>
> => ({
  submitted: { label: t('Being checked'), tone: 'neutral' },
  in_review: { label: t('Waits for a reviewer'), tone: 'warn' },
  approved: { label: t('Approved, being signed'), tone: 'neutral' },
  published: { label: t('Published'), tone: 'ok' },
  rejected: { label: t('Sent back'), tone: 'bad' },
  failed: { label: t('Failed the checks'), tone: 'bad' },
})

export const stepWords = (): Readonly<Record<string, string>> => ({
  lint: t('What it says about itself'),
  archive: t('What is in the package'),
  code: t('What its code and texts do'),
  sign: t('Signature'),
  publish: t('In the catalog'),
})

/** What a capability lets a skill do, for who reviews it. */
export const capabilityWords = (): Readonly<Record<string, string>> => ({
  'fs:read': t('read files that people choose'),
  'fs:write': t('write files'),
  net: t('go online'),
  'env:read': t('use people’s keys'),
  exec: t('start other programs'),
})

export const severities = ['low', 'medium', 'high', 'critical'] as const
export type Severity = (typeof severities)[number]

/** How grave a report or a withdrawal is. */
export const severityWords = (): Readonly<Record<Severity, string>> => ({
  low: t('low'),
  medium: t('medium'),
  high: t('high'),
  critical: t('critical'),
})

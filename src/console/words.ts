/** What a scope lets its holder do, as people say it. */
export const scopeWords: Readonly<Record<string, string>> = {
  'read:catalog': 'Look through the catalog and get skills',
  'read:bundles': 'See the account’s bundles',
  'read:installs': 'See what is installed on the fleets’ machines',
  'read:usage': 'See how often the account’s skills are used',
  'write:publish': 'Submit skills',
  'write:bundles': 'Change bundles and share them',
  'write:fleets': 'Change fleets and what their machines hold',
  'write:webhooks': 'Change where news is sent',
  'write:inventory': 'Tell what a machine holds',
  'write:account': 'Manage members and keys',
  'review:write': 'Review submissions of everybody',
  admin: 'Everything, for every account',
}

/** What an account pays for. */
export const tierWords = {
  free: 'Free plan',
  cook: 'Cook plan',
  operator: 'Operator plan',
  pro_plus: 'Pro Plus plan',
} as const

/** The states of a submission, as its publisher reads them. */
export const stateWords: Readonly<
  Record<string, { label: string; tone: 'ok' | 'warn' | 'bad' | 'neutral' }>
> = {
  submitted: { label: 'Being checked', tone: 'neutral' },
  in_review: { label: 'Waits for a reviewer', tone: 'warn' },
  approved: { label: 'Approved, being signed', tone: 'neutral' },
  published: { label: 'Published', tone: 'ok' },
  rejected: { label: 'Sent back', tone: 'bad' },
  failed: { label: 'Failed the checks', tone: 'bad' },
}

export const stepWords: Readonly<Record<string, string>> = {
  lint: 'What it says about itself',
  archive: 'What is in the package',
  code: 'What its code and texts do',
  sign: 'Signature',
  publish: 'In the catalog',
}

/** What a capability lets a skill do, for who reviews it. */
export const capabilityWords: Readonly<Record<string, string>> = {
  'fs:read': 'read files that people choose',
  'fs:write': 'write files',
  net: 'go online',
  'env:read': 'use people’s keys',
  exec: 'start other programs',
}

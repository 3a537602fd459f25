import { noKeychain } from './key-place.ts'
import { asksOf } from '../../../src/shared/capability-words.ts'
import type { WindowHandlers } from '../../../src/shared/contract/index.ts'
import type { Grant } from '../../../src/shared/contract/overview.ts'
import type { Withdrawn } from '../../../src/shared/contract/library.ts'
import { SkilletError } from '../../../src/shared/errors.ts'
import { emptyReceipt, runResult } from '../host-values.ts'
import {
  chainOf,
  chainRunOf,
  createFakeBridge,
  doctor,
  installedFrom,
  trust,
  type FakeBridge,
} from './fake-bridge.ts'
import { fakeCatalog, summaryOf } from './fake-skills.ts'

const report = `column    type     missing  range
────────  ───────  ───────  ──────────────────────────
id        integer        0  1 … 100,000
city      text           0  3 values: Oslo, Lima, Pune
amount    decimal        0  0.0 … 99.9   median 49.9
note      text       2,000  2 % empty

outliers  none

Written: report.html
`

const reportRun = runResult({
  stdout: report,
  stderr: 'read 100,000 rows\n',
  receipt: {
    ...emptyReceipt,
    read: ['/home/kim/Documents/orders-2026.csv'],
    written: ['/home/kim/.local/share/skillet/state/csv-profile/reports/report.html'],
    refused: [
      { kind: 'connect', what: 'stats.example.net:443', why: 'You never allowed it.', times: 2 },
      { kind: 'read', what: '/home/kim/.ssh', why: 'It is not a file that you chose.', times: 1 },
    ],
    redacted: [{ name: 'TRANSLATE_API_KEY', times: 1 }],
    writtenMb: 1.2,
  },
})

const unreachable = async () => {
  throw new SkilletError('REGISTRY_UNREACHABLE', 'The registry at http://127.0.0.1:8600 does not answer.')
}
const never = () => new Promise<never>(() => {})

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString()
const journal = [
  [0.2, 'Ran CSV profile on orders-2026.csv. One connection was blocked.'],
  [0.5, 'Installed CSV profile 1.2.0 by skillet-labs. Its signature is genuine.'],
  [0.51, 'You allowed CSV profile to save its results in its own folder.'],
  [0.52, 'You allowed CSV profile to read a file that you choose.'],
  [26, 'You did not allow Translate document to connect to api.translate.example.com.'],
  [27, 'Removed Tidy folder 1.0.0.'],
  [80, 'Checked the files of 3 skills. All are as reviewed.'],
] as const

function livedIn(): FakeBridge {
  const skills = fakeCatalog.filter(({ manifest }) =>
    ['csv-profile', 'secret-sweep', 'translate-document'].includes(manifest.slug),
  )
  const base = createFakeBridge({
    installed: skills.map(({ manifest }) => manifest.slug),
    keys: { TRANSLATE_API_KEY: 'tr-live-0000-8f3a' },
    overrides: {
      'library.list': async () =>
        skills.map((skill, index) =>
          installedFrom(skill, {
            ...(index === 1 ? { version: '1.1.0', updateTo: '1.2.0' } : {}),
            lastRunAt: index === 0 ? hoursAgo(0.2) : index === 1 ? hoursAgo(30) : null,
          }),
        ),
      'audit.list': async () => ({
        entries: journal.map(([hours, text], index) => ({
          seq: 100 - index,
          at: hoursAgo(hours),
          event: 'x',
          slug: null,
          text,
          detail: {},
          run: index === 0 ? reportRun : null,
        })),
        intact: true,
      }),
    },
    run: ({ runId }, fake) => {
      fake.emit('run.output', { runId, stream: 'stdout', text: report })
      fake.emit('run.output', { runId, stream: 'stderr', text: 'read 100,000 rows\n' })
      fake.emit('run.finished', {
        runId,
        error: null,
        result: reportRun,
      })
    },
  })
  return base
}

const askOf = (slug: string, capability: string) => {
  const skill = fakeCatalog.find(({ manifest }) => manifest.slug === slug)!
  return asksOf(skill.manifest).find((ask) => ask.capability === capability)!
}

/** Three updates of which one asks for more, one skill that stays where it is, one with versions to go back to. */
function updates(overrides: Partial<WindowHandlers> = {}): FakeBridge {
  const older = { version: '1.1.0', updateTo: '1.2.0' }
  return createFakeBridge({
    installed: ['csv-profile', 'link-check', 'secret-sweep', 'tidy-folder', 'git-changelog'],
    records: {
      'csv-profile': { ...older, lastRunAt: hoursAgo(2) },
      'link-check': older,
      'secret-sweep': { ...older, pinned: true },
      'tidy-folder': { ...older, lastRunAt: hoursAgo(80) },
      'git-changelog': { kept: [{ version: '1.1.0', installedAt: hoursAgo(200) }], lastRunAt: hoursAgo(30) },
    },
    changes: {
      'link-check': {
        widens: true,
        added: [askOf('link-check', 'net')],
        removed: [{ ...askOf('tidy-folder', 'fs:write'), title: 'Save its results in its own folder' }],
        changed: [],
      },
    },
    overrides,
  })
}

const withdrawn: Withdrawn = {
  reason: 'A changed part of it sent the text of documents to a server that is not the translation service.',
  severity: 'critical',
  revokedAt: hoursAgo(0.1),
  rotate: [{ name: 'TRANSLATE_API_KEY', title: 'Translate API key' }],
  saferVersion: '1.2.1',
}
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()

const answered = (
  slug: string,
  capability: Grant['capability'],
  decision: Grant['decision'],
  life: Grant['life'],
): Grant => ({
  slug,
  capability,
  decision,
  life,
  scope: askOf(slug, capability).scope,
  capabilityDigest: '00'.repeat(32),
  decidedAt: hoursAgo(100),
  by: 'window',
})

const chainSteps = chainOf('x', ['extract-highlights', 'csv-profile', 'link-check', 'git-changelog']).steps
const pastChainRuns = [
  {
    ...chainRunOf('my-notes', 'r1', ['done', 'done', 'done', 'done'], 'done', chainSteps),
    startedAt: hoursAgo(3),
  },
  { ...chainRunOf('my-notes', 'r0', ['done', 'failed'], 'failed', chainSteps), startedAt: hoursAgo(30) },
]
const chainScene = (
  runChain?: NonNullable<Parameters<typeof createFakeBridge>[0]>['runChain'],
  chainRuns: NonNullable<Parameters<typeof createFakeBridge>[0]>['chainRuns'] = pastChainRuns,
) =>
  createFakeBridge({
    installed: chainSteps.map(({ slug }) => slug),
    chains: [
      chainOf(
        'my-notes',
        chainSteps.map(({ slug }) => slug),
      ),
    ],
    chainRuns,
    ...(runChain === undefined ? {} : { runChain }),
  })

const onHold = {
  words: 'It was reported as malware and is being looked into.',
  since: hoursAgo(1),
}

/** Situations to look at. */
export const scenes: Record<string, () => FakeBridge> = {
  'lived-in': livedIn,
  updates: () => updates(),
  updating: () => updates({ 'install.apply': never }),
  withdrawn: () =>
    createFakeBridge({
      installed: ['csv-profile', 'translate-document', 'secret-sweep'],
      records: { 'translate-document': { withdrawn } },
      keys: { TRANSLATE_API_KEY: 'tr-live-0000-8f3a' },
    }),
  'on-hold': () =>
    createFakeBridge({
      installed: ['csv-profile', 'translate-document', 'secret-sweep'],
      records: { 'csv-profile': { onHold, lastRunAt: hoursAgo(2) } },
    }),
  'on-hold-many': () =>
    createFakeBridge({
      installed: ['csv-profile', 'translate-document', 'secret-sweep'],
      records: { 'csv-profile': { onHold }, 'translate-document': { onHold, pinned: true } },
    }),
  'on-hold-stranger': () =>
    createFakeBridge({
      overrides: {
        'catalog.show': async ({ slug }) => {
          throw new SkilletError('ON_HOLD', `${slug} is not offered at the moment: ${onHold.words}`)
        },
      },
    }),
  'report-offline': () => createFakeBridge({ overrides: { 'skills.report': unreachable } }),
  offline: () =>
    createFakeBridge({
      installed: ['csv-profile'],
      trust: {
        ...trust,
        checkedAt: hoursAgo(30),
        problem: new SkilletError('REGISTRY_UNREACHABLE', 'The registry does not answer.').toPlain(),
      },
    }),
  expired: () =>
    createFakeBridge({
      installed: ['csv-profile'],
      trust: {
        ...trust,
        checkedAt: hoursAgo(24 * 9),
        validUntil: inDays(-2),
        problem: new SkilletError(
          'METADATA_EXPIRED',
          'What the registry said last is too old to rely on.',
        ).toPlain(),
      },
    }),
  tampered: () =>
    createFakeBridge({
      installed: ['csv-profile'],
      trust: {
        ...trust,
        problem: new SkilletError(
          'METADATA_ROLLBACK',
          'The registry answered with an older state than this computer has already seen.',
        ).toPlain(),
      },
    }),
  removed: () =>
    createFakeBridge({
      removed: [
        {
          undoId: 'u1',
          slug: 'tidy-folder',
          version: '1.2.0',
          title: 'Tidy folder',
          removedAt: hoursAgo(3),
          keptUntil: inDays(30),
        },
        {
          undoId: 'u2',
          slug: 'link-check',
          version: '1.1.0',
          title: 'Link check',
          removedAt: hoursAgo(24 * 9),
          keptUntil: inDays(21),
        },
      ],
    }),
  edited: () =>
    createFakeBridge({
      installed: ['csv-profile'],
      overrides: {
        'library.verify': async () => ({
          ok: false,
          skills: [
            {
              slug: 'csv-profile',
              version: '1.2.0',
              ok: false,
              changed: ['scripts/profile.py'],
              missing: ['README.md'],
              extra: ['scripts/profile.py.bak'],
            },
          ],
        }),
      },
    }),
  bundle: () => createFakeBridge({ opened: ['/home/kim/Downloads/link-check-1.2.0.skillet'] }),
  'bad-bundle': () =>
    createFakeBridge({
      opened: ['/home/kim/Downloads/link-check-1.2.0.skillet'],
      overrides: {
        'install.planFile': async () => {
          throw new SkilletError(
            'METADATA_EXPIRED',
            'This file was made too long ago: what it says of Link check held until 2 November.',
            { remedy: 'Ask for a newer file, or install the skill from Discover.' },
          )
        },
      },
    }),
  new: () => createFakeBridge(),
  /** A catalog of 100,000, for how scrolling and typing feel. */
  large: () => {
    const [first] = fakeCatalog
    const all = Array.from({ length: 100_000 }, (_, index) => ({
      ...summaryOf(first!, null),
      slug: `skill-${index}`,
      title: `Skill number ${index}`,
    }))
    return createFakeBridge({
      overrides: {
        'catalog.search': async ({ text, offset, limit }) => {
          const found = text === '' ? all : all.filter(({ title }) => title.toLowerCase().includes(text))
          return { skills: found.slice(offset, offset + limit), total: found.length }
        },
      },
    })
  },
  permissions: () =>
    createFakeBridge({
      installed: ['csv-profile', 'link-check', 'translate-document', 'extract-highlights'],
      grants: [
        answered('csv-profile', 'fs:read', 'allow', 'always'),
        answered('csv-profile', 'fs:write', 'allow', 'session'),
        answered('link-check', 'fs:read', 'allow', 'always'),
        answered('link-check', 'net', 'deny', 'always'),
        answered('translate-document', 'net', 'allow', 'once'),
        answered('git-changelog', 'exec', 'deny', 'always'),
      ],
      used: [answered('translate-document', 'fs:read', 'allow', 'once')],
    }),
  'managed-limits': () =>
    createFakeBridge({
      policy: {
        user: { capabilities: ['fs:read', 'fs:write', 'net', 'env:read'], net_hosts: ['api.example.com'] },
        managed: {
          capabilities: ['fs:read', 'fs:write', 'exec', 'net'],
          fs_write_roots: [],
          limits: { timeout_s: 60 },
        },
      },
    }),
  'bad-limits': () =>
    createFakeBridge({
      overrides: {
        'policy.get': async () => ({
          user: {},
          managed: null,
          problem: new SkilletError(
            'POLICY_INVALID',
            'Your own policy, /home/kim/.local/share/skillet/policy.json, is not valid: it is not JSON.',
          ).toPlain(),
        }),
      },
    }),
  chains: () =>
    createFakeBridge({
      installed: ['extract-highlights', 'csv-profile'],
      chains: [
        chainOf('read-and-remember', ['extract-highlights', 'csv-profile', 'link-check', 'git-changelog'], {
          builtIn: true,
          inputs: [{ name: 'document', type: 'file', title: 'Document', required: true }],
          steps: chainOf('x', ['extract-highlights', 'csv-profile', 'link-check', 'git-changelog']).steps.map(
            (step, index) =>
              index < 2
                ? step
                : {
                    ...step,
                    title: null,
                    problem:
                      index === 2
                        ? new SkilletError('NOT_INSTALLED', 'It is not installed.').toPlain()
                        : new SkilletError(
                            'PERMISSION_DENIED',
                            'You have not allowed it to start git.',
                          ).toPlain(),
                  },
          ),
        }),
        chainOf('my-notes', ['extract-highlights', 'csv-profile']),
        chainOf('broken', [], {
          title: 'broken',
          summary: '',
          problem: new SkilletError(
            'CHAIN_INVALID',
            'broken.toml, line 4: there is no step called pars.',
          ).toPlain(),
        }),
      ],
    }),
  'chain-running': () =>
    chainScene(({ id, runId }, fake) =>
      fake.emit('chain.changed', chainRunOf(id, runId, ['done', 'running'], 'running', chainSteps)),
    ),
  'chain-failed': () =>
    chainScene(({ id, runId }, fake) => {
      const run = chainRunOf(id, runId, ['done', 'done', 'failed'], 'failed', chainSteps)
      const error = new SkilletError(
        'STEP_FAILED',
        'Link check ended with an error, so the chain ended here.',
      ).toPlain()
      const steps = run.steps.map((step) =>
        step.state === 'failed' ? { ...step, error, stderr: 'no table of contents\n' } : step,
      )
      fake.emit('chain.changed', { ...run, steps, error })
    }),
  'chain-continued': () =>
    chainScene(undefined, [
      {
        ...chainRunOf('my-notes', 'r1', ['kept', 'done', 'done', 'done'], 'done', chainSteps),
        startedAt: hoursAgo(3),
      },
      {
        ...chainRunOf('my-notes', 'r0', ['done', 'failed'], 'failed', chainSteps),
        startedAt: hoursAgo(4),
        continuedBy: 'r1',
      },
    ]),
  'chain-done': () => chainScene(),
  loading: () => createFakeBridge({ overrides: { 'catalog.search': never, 'doctor.run': never } }),
  unreachable: () =>
    createFakeBridge({ overrides: { 'catalog.search': unreachable, 'catalog.show': unreachable } }),
  running: () =>
    createFakeBridge({
      installed: ['csv-profile'],
      run: ({ runId }, fake) =>
        fake.emit('run.output', {
          runId,
          stream: 'stdout',
          text: 'reading orders-2026.csv\n20,000 rows\n40,000 rows\n',
        }),
    }),
  'time-limit': () =>
    createFakeBridge({
      installed: ['extract-highlights'],
      run: ({ runId }, fake) =>
        fake.emit('run.finished', {
          runId,
          error: null,
          result: runResult({
            reason: 'time',
            exitCode: null,
            signal: 'SIGKILL',
            durationMs: 30_020,
            stdout: '',
          }),
        }),
    }),
  refused: () =>
    createFakeBridge({
      installed: ['extract-highlights'],
      overrides: {
        'run.start': async () => {
          throw new SkilletError(
            'SANDBOX_UNAVAILABLE',
            'The sandbox could not be started, so the skill was not run.',
          )
        },
      },
    }),
  json: () =>
    createFakeBridge({
      installed: ['extract-highlights'],
      run: ({ runId }, fake) =>
        fake.emit('run.finished', {
          runId,
          error: null,
          result: runResult({
            stdout: '{"highlights":[{"text":"It works.","line":3,"score":0.91}],"total":1,"empty":[]}',
          }),
        }),
    }),
  'bad-computer': () =>
    createFakeBridge({
      overrides: {
        'doctor.run': async () => ({
          ...doctor,
          sandbox: {
            ready: false,
            backend: null,
            problem: 'bubblewrap is not installed, so no skill can run.',
            fix: 'Install it with: sudo apt install bubblewrap',
            backends: [
              {
                name: 'bubblewrap' as const,
                ready: false,
                problem: 'bubblewrap is not installed, so no skill can run.',
                fix: 'Install it with: sudo apt install bubblewrap',
              },
              {
                name: 'firejail' as const,
                ready: false,
                problem: 'firejail is not installed.',
                fix: 'Install it with: sudo apt install firejail',
              },
            ],
          },
        }),
        'secrets.list': async () => ({
          place: noKeychain(
            'No keychain is running on this computer, so no key can be kept.',
            'Install one with: sudo apt install gnome-keyring\nThen sign out and in again.',
          ),
          secrets: [],
          wanted: [{ name: 'TRANSLATE_API_KEY', title: 'Translate API key', slug: 'translate-document' }],
        }),
      },
    }),
  installing: () =>
    createFakeBridge({
      overrides: {
        'install.apply': () => {
          setTimeout(
            () => current?.emit('install.progress', { planId: 'plan-1', step: 'download', fraction: 0.6 }),
            30,
          )
          return never()
        },
      },
    }),
  broken: () =>
    createFakeBridge({
      overrides: {
        'install.plan': async () => {
          throw new SkilletError(
            'SIGNATURE_INVALID',
            'The signature of Link check is not genuine, so nothing was installed.',
          )
        },
      },
    }),
}

let current: FakeBridge | undefined
for (const [name, make] of Object.entries(scenes))
  scenes[name] = () => {
    current = make()
    return current
  }

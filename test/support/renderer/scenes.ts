import { SkilletError } from '../../../src/shared/errors.ts'
import { createFakeBridge, doctor, installedFrom, runResult, type FakeBridge } from './fake-bridge.ts'
import { fakeCatalog } from './fake-skills.ts'

const report = `column    type     missing  range
────────  ───────  ───────  ──────────────────────────
id        integer        0  1 … 100,000
city      text           0  3 values: Oslo, Lima, Pune
amount    decimal        0  0.0 … 99.9   median 49.9
note      text       2,000  2 % empty

outliers  none

Written: report.html
`

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
            ...(index === 1 ? { version: '1.1.0' } : {}),
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
        result: runResult({
          stdout: report,
          stderr: 'read 100,000 rows\n',
          receipt: {
            read: ['/home/kim/Documents/orders-2026.csv'],
            written: ['/home/kim/.local/share/skillet/state/csv-profile/reports/report.html'],
            contacted: [],
            refused: [
              { kind: 'connect', what: 'stats.example.net:443', why: 'You never allowed it.', times: 2 },
              { kind: 'read', what: '/home/kim/.ssh', why: 'It is not a file that you chose.', times: 1 },
            ],
            memoryMb: 41,
            requests: 0,
            bytesOut: 0,
          },
        }),
      })
    },
  })
  return base
}

/** Situations to look at. */
export const scenes: Record<string, () => FakeBridge> = {
  'lived-in': livedIn,
  new: () => createFakeBridge(),
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
          },
        }),
        'secrets.list': async () => ({
          keychain: {
            available: false,
            name: 'Keychain',
            problem: 'No keychain is running on this computer, so no key can be kept.',
            fix: 'Install one with: sudo apt install gnome-keyring\nThen sign out and in again.',
          },
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

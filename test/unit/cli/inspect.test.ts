import { describe, expect, it } from 'vitest'
import type { TrustStatus } from '../../../src/shared/contract/overview.ts'
import { SkilletError } from '../../../src/shared/errors.ts'
import { runCliWith } from '../../support/cli-run.ts'
import { skillManifest } from '../../support/host-values.ts'
import { installedSkill } from '../../support/installed-skill.ts'

const keyid = 'ab'.repeat(32)
const trust: TrustStatus = {
  registry: 'http://127.0.0.1:1',
  checkedAt: '2026-01-02T00:00:00.000Z',
  validUntil: '2026-01-09T00:00:00.000Z',
  problem: null,
  root: { version: 3, threshold: 2, keyids: ['11'.repeat(32), '22'.repeat(32), '33'.repeat(32)] },
  publishKeys: [{ keyid, status: 'retired', since: '2025-01-01T00:00:00Z', until: '2026-01-01T00:00:00Z' }],
}
const detail = {
  summary: {
    ...skillManifest,
    needsKey: false,
    capabilities: [],
    fit: { ok: true, short: null, lines: [] },
    installedVersion: '1.2.0',
  },
  manifest: skillManifest,
  readme: '',
  files: [],
  asks: [],
  cannot: [],
  provenance: {
    publisher: 'skillet-labs',
    publishedAt: '2025-06-01T00:00:00.000Z',
    reviewedAt: '2025-06-02T00:00:00.000Z',
    reviewer: 'ada',
    reviewComment: 'Read and tried.',
    keyid,
    registry: 'http://127.0.0.1:1',
    tarballSha256: 'cd'.repeat(32),
    tarballSize: 1234,
    current: { checkedAt: '2026-01-02T00:00:00.000Z', validUntil: '2026-01-09T00:00:00.000Z' },
  },
  alternative: null,
} as const

function engine(installed = installedSkill()) {
  const report = { slug: 'csv-profile', version: '1.2.0', ok: true, changed: [], missing: [], extra: [] }
  return {
    installed: () => Promise.resolve([installed]),
    show: () => Promise.resolve(detail as never),
    verify: () => Promise.resolve({ ok: true, skills: [report] }),
    trustStatus: () => Promise.resolve(trust),
  }
}

describe('inspect', () => {
  it('names everybody whose word counts, and until when', async () => {
    const { json, status } = await runCliWith(['inspect', 'csv-profile', '--json'], engine())
    expect(status).toBe(0)
    expect(json).toMatchObject({
      kind: 'installed',
      verified: true,
      provenance: detail.provenance,
      publishKey: { keyid, status: 'retired' },
      trust,
      withdrawn: null,
      check: { ok: true },
    })
    const { stdout } = await runCliWith(['inspect', 'csv-profile'], engine())
    expect(stdout).toContain('Trust root 3: 2 of these 3 must agree to change it')
    expect(stdout).toContain(
      'The signing key is retired on 2026-01-01T00:00:00Z; what it signed before stands.',
    )
    expect(stdout).toContain('good until 2026-01-09')
    expect(stdout).toContain('every file is as signed')
  })

  it('ends with 4 for a withdrawn one, with the reason', async () => {
    const withdrawn = {
      reason: 'It sent files away.',
      severity: 'critical' as const,
      revokedAt: '2026-02-03T00:00:00.000Z',
      rotate: [],
      saferVersion: null,
    }
    const result = await runCliWith(['inspect', 'csv-profile'], engine(installedSkill({ withdrawn })))
    expect(result.status).toBe(4)
    expect(result.stdout).toContain('It sent files away.')
  })
})

it('doctor says whom this computer trusts, whatever the registry answers', async () => {
  const doctor = {
    hardware: {
      osName: 'Linux',
      arch: 'x64',
      cpu: 'CPU',
      cores: 2,
      memoryMb: 4096,
      diskFreeMb: 9000,
      gpus: [],
      cuda: null,
    },
    sandbox: {
      ready: true,
      backend: 'bubblewrap',
      problem: null,
      fix: null,
      backends: [
        { name: 'bubblewrap', ready: true, problem: null, fix: null },
        { name: 'firejail', ready: false, problem: 'It is too old.', fix: 'Install: sudo a\nLoad: sudo b' },
      ],
    },
    keychain: { available: false, name: 'keyring', problem: 'None answers.', fix: 'Install one.' },
    keyPlace: { kind: 'vault', usable: false, locked: true, problem: null, fix: null },
    agents: [],
    policy: { managed: false, organisation: null, problem: null },
  }
  const parts = {
    doctor: () => Promise.resolve(doctor as never),
    refreshTrust: () => Promise.reject(new SkilletError('REGISTRY_UNREACHABLE', 'No answer.')),
    trustStatus: () => Promise.resolve(trust),
  }
  expect((await runCliWith(['doctor', '--json'], parts)).json).toEqual({ ...doctor, trust })
  const { stdout } = await runCliWith(['doctor'], parts)
  expect(stdout).toContain('2 of these 3 must agree')
  // Keys are kept elsewhere, so that no keychain answers is nothing to put right.
  expect(stdout).toContain('Keys are kept in a file that a passphrase protects, locked now.\n')
  expect(stdout).not.toContain('None answers.')
  const keyPlace = { ...doctor.keyPlace, kind: 'keychain', locked: false, problem: 'None answers.' }
  const without = { ...parts, doctor: () => Promise.resolve({ ...doctor, keyPlace } as never) }
  expect((await runCliWith(['doctor'], without)).stdout).toContain("Keys can't be kept: None answers.")
  expect(stdout).toContain(
    '  firejail  not ready: It is too old.\n    To fix it:\n      Install: sudo a\n      Load: sudo b\n',
  )
})

it('doctor prints the rule for AppArmor alone, ready for a file', async () => {
  const { stdout, status } = await runCliWith(['doctor', '--apparmor-profile'], {})
  expect(status).toBe(0)
  expect(stdout).toMatch(/^# [^\n]+\nabi <abi\/4\.0>,\n[\s\S]*\n {2}userns,\n[\s\S]*\}\n$/)
})

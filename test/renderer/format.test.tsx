import { describe, expect, it } from 'vitest'
import { groupDays } from '../../src/renderer/features/activity/group-days.ts'
import { verdictOf } from '../../src/renderer/features/discover/verdict.ts'
import { overallProgress, stepOfFailure } from '../../src/renderer/features/install/install-steps.ts'
import { grantWords } from '../../src/renderer/features/permissions/grant-words.ts'
import { checkWords } from '../../src/renderer/features/library/check-words.ts'
import { computerWords } from '../../src/renderer/features/shell/computer-words.ts'
import { provenanceSentence } from '../../src/renderer/features/skill/provenance-words.ts'
import { revealHidden } from '../../src/renderer/features/skill/reveal.ts'
import { hrefs, parseRoute } from '../../src/renderer/route.ts'
import {
  baseName,
  formatAgo,
  formatBytes,
  formatDate,
  formatDay,
  formatDuration,
  formatMemory,
  groupsOfFour,
  isNewer,
  joinList,
  publisherName,
} from '../../src/renderer/ui/format.ts'
import { installSteps } from '../../src/shared/contract/install.ts'
import { doctor } from '../support/renderer/fake-bridge.ts'
import { fakeCatalog, summaryOf } from '../support/renderer/fake-skills.ts'

const now = new Date(2026, 10, 21, 15, 0)
const at = (day: number, hour = 12, minute = 0) => new Date(2026, 10, day, hour, minute).toISOString()

describe('sizes, times and names', () => {
  it('says sizes', () => {
    expect([0, 1, 812, 1229, 34 * 1024 ** 2, 1024 ** 2 - 1].map(formatBytes)).toEqual([
      '0 bytes',
      '1 byte',
      '812 bytes',
      '1.2 KB',
      '34 MB',
      '1 MB',
    ])
    expect([0.4, 41.2, 512, 1536, 15_884, 214_000].map(formatMemory)).toEqual([
      'less than 1 MB',
      '41 MB',
      '512 MB',
      '1.5 GB',
      '16 GB',
      '209 GB',
    ])
  })
  it('says durations', () => {
    expect([3, 812, 9949, 12_400, 59_700, 125_000].map(formatDuration)).toEqual([
      'less than 0.1 s',
      '0.8 s',
      '9.9 s',
      '12 s',
      '1 min',
      '2 min 5 s',
    ])
  })
  it('says days', () => {
    expect(formatDate(at(12), now)).toBe('12 November')
    expect(formatDate(new Date(2025, 10, 12).toISOString(), now)).toBe('12 November 2025')
    expect(formatDate('', now)).toBe('an unknown day')
    expect([formatDay(at(21), now), formatDay(at(20), now), formatDay(at(9), now)]).toEqual([
      'Today',
      'Yesterday',
      'Monday 9 November',
    ])
    expect(
      [at(21, 15), at(21, 14, 55), at(21, 9, 5), at(20), at(9)].map((iso) => formatAgo(iso, now)),
    ).toEqual(['just now', '5 minutes ago', 'today at 09:05', 'yesterday', 'on 9 November'])
  })
  it('says names and lists', () => {
    expect(publisherName('skillet-labs')).toBe('Skillet Labs')
    expect([baseName('/a/b.csv'), baseName('C:\\a\\b.csv'), baseName('/a/folder/')]).toEqual([
      'b.csv',
      'b.csv',
      'folder',
    ])
    expect(joinList(['a', 'b', 'c'], 'or')).toBe('a, b or c')
    expect(groupsOfFour('7f1c9a0be2')).toEqual(['7f1c', '9a0b', 'e2'])
  })
  it('orders versions', () => {
    expect(isNewer('1.10.0', '1.9.9')).toBe(true)
    expect(isNewer('1.2.0', '1.2.0')).toBe(false)
    expect(isNewer('1.2.0', '1.2.0-beta.1')).toBe(true)
    expect(isNewer('1.2.0-beta.1', '1.2.0')).toBe(false)
    expect(isNewer('1.1.9', '1.2.0')).toBe(false)
  })
})

describe('words for a skill', () => {
  const skill = summaryOf(fakeCatalog[0]!, null)
  it('has one verdict, the most important first', () => {
    const say = (part: Partial<typeof skill>) => {
      const verdict = verdictOf({ ...skill, ...part })
      return `${verdict.text} → ${verdict.next}`
    }
    const poor = { ok: false, short: 'Needs 12 GB of NVIDIA graphics memory', lines: [] }
    expect(say({})).toBe('Fits this computer → install')
    expect(say({ needsKey: true })).toBe('Asks for a key → install')
    expect(say({ tier: 'cook', needsKey: true })).toBe('Needs the Cook plan → install')
    expect(say({ fit: poor, tier: 'cook' })).toBe('Needs 12 GB of NVIDIA graphics memory → see-why')
    expect(say({ installedVersion: '1.2.0' })).toBe('Installed → run')
    expect(say({ installedVersion: '1.1.0' })).toBe('Update to 1.2.0 → update')
    expect(say({ installedVersion: '1.1.0', fit: poor })).toBe('Installed → run')
  })
  it('says who made it', () => {
    expect(
      provenanceSentence({ publisher: 'northwind', reviewer: 'Ada Berg', reviewedAt: at(12) }, now),
    ).toBe('Made by Northwind · reviewed by Ada Berg on 12 November · signature genuine')
  })
  it('says what this computer is', () => {
    expect(computerWords(doctor.hardware)).toBe('16 GB memory, no NVIDIA graphics')
    expect(
      computerWords({ ...doctor.hardware, gpus: [{ name: 'RTX 4070', vendor: 'nvidia', vramMb: 12_282 }] }),
    ).toBe('16 GB memory, NVIDIA graphics with 12 GB memory')
  })
  it('says what was allowed, with the names that its maker gave', () => {
    const { manifest } = fakeCatalog.find((each) => each.manifest.slug === 'translate-document')!
    expect(grantWords({ capability: 'fs:read', scope: ['input:file'] }, manifest)).toBe(
      'Read what you choose as “Document”',
    )
    expect(grantWords({ capability: 'env:read', scope: ['TRANSLATE_API_KEY'] }, manifest)).toBe(
      'Use your Translate API key',
    )
    expect(grantWords({ capability: 'net', scope: ['a.example', 'b.example'] }, null)).toBe(
      'Connect to a.example and b.example',
    )
  })
  it('says which files are no longer as signed', () => {
    const words = checkWords(
      {
        ok: false,
        skills: [{ slug: 'x', version: '1.0.0', ok: false, changed: ['a'], missing: ['b'], extra: ['c'] }],
      },
      'x',
    )
    expect(words.ok).toBe(false)
    expect(words.text).toBe('3 files are no longer as signed, so the skill won’t run.')
    expect(words.files).toEqual([
      { path: 'a', what: 'changed' },
      { path: 'b', what: 'missing' },
      { path: 'c', what: 'added' },
    ])
    expect(checkWords({ ok: true, skills: [] }, 'x').ok).toBe(false)
  })
})

describe('revealHidden', () => {
  it('shows characters that change how code reads (CVE-2021-42574)', () => {
    expect(revealHidden('if a\u202e b\u200b\tc')).toEqual([
      { kind: 'text', text: 'if a' },
      { kind: 'hidden', name: 'U+202E' },
      { kind: 'text', text: ' b' },
      { kind: 'hidden', name: 'U+200B' },
      { kind: 'text', text: '\tc' },
    ])
    expect(revealHidden('\u{e0041}')).toEqual([{ kind: 'hidden', name: 'U+E0041' }])
    expect(revealHidden('Größe → 日本\n')).toEqual([{ kind: 'text', text: 'Größe → 日本\n' }])
  })
})

describe('progress of an install', () => {
  it('only ever moves forward through the steps', () => {
    const seen = installSteps.flatMap((step) =>
      [0, 0.5, 1].map((fraction) => overallProgress({ step, fraction }).fraction),
    )
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(seen.at(-1)).toBe(1)
    expect(overallProgress({ step: 'download', fraction: 7 }).fraction).toBeLessThanOrEqual(0.7)
  })
  it('puts a failure on the step it belongs to', () => {
    expect([stepOfFailure('INCOMPATIBLE'), stepOfFailure('REVOKED'), stepOfFailure('POLICY_DENIED')]).toEqual(
      [0, 1, 2],
    )
    expect(stepOfFailure('REGISTRY_UNREACHABLE')).toBeNull()
  })
})

describe('journal and addresses', () => {
  it('groups the journal by day, newest first, each entry once', () => {
    const entry = (seq: number, iso: string) => ({
      seq,
      at: iso,
      event: 'run',
      slug: null,
      text: `${seq}`,
      detail: {},
      run: null,
    })
    const days = groupDays(
      [entry(1, at(20)), entry(3, at(21, 9)), entry(2, at(21, 8)), entry(2, at(21, 8))],
      now,
    )
    expect(days.map((day) => [day.title, day.entries.map((each) => each.seq)])).toEqual([
      ['Today', [3, 2]],
      ['Yesterday', [1]],
    ])
  })
  it('reads its own addresses back, and shows Discover for anything else', () => {
    expect(parseRoute(hrefs.run('csv-profile'))).toEqual({ page: 'run', slug: 'csv-profile' })
    expect(parseRoute(hrefs.skill('a', { tab: 'computer', insteadOf: 'Photo upscale' }))).toEqual({
      page: 'skill',
      slug: 'a',
      tab: 'computer',
      insteadOf: 'Photo upscale',
    })
    expect(parseRoute(hrefs.chain('my chain/2'))).toEqual({ page: 'chain', id: 'my chain/2' })
    expect(parseRoute(hrefs.entry(42))).toEqual({ page: 'entry', seq: 42 })
    expect(parseRoute('#/activity/0')).toEqual({ page: 'activity' })
    expect(parseRoute(hrefs.permissions('a'))).toEqual({ page: 'permissions', skill: 'a' })
    expect(parseRoute('#/chain/%E0%A4%A')).toEqual({ page: 'chains' })
    for (const odd of ['', '#', '#/', '#/nowhere', '#/skill', '#/run/', '#javascript:alert(1)'])
      expect(parseRoute(odd)).toEqual({ page: 'discover' })
    expect(parseRoute('#/run/%E0%A4%A')).toEqual({ page: 'discover' })
  })
})

import { expect, it } from 'vitest'
import { runCliWith } from '../../support/cli-run.ts'

it.each([
  ['neither folder nor skill', ['pack', '-o', 'a.tgz']],
  ['both', ['pack', 'dir', '--bundle', 'csv-profile', '-o', 'a.skillet']],
  ['another ending', ['pack', 'dir', '-o', 'a.zip']],
  ['a key for an archive', ['pack', 'dir', '-o', 'a.tgz', '--key', 'k.json']],
  ['a key for a published skill', ['pack', '--bundle', 'csv-profile', '-o', 'a.skillet', '--key', 'k.json']],
  ['an archive of a published skill', ['pack', '--bundle', 'csv-profile', '-o', 'a.tgz']],
  ['a bundle with neither key nor registry', ['pack', 'skills/csv-profile', '-o', 'a.skillet']],
])('refuses %s', async (_what, argv) => {
  const result = await runCliWith(argv, {})
  expect([result.status, result.stderr.split(':')[0]]).toEqual([2, 'USAGE'])
})

it('bundles what the registry has published', async () => {
  const calls: unknown[] = []
  const engine = {
    exportBundle: (...call: unknown[]) => {
      calls.push(call)
      return Promise.resolve({ version: '1.2.0' })
    },
  }
  const result = await runCliWith(
    ['pack', '--bundle', 'csv-profile', '-o', '/tmp/a.skillet', '--json'],
    engine,
  )
  expect(result.json).toEqual({ file: '/tmp/a.skillet', slug: 'csv-profile', version: '1.2.0' })
  expect(calls).toEqual([[{ slug: 'csv-profile' }, '/tmp/a.skillet']])
})

it('does not bundle a folder that is not what was published', async () => {
  const engine = { show: () => Promise.resolve({ provenance: { tarballSha256: '0'.repeat(64) } } as never) }
  const result = await runCliWith(['pack', 'skills/csv-profile', '-o', 'a.skillet', '--json'], engine, {
    env: { SKILLET_REGISTRY: 'http://127.0.0.1:1' },
  })
  expect(result.json).toMatchObject({ error: { code: 'DIGEST_MISMATCH' } })
})

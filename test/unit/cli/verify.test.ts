import { expect, it } from 'vitest'
import { SkilletError } from '../../../src/shared/errors.ts'
import { runCliWith } from '../../support/cli-run.ts'
import { installedSkill } from '../../support/installed-skill.ts'

const edited = {
  slug: 'a',
  version: '1.0.0',
  ok: false,
  changed: ['x.py'],
  missing: ['y.md'],
  extra: ['z'],
}
const installed = () => Promise.resolve([])
const whole = { slug: 'b', version: '1.0.0', ok: true, changed: [], missing: [], extra: [] }

/** Skill a stays edited until it is repaired. */
function store() {
  const repaired: string[] = []
  return {
    repaired,
    engine: {
      installed,
      verify: () => {
        const a = repaired.includes('a') ? { ...whole, slug: 'a' } : edited
        return Promise.resolve({ ok: a.ok, skills: [a, whole] })
      },
      repair: (slug: string) => {
        repaired.push(slug)
        return Promise.resolve({ keptAt: '/home/edited/a-1.0.0' })
      },
    },
  }
}

it('finds edits and changes nothing', async () => {
  const { engine, repaired } = store()
  const result = await runCliWith(['verify'], engine)
  expect(result.status).toBe(4)
  expect(result.stdout).toContain('a 1.0.0  NOT as signed\n  changed x.py\n  missing y.md\n  extra   z\n')
  expect(result.stderr).toContain('verify --repair')
  expect(repaired).toEqual([])
})

it('--repair puts back what was signed and says where the edited copy is', async () => {
  const { engine, repaired } = store()
  const result = await runCliWith(['verify', '--repair', '--json'], engine)
  expect(repaired).toEqual(['a'])
  expect(result.status).toBe(0)
  expect(result.json).toEqual({
    ok: true,
    skills: [
      { ...whole, slug: 'a', withdrawn: null },
      { ...whole, withdrawn: null },
    ],
    failed: [],
    repaired: [{ ...edited, keptAt: '/home/edited/a-1.0.0' }],
  })
  const person = await runCliWith(['verify', '--repair'], store().engine)
  expect(person.stdout).toContain('a 1.0.0  repaired\n  changed x.py')
  expect(person.stdout).toContain('The edited copy is in /home/edited/a-1.0.0')
})

it('--repair of what is whole repairs nothing', async () => {
  const engine = { installed, verify: () => Promise.resolve({ ok: true, skills: [whole] }) }
  expect((await runCliWith(['verify', '--repair', '--json'], engine)).json).toMatchObject({ repaired: [] })
})

it('--repair goes on after one that cannot be repaired, and ends with its status', async () => {
  const { engine, repaired } = store()
  const stuck = { ...edited, slug: '0' }
  const both = {
    ...engine,
    verify: async () => ({ ok: false, skills: [stuck, ...(await engine.verify()).skills] }),
    repair: (slug: string) =>
      slug === '0' ? Promise.reject(new SkilletError('NO_SPACE', 'The disk is full.')) : engine.repair(slug),
  }
  const result = await runCliWith(['verify', '--repair', '--json'], both)
  expect(repaired).toEqual(['a'])
  expect(result.status).toBe(1)
  expect(result.json).toMatchObject({
    ok: false,
    repaired: [{ slug: 'a' }],
    failed: [{ slug: '0', error: { code: 'NO_SPACE' } }],
  })
  expect((await runCliWith(['verify', '--repair'], both)).stdout).toContain('NO_SPACE: The disk is full.')
})

it('shows what was withdrawn, whole or not, and does not repair it', async () => {
  const { engine, repaired } = store()
  const withdrawn = {
    reason: 'It sent files away.',
    severity: 'critical' as const,
    revokedAt: '2026-02-03T00:00:00.000Z',
    rotate: [],
    saferVersion: null,
  }
  const gone = (slug: string) => ({
    ...engine,
    installed: () => Promise.resolve([installedSkill({ slug, withdrawn })]),
  })
  const edits = await runCliWith(['verify', '--repair', '--json'], gone('a'))
  expect(repaired).toEqual([])
  expect(edits.status).toBe(4)
  await engine.repair('a')
  const result = await runCliWith(['verify'], gone('b'))
  expect(result.status).toBe(4)
  expect(result.stdout).toContain('b 1.0.0  as signed, WITHDRAWN')
  expect(result.stdout).toContain('It sent files away.')
  expect((await runCliWith(['verify', '--json'], gone('b'))).json).toMatchObject({
    ok: false,
    skills: [{ withdrawn: null }, { withdrawn }],
  })
})

it('says why a skill could not be checked', async () => {
  const problem = new SkilletError('SIGNER_UNTRUSTED', 'It was signed under another trust root.').toPlain()
  const skill = { ...whole, ok: false, problem }
  const engine = { installed, verify: () => Promise.resolve({ ok: false, skills: [skill] }) }
  const { stdout } = await runCliWith(['verify'], engine)
  expect(stdout).toContain('b 1.0.0  NOT checked\n  It was signed under another trust root.')
})

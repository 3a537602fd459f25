import { expect, it } from 'vitest'
import { runCliWith } from '../../support/cli-run.ts'

const edited = {
  slug: 'a',
  version: '1.0.0',
  ok: false,
  changed: ['x.py'],
  missing: ['y.md'],
  extra: ['z'],
}
const whole = { slug: 'b', version: '1.0.0', ok: true, changed: [], missing: [], extra: [] }

/** Skill a stays edited until it is repaired. */
function store() {
  const repaired: string[] = []
  return {
    repaired,
    engine: {
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
    skills: [{ ...whole, slug: 'a' }, whole],
    repaired: [{ ...edited, keptAt: '/home/edited/a-1.0.0' }],
  })
  const person = await runCliWith(['verify', '--repair'], store().engine)
  expect(person.stdout).toContain('a 1.0.0  repaired\n  changed x.py')
  expect(person.stdout).toContain('The edited copy is in /home/edited/a-1.0.0')
})

it('--repair of what is whole repairs nothing', async () => {
  const engine = { verify: () => Promise.resolve({ ok: true, skills: [whole] }) }
  expect((await runCliWith(['verify', '--repair', '--json'], engine)).json).toMatchObject({ repaired: [] })
})

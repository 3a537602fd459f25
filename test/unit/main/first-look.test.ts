import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { firstAppearance, firstLanguage } from '../../../src/main/first-look.ts'

let home: string
beforeEach(async () => void (home = await mkdtemp(join(tmpdir(), 'skillet-look-'))))
afterEach(() => rm(home, { recursive: true }))

const keep = (file: string, text: string) => writeFile(join(home, file), text)

it('has the appearance that was chosen, and the system’s without one', async () => {
  expect(firstAppearance(home)).toBe('system')
  await keep('appearance.json', '"dark"')
  expect(firstAppearance(home)).toBe('dark')
  for (const damaged of ['"purple"', '{"a":1}', '{']) {
    await keep('appearance.json', damaged)
    expect(firstAppearance(home)).toBe('system')
  }
})

it('speaks the language that was chosen, and the system’s without one', async () => {
  const look = { policies: [join(home, 'policy.json')], preferred: () => ['fr-FR', 'de-AT'] }
  expect(firstLanguage(home, look)).toBe('de')
  await keep('language.json', '"ar"')
  expect(firstLanguage(home, look)).toBe('ar')
  await keep('language.json', '"system"')
  expect(firstLanguage(home, look)).toBe('de')
})

it('does not guess where administrators may have chosen one', async () => {
  await keep('language.json', '"ar"')
  await keep('policy.json', 'not even read')
  const preferred = () => ['de']
  const policies = [join(home, 'other.json'), join(home, 'policy.json')]
  expect(firstLanguage(home, { policies, preferred })).toBeNull()
  expect(firstLanguage(home, { policies: null, preferred })).toBeNull()
})

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { detailWords, journalWords } from '../../../src/console/features/journal/action-words.ts'
import { eventWords } from '../../../src/console/features/webhooks/event-words.ts'
import { eventNames } from '../../../src/registry/notify.ts'
import { scopes } from '../../../src/registry/auth/scopes.ts'
import { scopeWords } from '../../../src/console/words.ts'

// What the registry names, people read in words: a name that is new needs some here.

test('every event that accounts are told of', () => {
  expect(Object.keys(eventWords()).toSorted()).toEqual([...eventNames].toSorted())
})

test('every permission', () => {
  expect(Object.keys(scopeWords()).toSorted()).toEqual([...scopes].toSorted())
})

const folder = join(import.meta.dirname, '../../../src/registry')
const inRegistry = (pattern: RegExp) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [...readFileSync(join(folder, name), 'utf8').matchAll(pattern)])

test('everything that is written into the journal', () => {
  const actions = inRegistry(/action: (?:\w+ \? )?(.+),/g).flatMap(([, named]) =>
    [...named!.matchAll(/'([a-z_]+\.[a-z_]+)'/g)].map(([, action]) => action!),
  )
  expect(actions.length).toBeGreaterThan(20)
  expect(actions.filter((action) => !(action in journalWords()))).toEqual([])
})

test('what more there is to an entry of the journal', () => {
  const names = inRegistry(/(?:\bdetail: |aboutSubmission\(\w+, )\{([^}]*)\}/g).flatMap(([, inside]) =>
    inside!.split(',').map((part) => part.split(':')[0]!.trim()),
  )
  expect(names.length).toBeGreaterThan(10)
  expect(names.filter((name) => /^\w/.test(name) && !(name in detailWords()))).toEqual([])
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Receipt } from '../../../src/shared/receipt.ts'
import { backends, tryAll, within, type Attempt, type Prepared, type Surroundings } from './attempt.ts'
import { dns } from './dns.ts'
import { exhaustion } from './exhaustion.ts'
import { files } from './files.ts'
import { namespaces } from './namespaces.ts'
import { network } from './network.ts'
import { processes } from './processes.ts'
import { descriptors } from './descriptors.ts'
import { environmentAttempts as environment } from './environment.ts'
import { races } from './races.ts'
import { sockets } from './sockets.ts'
import { terminals } from './terminals.ts'
import { tryFromTerminal } from './terminal-start.ts'

// Every attempt is first made where nothing holds it, and must succeed there or the test proves nothing; then in each
// sandbox of ours, where it must begin, must not get what it wants, and must fail for the reason that was meant.

const families = [
  files,
  processes,
  network,
  dns,
  namespaces,
  terminals,
  sockets,
  environment,
  descriptors,
  exhaustion,
  races,
]

describe.each(families)('$name', ({ attempts, prepare }) => {
  const scripted = attempts.filter((attempt): attempt is Attempt => 'script' in attempt)
  const came = new Map<Surroundings, { texts: string[]; receipt: Receipt | null }>()
  let prepared: Prepared | undefined

  beforeAll(async () => {
    prepared = await prepare?.()
    const scripts = scripted.map(({ script }) => script)
    const surroundings: Surroundings[] = ['nothing', ...backends]
    if (scripted.some(({ notOutside }) => notOutside !== undefined)) surroundings.push('careful')
    await Promise.all(
      surroundings.map(async (one) => {
        // Only what can't be tried with nothing around it stays out there; its place is kept.
        const tried = scripted.map(({ notOutside }, at) =>
          one === (notOutside === undefined ? 'careful' : 'nothing') ? 'pass' : scripts[at]!,
        )
        const values = prepared?.values(one) ?? {}
        came.set(
          one,
          prepared?.fromTerminal
            ? { texts: await tryFromTerminal(one, tried, values, prepared.fromTerminal), receipt: null }
            : await tryAll(one, tried, values, prepared?.options(one)),
        )
      }),
    )
  })
  afterAll(() => prepared?.cleanUp())

  if (scripted.length > 0)
    test.each(scripted.map((attempt, at) => ({ ...attempt, at })))('$intent', (attempt) => {
      const shown = came.get(attempt.notOutside === undefined ? 'nothing' : 'careful')!
      expect(shown.texts[attempt.at]).toMatch(/BEGAN[^]*REACHED/)
      for (const backend of backends) {
        const { texts, receipt } = came.get(backend)!
        expect(texts[attempt.at], backend).toContain('BEGAN')
        expect(texts[attempt.at], backend).not.toContain('REACHED')
        expect(texts[attempt.at], backend).toMatch(attempt.meets)
        if (attempt.refused === undefined) continue
        const { kind, what } = attempt.refused
        expect(receipt!.refused, backend).toContainEqual(
          expect.objectContaining({
            kind,
            what: typeof what === 'string' ? what : expect.stringMatching(what),
          }),
        )
      }
    })

  for (const attempt of attempts) {
    if (!('stage' in attempt)) continue
    test(attempt.intent, async () => {
      const everywhere: Surroundings[] = ['nothing', ...backends]
      const stage = (where: Surroundings) => attempt.stage(within(where))
      const begun = new Map(attempt.atOnce === true ? everywhere.map((where) => [where, stage(where)]) : [])
      expect(await (begun.get('nothing') ?? stage('nothing'))).toContain('REACHED')
      for (const backend of backends) {
        const text = await (begun.get(backend) ?? stage(backend))
        expect(text, backend).not.toContain('REACHED')
        expect(text, backend).toMatch(attempt.meets)
      }
    })
  }
})

afterAll(() => {
  const count = families.map(({ name, attempts }) => `${name} ${attempts.length}`)
  const total = families.reduce((sum, { attempts }) => sum + attempts.length, 0)
  process.stdout.write(`${total} escape attempts under ${backends.join(' and ')}: ${count.join(', ')}\n`)
})

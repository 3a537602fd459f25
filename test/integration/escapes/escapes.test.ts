import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, tryAll, within, type Attempt, type Prepared, type Surroundings } from './attempt.ts'
import { files } from './files.ts'
import { network } from './network.ts'
import { processes } from './processes.ts'

// Every attempt is first made where nothing holds it, and must succeed there or the test proves nothing; then in each
// sandbox of ours, where it must begin, must not get what it wants, and must fail for the reason that was meant.

const families = [files, processes, network]

describe.each(families)('$name', ({ attempts, prepare }) => {
  const scripted = attempts.filter((attempt): attempt is Attempt => 'script' in attempt)
  const came = new Map<Surroundings, Awaited<ReturnType<typeof tryAll>>>()
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
        came.set(one, await tryAll(one, tried, prepared?.values(one), prepared?.options(one)))
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
      const shown = await attempt.stage(within(attempt.notOutside === undefined ? 'nothing' : 'careful'))
      expect(shown).toContain('REACHED')
      for (const backend of backends) {
        const text = await attempt.stage(within(backend))
        expect(text, backend).not.toContain('REACHED')
        expect(text, backend).toMatch(attempt.meets)
      }
    })
  }
})

afterAll(() => {
  const count = families.map(({ name, attempts }) => `${name} ${attempts.length}`)
  const total = families.reduce((sum, { attempts }) => sum + attempts.length, 0)
  console.log(`${total} escape attempts under ${backends.join(' and ')}: ${count.join(', ')}`)
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ChainSkills } from '../../../../src/engine/chain/chain-skills.ts'
import { runChain, type ChainRunPorts } from '../../../../src/engine/chain/run-chain.ts'
import { createTraces } from '../../../../src/engine/chain/traces.ts'
import type { ChainHooks } from '../../../../src/engine/api.ts'
import { skillManifestSchema } from '../../../../src/shared/skill-manifest.ts'
import { runResult } from '../../../support/host-values.ts'

const text = `schema = 1\ntitle = "T"\nsummary = "S"\n[[steps]]\nskill = "one"\n[[steps]]\nskill = "two"\n`
const file = { id: 't', file: 't.toml', text, builtIn: false }
const manifestOf = (slug: string) =>
  skillManifestSchema.parse({
    schema: 1,
    slug,
    version: '1.0.0',
    title: slug,
    summary: 'x',
    publisher: 'skillet-labs',
    license: 'MIT',
    category: 'data',
    run: { command: ['sh'] },
  })

let home: string
let events: string[]
let ran: string[]
/** What the second step ends with, and what happens while it runs. */
let exitCode: number
let onTwo: () => Promise<void>

function ports(): ChainRunPorts {
  const skills: Partial<ChainSkills> = {
    check: async (slug) => ({ manifest: manifestOf(slug), problem: null }),
    run: async (slug, inputsFor) => {
      inputsFor(manifestOf(slug))
      ran.push(slug)
      await (slug === 'two' ? onTwo() : undefined)
      return runResult({ exitCode: slug === 'two' ? exitCode : 0, reason: 'exit', stdout: '{}', stderr: '' })
    },
  }
  const journal = { append: async (event: string) => void events.push(event) }
  const now = () => new Date()
  const traces = createTraces(join(home, 'traces'), () => undefined, now)
  return { home, skills, journal, traces, now, log: () => undefined } as unknown as ChainRunPorts
}
const run = (resume?: string, hooks: ChainHooks = {}, own = ports()) =>
  runChain(own, file, { inputs: {}, resume }, hooks)

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'skillet-run-chain-'))
  events = []
  ran = []
  exitCode = 1
  onTwo = async () => undefined
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

test('whatever happens once it was started, its end is in the journal and in its folder', async () => {
  const own = ports()
  const onChange = () => {
    if (ran.length > 0) throw new RangeError('Maximum call stack size exceeded')
  }
  const ended = await run(undefined, { onChange }, own)
  expect(ended).toMatchObject({ state: 'failed', error: { code: 'INTERNAL' } })
  expect(events).toEqual(['chain.started', 'chain.finished'])
  expect(await own.traces.read(ended.runId)).toMatchObject({ state: 'failed' })
})

test('nothing runs behind a step that failed, or once the person has stopped it', async () => {
  const three = { ...file, text: `${text}[[steps]]\nskill = "three"\n` }
  const ended = await runChain(ports(), three, { inputs: {}, resume: undefined }, {})
  expect(ended.steps.map(({ state }) => state)).toEqual(['done', 'failed', 'waiting'])
  expect(ran).toEqual(['one', 'two'])
  const person = new AbortController()
  ran = []
  exitCode = 0
  onTwo = async () => person.abort()
  await runChain(ports(), three, { inputs: {}, resume: undefined }, { signal: person.signal })
  expect(ran).toEqual(['one', 'two'])
  await expect(run(undefined, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' })
  expect(ran).toEqual(['one', 'two'])
})

test('what it was given is kept for whoever goes on, but not where something in it looks like a key', async () => {
  const own = ports()
  const asking = { ...file, text: `${text}[inputs.word]\ntype = "string"\ntitle = "Word"\n` }
  const kept = async (word: string) => {
    const { runId } = await runChain(own, asking, { inputs: { word }, resume: undefined }, {})
    return (await own.traces.read(runId))!.inputs
  }
  expect(await kept('plain')).toEqual({ word: 'plain' })
  expect(await kept(`ghp_${'a1B2'.repeat(9)}`)).toBeNull()
})

test('one that could not begin ends too, and leaves nothing to go on from', async () => {
  const own = ports()
  const failing = { ...own.traces, write: () => Promise.reject(new Error('EIO')) }
  const ended = await run(undefined, {}, { ...own, traces: failing })
  expect(ended).toMatchObject({ state: 'failed', error: { code: 'INTERNAL' } })
  expect([events, ran]).toEqual([['chain.started', 'chain.finished'], []])
  expect(await own.traces.read(ended.runId)).toBeNull()
})

test('a run is gone on from once: not by two at once, and not again', async () => {
  const { runId } = await run()
  exitCode = 0
  ran = []
  const own = ports()
  onTwo = async () => {
    const underWay = { code: 'BUSY', message: 'That run is still under way.' }
    await expect(run(runId, {}, own)).rejects.toMatchObject(underWay)
    await expect(run(runId)).rejects.toMatchObject(underWay)
  }
  expect(await run(runId, {}, own)).toMatchObject({ state: 'done' })
  expect(ran).toEqual(['two'])
  const by = (await ports().traces.runsOf('t')).find((id) => id !== runId)
  await expect(run(runId)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: `That run was gone on with as ${by}.`,
  })
  expect(ran).toEqual(['two'])
})

test('of two that go on from the same run in the same moment, one does', async () => {
  const { runId } = await run()
  exitCode = 0
  ran = []
  const both = await Promise.allSettled([run(runId), run(runId)])
  expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(ran).toEqual(['two'])
})

test('a run that went on but was killed before it began is no reason to refuse', async () => {
  const { runId } = await run()
  const { traces } = ports()
  const earlier = (await traces.read(runId))!
  await traces.write({ ...earlier, continuedBy: traces.newRunId('t') })
  exitCode = 0
  expect(await run(runId)).toMatchObject({ state: 'done' })
})

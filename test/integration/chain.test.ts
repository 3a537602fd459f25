import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ChainRun } from '../../src/shared/contract/chains.ts'
import { openChainHome, type ChainHome } from '../support/chain-home.ts'
import { cliBundle, environment, root } from '../support/e2e-registry.ts'
import { countProcesses } from '../support/e2e-skill.ts'
import { codeOf } from '../unit/trust/code.ts'

// The whole engine, the real sandbox and skills from a real TUF repository.

let home: ChainHome

beforeAll(async () => {
  home = await openChainHome()
  await home.add(
    'echo-text',
    'print(json.dumps({"text": given.get("text", ""), "parts": [1, {"deep": True}]}))',
  )
  await home.add('take-time', 'print(json.dumps(time.time_ns()))')
  // Fails the first time that it runs with a text, and remembers that.
  await home.add(
    'fail-once',
    `mark = "kept/" + given["text"]
if not os.path.exists(mark):
    open(mark, "w").close()
    print("no luck yet", file=sys.stderr)
    sys.exit(3)
print(json.dumps(given))`,
    { keeps: true, inputs: ['text', 'from'], title: 'Fail once' },
  )
})
afterAll(() => home.close())

const outputOf = (run: ChainRun, id: string): unknown =>
  JSON.parse(run.steps.find((step) => step.id === id)?.output ?? 'null')
const statesOf = (run: ChainRun) => run.steps.map(({ state }) => state)
const traceOf = (run: ChainRun, name: string) => readFile(join(home.home, 'traces', run.runId, name), 'utf8')

describe('the reference chain', () => {
  const runOn = (document: string, onChange?: (run: ChainRun) => void) =>
    home.engine.runChain(
      { chain: { id: 'read-and-remember' }, inputs: { document, topics: 'keys, unicorns', count: 3 } },
      onChange ? { onChange } : {},
    )

  it('reads a document, and its memory lasts from run to run', async () => {
    for (const slug of ['parse-input', 'validate-coverage', 'extract-highlights', 'memory-update']) {
      await home.publishOwn(slug)
      await home.install(slug)
    }
    const [chain] = await home.engine.chains()
    expect(chain).toMatchObject({ id: 'read-and-remember', builtIn: true, problem: null })
    expect(chain!.steps.map(({ slug, problem }) => [slug, problem])).toEqual([
      ['parse-input', null],
      ['validate-coverage', null],
      ['extract-highlights', null],
      ['memory-update', null],
    ])
    const seen: string[] = []
    const document = join(root, 'SECURITY.md')
    const first = await runOn(document, (run) => seen.push(statesOf(run).join(' ')))
    expect(first).toMatchObject({ state: 'done', error: null })
    expect(seen.slice(0, 3)).toEqual([
      'waiting waiting waiting waiting',
      'running waiting waiting waiting',
      'done waiting waiting waiting',
    ])
    expect(outputOf(first, 'check')).toMatchObject({ missing: ['unicorns'] })
    const { highlights } = outputOf(first, 'pick') as { highlights: { sentence: string }[] }
    expect(highlights).toHaveLength(3)
    expect(outputOf(first, 'remember')).toMatchObject({
      added: highlights.map(({ sentence }) => sentence),
      kept: 0,
    })
    const memory = join(home.home, 'state', 'memory-update', '.context', 'memory.md')
    expect(first.steps[3]!.receipt!.written).toContain(memory)
    expect(await readFile(memory, 'utf8')).toContain('# Memory')
    expect(outputOf(await runOn(document), 'remember')).toMatchObject({ added: [], kept: 3 })
    const runs = await home.engine.chainRuns('read-and-remember')
    expect(runs.map(({ state }) => state)).toEqual(['done', 'done'])
  })

  it('takes one of several hundred KB', async () => {
    const folder = join(root, 'docs')
    const names = (await readdir(folder)).filter((name) => name.endsWith('.md'))
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
    const text = texts.join('\n\n')
    const document = join(home.folder, 'document.md')
    await writeFile(document, text.repeat(Math.ceil(250_000 / text.length)))
    const run = await runOn(document)
    expect(run).toMatchObject({ state: 'done', error: null })
    expect(run.steps[0]!.output!.length).toBeGreaterThan(250_000)
    expect(outputOf(run, 'check')).toMatchObject({ covered: ['keys'], missing: ['unicorns'] })
    expect(outputOf(run, 'remember')).toMatchObject({ added: { length: 3 } })
  })
})

describe('between steps', () => {
  it('hands on text as it is, members by their path, anything else as JSON, and plain values', async () => {
    const file = await home.chain(`
[inputs.word]
type = "string"
title = "Word"
[inputs.more]
type = "number"
title = "More"
[[steps]]
id = "a"
skill = "echo-text"
[steps.inputs]
text = { from = "inputs.word" }
[[steps]]
id = "b"
skill = "echo-text"
[steps.inputs]
text = { from = "a.text" }
[[steps]]
id = "c"
skill = "echo-text"
[steps.inputs]
text = { from = "b.parts.1" }
[[steps]]
id = "d"
skill = "echo-text"
[steps.inputs]
text = 7
[[steps]]
id = "e"
skill = "echo-text"
[steps.inputs]
text = { from = "inputs.more" }`)
    const run = await home.engine.runChain({ chain: { file }, inputs: { word: 'ü "quoted"\n' } })
    expect(run.error).toBeNull()
    expect(['a', 'b', 'c', 'd', 'e'].map((id) => (outputOf(run, id) as { text: string }).text)).toEqual([
      'ü "quoted"\n',
      'ü "quoted"\n',
      '{"deep":true}',
      '7',
      '',
    ])
  })

  it('a member that is not there fails its step before the skill is started, and says what is there', async () => {
    const file = await home.chain(`
[[steps]]
skill = "echo-text"
[[steps]]
skill = "take-time"
[steps.inputs]
text = { from = "echo-text.parts.2" }`)
    const before = await home.starts()
    const run = await home.engine.runChain({ chain: { file }, inputs: {} })
    expect(run).toMatchObject({
      state: 'failed',
      error: {
        code: 'STEP_FAILED',
        message: 'Step 2 (take-time): There is no echo-text.parts.2: echo-text.parts is a list of 2.',
      },
    })
    expect((await home.starts())['take-time']).toBe(before['take-time'])
  })

  it('a step that prints no JSON fails and shows what it printed', async () => {
    await home.add('talk', 'print("Hello there!\\nHow are you?")')
    const file = await home.chain('[[steps]]\nskill = "talk"\n[[steps]]\nskill = "echo-text"\n')
    const run = await home.engine.runChain({ chain: { file }, inputs: {} })
    expect(run.error).toMatchObject({
      code: 'STEP_FAILED',
      message: expect.stringContaining(
        'did not print one JSON document. What it printed begins with: Hello there!',
      ),
    })
    expect(statesOf(run)).toEqual(['failed', 'waiting'])
  })

  it('what is too long for an argument is refused with its size', async () => {
    await home.add('print-much', 'print(json.dumps("x" * 200_000))')
    const file = await home.chain(`
[[steps]]
skill = "print-much"
[[steps]]
skill = "echo-text"
[steps.inputs]
text = { from = "print-much" }`)
    const run = await home.engine.runChain({ chain: { file }, inputs: {} })
    expect(run.error).toMatchObject({
      code: 'INPUT_INVALID',
      message: 'Step 2 (echo-text): text is too long: it is 196 KB, and the skill can be given 127 KB.',
    })
  })
})

describe('going on after a failure', () => {
  const steps = (mark: string) => `
[inputs.word]
type = "string"
title = "Word"
[[steps]]
skill = "take-time"
[[steps]]
skill = "echo-text"
[steps.inputs]
text = { from = "take-time" }
[[steps]]
id = "third"
skill = "fail-once"
[steps.inputs]
text = "${mark}"
from = { from = "echo-text.text" }`

  it('runs the failed step again with what the done ones made, and nothing else', async () => {
    const file = await home.chain(steps('first'), 'goes-on')
    const failed = await home.engine.runChain({ chain: { file }, inputs: { word: 'w' } })
    expect(failed).toMatchObject({
      state: 'failed',
      error: {
        code: 'STEP_FAILED',
        message: 'Step 3 (third): Fail once ended with an error. It said: no luck yet',
      },
    })
    expect(JSON.parse(await traceOf(failed, '03-third.json'))).toMatchObject({
      value: null,
      step: { state: 'failed', stderr: 'no luck yet\n', receipt: { refused: [] } },
    })
    const before = await home.starts()
    // Without inputs: those of then.
    const resumed = await home.engine.runChain({ chain: { file }, inputs: {}, resume: 'latest' })
    expect(resumed).toMatchObject({ state: 'done', error: null })
    expect(statesOf(resumed)).toEqual(['kept', 'kept', 'done'])
    expect(outputOf(resumed, 'third')).toEqual({ text: 'first', from: String(outputOf(failed, 'take-time')) })
    expect(await home.starts()).toEqual({ ...before, 'fail-once': before['fail-once']! + 1 })
    const runs = await home.engine.chainRuns('goes-on')
    expect(runs.map((run) => [...statesOf(run), run.continuedBy])).toEqual([
      ['kept', 'kept', 'done', null],
      ['done', 'done', 'failed', resumed.runId],
    ])
    const events = (await home.engine.auditEntries({ limit: 4, before: null })).map(({ event }) => event)
    expect(events).toEqual(['chain.finished', 'run.finished', 'run.started', 'chain.started'])
    expect(await codeOf(home.engine.runChain({ chain: { file }, inputs: {}, resume: resumed.runId }))).toBe(
      'INPUT_INVALID',
    )
  })

  it('is refused where the chain, an input or a version of a done step differs, and says which', async () => {
    const file = await home.chain(steps('second'), 'differs')
    const { runId } = await home.engine.runChain({ chain: { file }, inputs: { word: 'w' } })
    const resume = (inputs = {}, id = runId) =>
      home.engine.runChain({ chain: { file }, inputs, resume: id }).catch((error: unknown) => error)
    expect(await resume({ word: 'other' })).toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('What the chain is given differs'),
    })
    expect(await resume({}, 'nobody-20260101T000000000Z-abcdef')).toMatchObject({ code: 'NOT_FOUND' })
    expect(await resume({}, '../../etc')).toMatchObject({ code: 'NOT_FOUND' })
    await home.chain(`${steps('second')}\n# changed`, 'differs')
    expect(await resume()).toMatchObject({ message: expect.stringContaining("The chain's file was changed") })
    await home.chain(steps('second'), 'differs')
    await home.publish('echo-text', 'print(1)', { version: '1.1.0' })
    await home.install('echo-text')
    expect(await resume()).toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('echo-text was 1.0.0 in that run and is 1.1.0 now'),
    })
    await home.engine.rollback('echo-text', undefined, 'cli')
    expect(await resume()).toMatchObject({ state: 'done' })
  })

  it('a key is not in the checkpoint, and the step that printed it runs again for who needs it', async () => {
    const key = `ghp_${'a1B2'.repeat(9)}`
    await home.add('leak', `print(json.dumps({"token": "${key}", "at": time.time_ns()}))`)
    const file = await home.chain(`
[[steps]]
skill = "take-time"
[[steps]]
skill = "leak"
[[steps]]
id = "third"
skill = "fail-once"
[steps.inputs]
text = "third"
from = { from = "leak.token" }`)
    const failed = await home.engine.runChain({ chain: { file }, inputs: {} })
    expect(statesOf(failed)).toEqual(['done', 'done', 'failed'])
    const checkpoint = await traceOf(failed, '02-leak.json')
    expect(checkpoint).not.toContain(key)
    expect(JSON.parse(checkpoint)).toMatchObject({
      redacted: true,
      value: { token: '«REDACTED:GITHUB_TOKEN»' },
    })
    expect(JSON.stringify(failed)).not.toContain(key)
    const before = await home.starts()
    const seen: string[] = []
    const resumed = await home.engine.runChain(
      { chain: { file }, inputs: {}, resume: failed.runId },
      { onChange: (run) => seen.push(JSON.stringify(run)) },
    )
    expect(statesOf(resumed)).toEqual(['kept', 'done', 'done'])
    expect((await home.starts())['leak']).toBe(before['leak']! + 1)
    // What the third step got was the key itself, whose length its output would show; nobody else sees it.
    expect(outputOf(resumed, 'third')).toMatchObject({ from: '«REDACTED:GITHUB_TOKEN»' })
    for (const name of await readdir(join(home.home, 'traces', resumed.runId)))
      expect(await traceOf(resumed, name)).not.toContain(key)
    expect(seen.join()).not.toContain(key)
  })
})

describe('before the first step', () => {
  it('every problem of every step is named, and nothing is run', async () => {
    await home.publish('refused', 'print(1)', { keeps: true })
    await home.install('refused', 'deny').catch(() => undefined)
    await home.add('few-runs', 'print(1)', { manifest: { budget: { runs_per_day: 1 } } })
    const file = await home.chain(`
[[steps]]
skill = "echo-text"
[[steps]]
skill = "not-there"
[[steps]]
id = "typo"
skill = "echo-text"
[steps.inputs]
txt = "x"
[[steps]]
id = "one"
skill = "few-runs"
[[steps]]
id = "two"
skill = "few-runs"`)
    const before = await home.starts()
    const traces = await readdir(join(home.home, 'traces'))
    const refusal = await home.engine
      .runChain({ chain: { file }, inputs: {} })
      .catch((error: unknown) => error)
    expect(refusal).toMatchObject({
      code: 'NOT_INSTALLED',
      message:
        'Nothing was run. Step 2 (not-there): not-there is not installed. ' +
        'Step 3 (typo): echo-text has no input called txt. It takes text. ' +
        'Step 4 (one): few-runs has 1 of its 1 runs for today left, and 2 are needed. ' +
        'Step 5 (two): few-runs has 1 of its 1 runs for today left, and 2 are needed.',
    })
    expect(await home.starts()).toEqual(before)
    expect(await readdir(join(home.home, 'traces'))).toEqual(traces)
  })

  it('a computer without a sandbox runs no step', async () => {
    const file = await home.chain('[[steps]]\nskill = "echo-text"\n')
    const before = await home.starts()
    const engine = await home.open('/nowhere/launcher')
    expect(await codeOf(engine.runChain({ chain: { file }, inputs: {} }))).toBe('SANDBOX_UNAVAILABLE')
    expect(await home.starts()).toEqual(before)
  })

  it('a key must be there, and no later step gets it', async () => {
    await home.engine.setSecret({ name: 'EXAMPLE_API_KEY', skill: null }, 'a-value-like-no-other-17')
    await home.add('use-key', 'print(json.dumps([os.environ["EXAMPLE_API_KEY"]]))', {
      manifest: {
        capabilities: { net: 'Asks.', 'env:read': 'Signs in.' },
        sandbox: { network: ['api.example.com'] },
        secrets: { EXAMPLE_API_KEY: { title: 'Example key', hosts: ['api.example.com'] } },
      },
    })
    const file = await home.chain(
      '[[steps]]\nskill = "use-key"\n[[steps]]\nskill = "echo-text"\n[steps.inputs]\ntext = { from = "use-key.0" }\n',
    )
    const run = await home.engine.runChain({ chain: { file }, inputs: {} })
    expect(outputOf(run, 'echo-text')).toMatchObject({ text: '«REDACTED:EXAMPLE_API_KEY»' })
    const before = await home.starts()
    await home.engine.removeSecret({ name: 'EXAMPLE_API_KEY', skill: null })
    expect(await codeOf(home.engine.runChain({ chain: { file }, inputs: {} }))).toBe('SECRET_MISSING')
    expect(await home.starts()).toEqual(before)
  })

  it('a permission that was taken back, an altered file and a withdrawal are each found in time', async () => {
    await home.add('pure-one', 'print(1)')
    await home.add('keeper', 'print(1)', { keeps: true })
    const file = await home.chain(
      '[[steps]]\nskill = "pure-one"\n[[steps]]\nskill = "keeper"\n',
      'found-in-time',
    )
    const refusal = () => codeOf(home.engine.runChain({ chain: { file }, inputs: {} }))
    await home.engine.revokeGrant('keeper', 'fs:write')
    expect(await refusal()).toBe('PERMISSION_DENIED')
    await home.engine.addChain(file)
    const listed = (await home.engine.chains()).find(({ id }) => id === 'found-in-time')
    expect(listed!.steps.map(({ problem }) => problem?.code ?? null)).toEqual([null, 'PERMISSION_DENIED'])
    await home.engine.decide('keeper', { 'fs:write': { decision: 'allow', life: 'once' } }, 'cli')
    const twice = await home.chain('[[steps]]\nskill = "keeper"\n[[steps]]\nid = "again"\nskill = "keeper"\n')
    expect(await codeOf(home.engine.runChain({ chain: { file: twice }, inputs: {} }))).toBe(
      'PERMISSION_DENIED',
    )
    expect((await home.engine.runChain({ chain: { file }, inputs: {} })).state).toBe('done')
    expect(await refusal()).toBe('PERMISSION_DENIED')
    await home.engine.decide('keeper', { 'fs:write': { decision: 'allow' } }, 'cli')
    const script = join(home.home, 'skills', 'keeper', '1.0.0', 'main.py')
    await chmod(script, 0o644)
    await writeFile(script, 'print(2)')
    expect(await refusal()).toBe('INTEGRITY_BROKEN')
    await home.engine.repair('keeper')
    await home.registry.revoke({
      slug: 'keeper',
      version: '*',
      reason: 'It lied.',
      severity: 'high',
      rotate: [],
      revokedAt: '2026-11-02T00:00:00Z',
    })
    await home.engine.refreshTrust()
    const before = (await home.starts())['pure-one']
    expect(await refusal()).toBe('REVOKED')
    expect((await home.starts())['pure-one']).toBe(before)
  })
})

describe('a run that doesn’t come to its end', () => {
  /** A skill that sleeps the first time that it runs. */
  const sleeper = async (slug: string) => {
    const marker = `marker-${slug}-${process.pid}`
    await home.add(
      slug,
      'print(json.dumps(1)) if os.path.exists("kept/ran") else (open("kept/ran", "w").close(), time.sleep(60))',
      {
        keeps: true,
        manifest: {
          sandbox: { write: ['kept'], timeout_s: 90 },
          run: { command: ['python3', 'main.py', `--m=${marker}`], inputs: {} },
        },
      },
    )
    const began = () =>
      expect
        .poll(() => existsSync(join(home.home, 'state', slug, 'kept', 'ran')), {
          timeout: 20_000,
          interval: 20,
        })
        .toBe(true)
    return { marker, began, steps: `[[steps]]\nskill = "take-time"\n[[steps]]\nskill = "${slug}"\n` }
  }

  it('is stopped with the step that runs, and goes on later; another run of the same chain is its own', async () => {
    const { marker, began, steps } = await sleeper('sleep-one')
    const file = await home.chain(steps)
    const stop = new AbortController()
    const stopped = home.engine.runChain({ chain: { file }, inputs: {} }, { signal: stop.signal })
    await began()
    const other = await home.engine.runChain({ chain: { file }, inputs: {} })
    expect(other.state).toBe('done')
    stop.abort()
    const run = await stopped
    expect(run).toMatchObject({ state: 'stopped', error: { code: 'CANCELLED' } })
    expect(await countProcesses(`--m=${marker}`)).toBe(0)
    expect(run.runId).not.toBe(other.runId)
    expect(outputOf(run, 'take-time')).not.toEqual(outputOf(other, 'take-time'))
    const resumed = await home.engine.runChain({ chain: { file }, inputs: {}, resume: run.runId })
    expect(statesOf(resumed)).toEqual(['kept', 'done'])
    expect(outputOf(resumed, 'take-time')).toEqual(outputOf(run, 'take-time'))
  })

  it('is killed with its process, and goes on from the last checkpoint at the command line', async () => {
    const { marker, began, steps } = await sleeper('sleep-two')
    const file = await home.chain(steps, 'killed')
    const env = { ...environment(), ...home.environment }
    const cli = (...words: string[]) =>
      spawn(process.execPath, [cliBundle, 'chain', file, ...words], { cwd: root, env })
    const child = cli()
    await began()
    child.kill('SIGKILL')
    await once(child, 'close')
    await expect.poll(() => countProcesses(`--m=${marker}`), { timeout: 5000, interval: 10 }).toBe(0)
    expect((await home.engine.chainRuns('killed')).map((run) => [run.state, ...statesOf(run)])).toEqual([
      ['failed', 'done', 'failed'],
    ])
    const [killed] = await home.engine.chainRuns('killed')
    const before = await home.starts()
    const again = cli('--resume', 'latest', '--json')
    let stdout = ''
    again.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    const [status] = (await once(again, 'close')) as [number]
    const run = JSON.parse(stdout) as ChainRun
    expect([status, run.state, ...statesOf(run)]).toEqual([0, 'done', 'kept', 'done'])
    expect(outputOf(run, 'take-time')).toEqual(outputOf(killed!, 'take-time'))
    expect((await home.starts())['take-time']).toBe(before['take-time'])
  })
})

import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operations } from '../../src/bridge/operations/operations.ts'
import { connect } from '../../src/client/index.ts'
import { routes } from '../../src/client/operations.ts'
import { openBridge } from '../support/bridge.ts'

const run = promisify(execFile)
const examples = join(import.meta.dirname, '../../examples')
const slug = 'counts'

let bridge: Awaited<ReturnType<typeof openBridge>>
/** What the person was asked, in order. */
const asked: string[] = []

/** The person, who says yes to everything, and installs what is asked for in the usual way. */
async function sayYes(): Promise<void> {
  const { access, engine } = bridge
  for (const { id, code, name, scopes, days } of await access.pairings.waiting()) {
    asked.push(`connect ${name} ${code}`)
    await access.pairings.approve(id, { scopes, days })
  }
  for (const { slug: wanted, agent } of await access.requests.waiting()) {
    asked.push(`install ${wanted} for ${agent.name}`)
    const { planId, asks } = await engine.planInstall({ slug: wanted })
    const answers = Object.fromEntries(asks.map((one) => [one.capability, { decision: 'allow' as const }]))
    await engine.applyInstall(planId, answers, 'window')
    await access.requests.waiting()
  }
}

beforeAll(async () => {
  bridge = await openBridge()
  await bridge.registry.publish({
    slug,
    manifest: {
      title: 'Count letters',
      capabilities: {},
      run: {
        command: ['python3', '-c', 'import sys; print(len(sys.argv[1].split("=", 1)[1]), "letters")'],
        inputs: { text: { type: 'string', title: 'Text', required: true } },
      },
    },
  })
  let turn = Promise.resolve()
  bridge.access.onChange(() => (turn = turn.then(sayYes)))
})
afterAll(() => bridge.close())

describe('the examples', () => {
  it.each([
    ['Node', process.execPath, 'agent.mjs'],
    ['Python', 'python3', 'agent.py'],
    ['shell', 'sh', 'agent.sh'],
  ])(
    'in %s connects, asks for what it needs, runs it, and comes back with its token',
    async (name, program, file) => {
      const start = (text: string) =>
        run(program, [join(examples, file), slug, `text=${text}`], {
          env: { ...process.env, SKILLET_HOME: bridge.home },
        })
      const isInstalled = (await bridge.engine.installed()).some((one) => one.slug === slug)
      if (isInstalled) await bridge.engine.remove(slug)
      asked.length = 0
      const { stdout, stderr } = await start('four')
      expect(stdout).toBe('4 letters\n')
      const [connected, installed] = asked
      const code = /\d{6}/.exec(stderr)?.[0]
      expect(connected).toBe(`connect Example agent in ${name} ${code}`)
      expect(installed).toBe(`install ${slug} for Example agent in ${name}`)
      // Umlauts and quotes arrive as they were given.
      expect((await start(`ä"'\\`)).stdout).toBe('4 letters\n')
      expect(asked).toHaveLength(2)
      const kept = join(bridge.home, 'access', 'clients')
      for (const one of await readdir(kept)) expect((await stat(join(kept, one))).mode & 0o777).toBe(0o600)
    },
  )
})

describe('the client library', () => {
  const options = (change: object = {}) => ({
    name: 'Library',
    home: bridge.home,
    onCode: () => undefined,
    ...change,
  })

  it('calls every operation as the bridge declares it', () => {
    const declared = operations.map(({ name, route }) => [name, [route.method.toUpperCase(), route.path]])
    expect(routes).toEqual(Object.fromEntries(declared))
  })

  it('speaks over the socket and over the port, and connects again once it was removed', async () => {
    for (const over of ['socket', 'http'] as const) {
      const name = `Library over ${over}`
      const agent = await connect(options({ name, over }))
      const { skills } = await agent.call('search_skills', { text: 'words', limit: 2 })
      expect(skills).toHaveLength(2)
      expect((await agent.call('show_skill', { slug: 'count-words' })).skill.title).toBe('Count words')
      const [own] = (await bridge.access.tokens.list()).filter((one) => one.name === name)
      await bridge.access.disconnect(own!.id)
      await expect(agent.call('list_skills', {})).rejects.toMatchObject({ code: 'UNAUTHORIZED', status: 401 })
      await connect(options({ name, over }))
    }
  })

  it('tells nothing to a program that has taken the port of a Skillet that is gone', async () => {
    const seen: string[] = []
    const squatter = createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`)
      response.end(JSON.stringify({ name: 'skillet', proof: 'c'.repeat(43) }))
    })
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve))
    const file = join(bridge.home, 'bridge.json')
    const real = await readFile(file, 'utf8')
    try {
      const address = squatter.address() as { port: number }
      const moved = { ...(JSON.parse(real) as object), url: `http://127.0.0.1:${address.port}` }
      await writeFile(file, JSON.stringify(moved), { mode: 0o600 })
      // With the token of an earlier time at hand.
      await expect(connect(options({ name: 'Library over http', over: 'http' }))).rejects.toMatchObject({
        code: 'UNTRUSTED',
      })
      expect(seen).toHaveLength(1)
      expect(seen[0]).toMatch(/^GET \/v1\/hello\?challenge=[\w-]{43} $/)
    } finally {
      await writeFile(file, real, { mode: 0o600 })
      squatter.close()
    }
  })

  it('believes no bridge.json or token that others may have written or read', async () => {
    const file = join(bridge.home, 'bridge.json')
    await chmod(file, 0o644)
    await expect(connect(options())).rejects.toMatchObject({ code: 'UNTRUSTED' })
    await chmod(file, 0o600)
    const tokenFile = join(bridge.home, 'access', 'clients', 'other.token')
    await writeFile(tokenFile, 'sba_x', { mode: 0o644 })
    await expect(connect(options({ tokenFile }))).rejects.toMatchObject({ code: 'UNTRUSTED' })
  })

  it('says where no Skillet runs', async () => {
    await expect(connect(options({ home: join(bridge.home, 'nowhere') }))).rejects.toMatchObject({
      code: 'NOT_RUNNING',
    })
  })
})

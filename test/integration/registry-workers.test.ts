import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import S3rver from 's3rver'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { buildRegistryProcess } from '../support/build-registry-process.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { createRegistryClient } from '../../src/engine/registry-client/client.ts'
import { startEmbeddedDatabase } from '../../src/registry/db/embedded.ts'
import { createLog } from '../../src/registry/log.ts'
import { createS3Objects, parseS3Url } from '../../src/registry/objects/s3.ts'
import { startWorker } from '../../src/registry/worker.ts'
import type { TryOut } from '../../src/registry/publish/trial.ts'
import { sha256Hex } from '../../src/trust/digest.ts'
import { call } from '../support/registry-calls.ts'
import { packSample, startTestRegistry } from '../support/registry.ts'
import type { ProcessOptions } from '../support/registry-process.ts'
import { launcher } from '../support/sandbox.ts'

let folder: string
const cleanups: (() => unknown)[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'workers-'))
})
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup()
  await rm(folder, { recursive: true, force: true })
})

/** A bucket on this computer, as S3 serves it. */
async function startBucket(): Promise<string> {
  process.env['AWS_ACCESS_KEY_ID'] = 'S3RVER'
  process.env['AWS_SECRET_ACCESS_KEY'] = 'S3RVER'
  const server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: join(folder, 's3'),
    configureBuckets: [{ name: 'skills', configs: [] }],
  })
  const { port } = await server.run()
  cleanups.push(() => server.close())
  return `s3://skills/some/prefix?endpoint=http://127.0.0.1:${port}&region=us-east-1`
}

/** As much of GitHub as issues need; the first answer gets lost after the issue was made. */
async function startTracker(): Promise<{ url: string; made: string[] }> {
  const made: string[] = []
  const textOf = async (request: IncomingMessage) => {
    let text = ''
    for await (const part of request) text += String(part)
    return text
  }
  const server = createServer((request, response) => {
    void textOf(request).then((text) => {
      const issue = (body: string, index: number) => ({ html_url: `https://github.example/i/${index}`, body })
      if (
        request.headers.authorization !== 'Bearer a-token' ||
        request.url?.startsWith('/repos/o/r/issues') !== true
      )
        return response.writeHead(404).end('{}')
      if (request.method === 'GET') return response.end(JSON.stringify(made.map(issue)))
      made.push((JSON.parse(text) as { body: string }).body)
      return made.length === 1
        ? request.socket.destroy()
        : response.end(JSON.stringify(issue(text, made.length)))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, made }
}

const tryOut: TryOut = async ({ folder: skill, inputs, grants, onOutput }) => {
  const home = join(folder, 'trials')
  const engine = await createEngine({ home, registryUrl: null, trustRootFile: null, apiKey: null, launcher })
  const granted = Object.fromEntries(grants.map((capability) => [capability, null]))
  return engine.tryFolder({ folder: skill, inputs, granted }, { onOutput }).finally(() => engine.close())
}

describe('objects in a bucket', () => {
  it('are kept, read back whole or in part, and checked', async () => {
    const place = await startBucket()
    const objects = createS3Objects(parseS3Url(place))
    const bytes = new Uint8Array(Buffer.from('some bytes'))
    const sha256 = await objects.put(bytes)
    expect(sha256).toBe(sha256Hex(bytes))
    // This server answers while it is still writing; S3 itself doesn't.
    const text = async () => Buffer.from(await objects.read(sha256).catch(() => '')).toString()
    await expect.poll(text).toBe('some bytes')
    expect(await objects.put(bytes)).toBe(sha256)
    expect(await objects.size(sha256)).toBe(10)
    expect(Buffer.concat(await objects.stream(sha256, 5, 9).toArray()).toString()).toBe('bytes')
    expect(await objects.size('0'.repeat(64))).toBeNull()
    await expect(objects.read('0'.repeat(64))).rejects.toMatchObject({ code: 'NOT_FOUND' })
    // Somebody changes what lies there; whoever uploads the right bytes again puts them back.
    const lies = join(folder, 's3/skills/some/prefix', sha256.slice(0, 2), `${sha256}._S3rver_object`)
    await writeFile(lies, 'some bytez')
    await expect(objects.read(sha256)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(await objects.put(bytes)).toBe(sha256)
    await expect.poll(text).toBe('some bytes')
    for (const wrong of ['skills', 's3://', 's3://skills?endpoint=file:///etc'])
      expect(() => parseS3Url(wrong)).toThrowError(expect.objectContaining({ code: 'INPUT_INVALID' }))
  })
})

describe('a registry whose work is done elsewhere', () => {
  it('takes in, has scanned and tried, opens one issue, publishes, and serves from the bucket', async () => {
    const objects = await startBucket()
    const tracker = await startTracker()
    const test = await startTestRegistry({
      objects,
      scanElsewhere: true,
      issues: { repository: 'o/r', token: 'a-token', apiUrl: tracker.url },
    })
    cleanups.push(() => test.remove())
    const own = await test.mint({ account: 'skillet-labs', scopes: ['write:publish'] })
    const { id } = await test.admin.submit(
      await packSample({
        slug: 'far-skill',
        files: {
          'scripts/run.py': "import sys\n\nprint(len(open(sys.argv[-1].split('=')[-1]).read().split()))\n",
        },
      }),
    )
    expect(await test.admin.submission(id)).toMatchObject({ state: 'submitted' })
    // What it needs is the server's right to the database, and nothing of the folder with the keys.
    const worker = await startWorker({
      databaseUrl: test.registry.databaseUrl,
      objects,
      dataDir: join(folder, 'nothing-here'),
      tryOut,
      log: () => undefined,
    })
    cleanups.push(() => worker.stop())
    const reviewer = {
      'x-api-key': (await test.mint({ account: 'reviewers', scopes: ['review:write'] })).key,
    }
    const at = (method: string, path: string, body?: unknown) =>
      call(test.registry.url, method, `/api/submissions/${id}${path}`, reviewer, body)
    await vi.waitFor(async () => expect((await at('GET', '')).body.state).toBe('in_review'), 20_000)

    const trial = (body: unknown) => at('POST', '/trial', body)
    expect(await trial({ grants: ['env:read'] })).toMatchObject({ status: 400 })
    const files = { 'three.txt': 'one two three' }
    const request = { inputs: { file: 'three.txt' }, files }
    expect(await trial({ ...request, grants: ['fs:read'] })).toMatchObject({ status: 202 })
    expect(await trial({ ...request, grants: [] })).toMatchObject({ status: 202 })
    expect(await trial({ inputs: { file: '/etc/passwd' }, files, grants: ['fs:read'] })).toMatchObject({
      status: 202,
    })
    const trials = await vi.waitFor(async () => {
      const { body } = await at('GET', '/trials')
      expect(body.trials.every((one: { finishedAt: string | null }) => one.finishedAt !== null)).toBe(true)
      return body.trials.toReversed()
    }, 60_000)
    expect(trials[0]).toMatchObject({
      state: 'finished',
      reviewer: 'reviewers',
      result: { stdout: '3\n', run: { reason: 'exit', exitCode: 0 } },
    })
    expect(trials[0].result.run.receipt).toBeDefined()
    // Not granted: the very same run gets nothing to read.
    expect(trials[1].result.stdout ?? '').not.toContain('3')
    expect(trials[2]).toMatchObject({ state: 'failed', result: { refusal: { code: 'INPUT_INVALID' } } })

    await test.client(reviewer['x-api-key']).approve(id, 'ok')
    expect((await test.catalog()).map((one) => one.slug)).toEqual(['far-skill'])
    const { sha256 } = (await test.admin.submission(id)).tarball
    const served = await fetch(`${test.registry.url}/tarballs/${sha256}.tgz`, {
      headers: { 'x-api-key': own.key, range: 'bytes=0-1' },
    })
    expect(served.status).toBe(206)
    expect([...new Uint8Array(await served.arrayBuffer())]).toEqual([0x1f, 0x8b])

    // The answer to the first try was lost after the issue was made: the next one finds it.
    await vi.waitFor(
      async () => expect((await at('GET', '')).body.issueUrl).toBe('https://github.example/i/0'),
      60_000,
    )
    expect(tracker.made).toHaveLength(1)
    expect(tracker.made[0]).toContain(id)
  })
})

describe('two servers and two workers on one database', () => {
  it('lose nothing and do nothing twice when one of each is killed', async () => {
    const bundle = await buildRegistryProcess('registry-workers')
    const dataDir = join(folder, 'shared')
    const database = await startEmbeddedDatabase(
      join(folder, 'database'),
      createLog(() => {}),
    )
    cleanups.push(() => database.stop())
    const jobTimes = { expireInSeconds: 3, lookSeconds: 1 }
    const start = async (options: ProcessOptions) => {
      const child = spawn(process.execPath, [bundle, dataDir, JSON.stringify({ ...options, jobTimes })], {
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      cleanups.push(() => child.kill('SIGKILL'))
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
      return { child: child as ChildProcess, url: (JSON.parse(line) as { url: string }).url }
    }
    const asServer: ProcessOptions = { databaseUrl: database.adminUrl, scanElsewhere: true }
    const first = await start(asServer)
    const second = await start(asServer)
    const worker: ProcessOptions = { worker: true, databaseUrl: database.adminUrl }
    const key = await readFirstKey(dataDir)
    const admin = createRegistryClient({ url: second.url, apiKey: key })
    const reviewerKey = (await admin.mintKey({ account: 'reviewers', scopes: ['review:write'] })).key
    const reviewer = createRegistryClient({ url: second.url, apiKey: reviewerKey })
    const workers = await Promise.all([start(worker), start(worker)])
    const slugs = Array.from({ length: 10 }, (_, index) => `killed-${index}`)
    const ids: string[] = []
    for (const slug of slugs) ids.push((await admin.submit(await packSample({ slug }))).id)
    // In the middle of the scans.
    workers[0].child.kill('SIGKILL')
    const states = async () => (await admin.submissions()).map(({ state }) => state)
    await vi.waitFor(async () => expect(new Set(await states())).toEqual(new Set(['in_review'])), {
      timeout: 60_000,
      interval: 300,
    })
    // In the middle of the publishing: half of the approvals come through the server that dies.
    const doomed = createRegistryClient({ url: first.url, apiKey: reviewerKey })
    const approvals = ids.map((id, index) => (index % 2 === 0 ? reviewer : doomed).approve(id, 'ok'))
    await Promise.race(approvals)
    first.child.kill('SIGKILL')
    const ended = await Promise.allSettled(approvals)
    // Whoever got no answer asks again, and is told where it was decided already.
    for (const [index, id] of ids.entries())
      if (ended[index]!.status === 'rejected') await reviewer.approve(id, 'ok').catch(() => undefined)
    await vi.waitFor(async () => expect(new Set(await states())).toEqual(new Set(['published'])), {
      timeout: 60_000,
      interval: 300,
    })
    const catalog = (await (await fetch(`${second.url}/catalog.json`)).json()) as {
      skills: { slug: string }[]
    }
    expect(catalog.skills.map(({ slug }) => slug).sort()).toEqual(slugs)
    const client = new pg.Client(database.adminUrl)
    await client.connect()
    await client.query('set role skillet_owner').catch(() => undefined)
    const { rows } = await client.query<{ releases: string; envelopes: string; notes: string }>(
      `select (select count(*) from registry.releases) as releases, (select count(*) from registry.envelopes) as envelopes,
              (select count(distinct submission_id) from registry.releases) as notes`,
    )
    await client.end()
    expect(rows[0]).toEqual({ releases: '10', envelopes: '10', notes: '10' })
  }, 240_000)
})

async function readFirstKey(dataDir: string): Promise<string> {
  return (await readFile(join(dataDir, 'keys', 'first-admin.key'), 'utf8')).trim()
}

import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root, runBuiltCli, startDemoRegistry, type DemoRegistry } from '../support/e2e-registry.ts'

let folder: string
let registry: DemoRegistry
let env: Record<string, string>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-cli-'))
  registry = await startDemoRegistry()
  env = {
    SKILLET_HOME: join(folder, 'home'),
    SKILLET_REGISTRY: registry.url,
    SKILLET_TRUST_ROOT: registry.trustRoot,
    SKILLET_API_KEY: registry.demoKey,
  }
})
afterAll(async () => {
  await registry.stop()
  await rm(folder, { recursive: true, force: true })
})

const cli = (...args: string[]) => runBuiltCli(args, { env })

/** Runs with --json and gives back the status and the one document. */
async function json(...args: string[]): Promise<{ status: number | null; document: never }> {
  const { status, stdout, stderr } = await cli(...args, '--json')
  expect(stderr).toBe('')
  expect(stdout.endsWith('\n')).toBe(true)
  expect(stdout.trimEnd()).not.toContain('\n')
  return { status, document: JSON.parse(stdout) as never }
}
const skill = (slug: string) => join(root, 'skills', slug)

/** A skill of our own in a folder, with this Python program and these lines in its skill.toml. */
async function localSkill(slug: string, program: string, more = ''): Promise<string> {
  const dir = join(folder, 'skills', slug)
  await mkdir(dir, { recursive: true })
  await writeFile(
    join(dir, 'SKILL.md'),
    `---\nname: ${slug}\ndescription: A skill that exists for one test.\n---\n\nRun it.\n`,
  )
  await writeFile(
    join(dir, 'skill.toml'),
    [
      'schema = 1',
      `slug = "${slug}"`,
      'version = "1.0.0"',
      'title = "For one test"',
      'summary = "Exists for one test."',
      'publisher = "tester"',
      'license = "Apache-2.0"',
      'category = "developer"',
      more,
      '[run]',
      'command = ["python3", "main.py"]',
    ].join('\n'),
  )
  await writeFile(join(dir, 'main.py'), program)
  return dir
}

describe('one skill, from search to removal', () => {
  it('doctor says what this computer is, as one document and in words', async () => {
    const { status, document } = await json('doctor')
    expect(status).toBe(0)
    expect(Object.keys(document).toSorted()).toEqual([
      'agents',
      'hardware',
      'keyPlace',
      'keychain',
      'policy',
      'sandbox',
      'trust',
    ])
    expect(document).toMatchObject({
      sandbox: { ready: true },
      trust: { problem: null, root: { version: 1, threshold: 2 } },
    })
    const words = await cli('doctor')
    expect(words.stdout).toContain('Sandbox ready')
    expect(words.stdout).toContain('without a control group (cgroup)')
  })

  it('finds, shows, installs, lists, runs, verifies, inspects and removes', async () => {
    const found = await json('search', 'csv')
    expect(JSON.stringify(found.document)).toContain('csv-profile')
    const shown = await json('show', 'csv-profile')
    expect(shown.document).toMatchObject({ summary: { slug: 'csv-profile' }, manifest: { schema: 1 } })

    const refused = await json('install', 'csv-profile')
    expect(refused).toMatchObject({ status: 3, document: { error: { code: 'PERMISSION_DENIED' } } })
    expect(await json('list')).toMatchObject({ status: 0, document: { skills: [] } })
    expect(await json('run', 'csv-profile', '--input', 'file=/x')).toMatchObject({
      status: 1,
      document: { error: { code: 'NOT_INSTALLED' } },
    })

    const installed = await json('install', 'csv-profile', '--grant', 'fs:read', '--grant', 'fs:write')
    expect(installed).toMatchObject({ status: 0, document: { slug: 'csv-profile' } })
    expect((await cli('list')).stdout).toMatch(/^csv-profile +\d/)

    const file = join(folder, 'data.csv')
    await writeFile(file, 'a,b\n1,x\n2,y\n3,\n')
    const run = await json('run', 'csv-profile', '--input', `file=${file}`)
    expect(run).toMatchObject({ status: 0, document: { exitCode: 0, reason: 'exit', signal: null } })
    expect(Object.keys(run.document).toSorted()).toEqual(
      ['durationMs', 'exitCode', 'reason', 'receipt', 'signal', 'stderr', 'stdout'].toSorted(),
    )
    const streamed = await cli('run', 'csv-profile', '--input', `file=${file}`)
    expect(streamed.status).toBe(0)
    expect(streamed.stdout).toBe((run.document as { stdout: string }).stdout)

    expect(await json('verify')).toMatchObject({ status: 0, document: { ok: true } })
    expect(await json('inspect', 'csv-profile')).toMatchObject({
      status: 0,
      document: {
        kind: 'installed',
        verified: true,
        provenance: { current: { checkedAt: expect.any(String) } },
        publishKey: { status: 'active' },
        trust: { root: { threshold: 2 } },
        withdrawn: null,
      },
    })
    expect((await cli('check-permissions')).stdout).toMatch(/^csv-profile \[fs:read, fs:write\]\n/)
    expect(JSON.stringify((await json('grants', 'list')).document)).toContain('"allow"')

    expect((await cli('grants', 'revoke', 'csv-profile', 'fs:write')).status).toBe(0)
    expect(await json('run', 'csv-profile', '--input', `file=${file}`)).toMatchObject({ status: 3 })
    expect((await cli('grants', 'allow', 'csv-profile', 'fs:write', '--once')).stdout).toContain(
      'the next time it runs',
    )
    const again = () => json('run', 'csv-profile', '--input', `file=${file}`)
    expect(await again()).toMatchObject({ status: 0 })
    expect(await again()).toMatchObject({
      status: 3,
      document: { error: { message: expect.stringContaining('You allowed it once') } },
    })

    expect((await cli('remove', 'csv-profile')).status).toBe(0)
    expect(await json('list')).toMatchObject({ document: { skills: [] } })
    expect(await json('audit', '--verify')).toMatchObject({ status: 0, document: { ok: true } })
    expect((await cli('audit')).stdout.split('\n').length).toBeGreaterThan(4)
  })

  it('check-permissions exits 3 under a policy that allows less', async () => {
    await cli('install', 'csv-profile', '--grant-declared')
    const policy = join(folder, 'policy.json')
    await writeFile(policy, JSON.stringify({ capabilities: ['fs:read'], fs_write_roots: [] }))
    const audit = await json('check-permissions', '--policy', policy)
    expect(audit).toMatchObject({ status: 3, document: { ok: false } })
    await writeFile(policy, '{"capabilities": ["everything"]}')
    expect(await json('check-permissions', '--policy', policy)).toMatchObject({
      status: 3,
      document: { error: { code: 'POLICY_INVALID' } },
    })
  })
})

describe('try', () => {
  it('runs a folder in the sandbox and hands its words over', async () => {
    const dir = await localSkill('echo-words', 'import sys\nprint(sys.argv[1:])\nsys.exit(3)\n')
    const { status, stdout, stderr } = await runBuiltCli(['try', dir, '--', '--json', 'b c'], { env })
    expect(stdout).toBe("['--json', 'b c']\n")
    expect(stderr).toContain('Unverified')
    expect(status).toBe(1)
  })

  it('exits 124 at the time limit and 137 at the memory limit', async () => {
    const loop = await localSkill('endless', 'while True: pass\n', '[sandbox]\ntimeout_s = 1')
    expect(await json('try', loop)).toMatchObject({ status: 124, document: { reason: 'time' } })
    const hog = await localSkill(
      'hog',
      'x = []\nwhile True: x.append(bytearray(10_000_000))\n',
      '[sandbox]\nmemory_mb = 100',
    )
    expect(await json('try', hog)).toMatchObject({ status: 137, document: { reason: 'memory' } })
  })

  it('starts nothing that was not allowed', async () => {
    const dir = await localSkill(
      'writer',
      'open("out/a.txt", "w").write("x")\nprint("wrote")\n',
      '[capabilities]\n"fs:write" = "Keeps a note."\n[sandbox]\nwrite = ["out"]',
    )
    const refused = await json('try', dir)
    expect(refused).toMatchObject({ status: 3, document: { error: { code: 'PERMISSION_DENIED' } } })
    expect(await json('try', dir, '--grant', 'fs:write')).toMatchObject({
      status: 0,
      document: { stdout: 'wrote\n' },
    })
  })
})

describe('lint, pack and inspect', () => {
  it('lints several paths, one document a line', async () => {
    const bad = await localSkill('bad', 'print(1)\n', 'tier = "gold"')
    const { status, stdout } = await cli('lint', skill('csv-profile'), bad, '--json')
    const reports = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { path: string; verdict: string })
    expect(reports.map(({ path, verdict }) => [path, verdict])).toEqual([
      [skill('csv-profile'), 'pass'],
      [bad, 'fail'],
    ])
    expect(status).toBe(1)
    expect((await cli('lint', join(folder, 'nothing-here'))).status).toBe(1)
  })

  it('packs the same bytes each time', async () => {
    const [one, two] = [join(folder, 'one.tgz'), join(folder, 'two.tgz')]
    expect((await cli('pack', skill('csv-profile'), '-o', one)).status).toBe(0)
    expect((await cli('pack', skill('csv-profile'), '-o', two)).status).toBe(0)
    expect(Buffer.compare(await readFile(one), await readFile(two))).toBe(0)
    expect(await json('lint', one)).toMatchObject({ document: { verdict: 'pass' } })
  })

  it('makes a key that only its owner can read and never overwrites one', async () => {
    const [key, trust] = [join(folder, 'key.json'), join(folder, 'root.json')]
    const made = await json('keygen', '-o', key, '--trust-root-out', trust)
    expect(made).toMatchObject({ status: 0, document: { keyid: expect.stringMatching(/^[0-9a-f]{64}$/) } })
    expect((await stat(key)).mode & 0o777).toBe(0o600)
    expect(await json('keygen', '-o', key)).toMatchObject({ status: 2 })
  })

  it('signs a bundle that installs under its own trust root, and not once it was altered', async () => {
    const [key, trust, bundle] = ['key.json', 'root.json', 'csv.skillet'].map((name) => join(folder, name))
    expect((await cli('pack', skill('csv-profile'), '-o', bundle!, '--key', key!)).status).toBe(0)
    const trusting = (file: string) => json('inspect', file, '--trust-root', trust!)
    expect(await trusting(bundle!)).toMatchObject({ status: 0, document: { kind: 'bundle', verified: true } })
    // The registry's trust root does not know this key.
    expect(await json('inspect', bundle!)).toMatchObject({
      status: 4,
      document: { verified: false, problem: { code: 'SIGNER_UNTRUSTED' } },
    })
    const bytes = await readFile(bundle!)
    const at = bytes.indexOf('payload.tgz') + 512 + 40
    bytes[at] = bytes[at]! ^ 1
    const altered = join(folder, 'altered.skillet')
    await writeFile(altered, bytes)
    expect(await trusting(altered)).toMatchObject({ status: 4, document: { verified: false } })

    // Offline: a bundle brings its own signer's trust root, and no registry of another signer is asked.
    const offline = { SKILLET_HOME: join(folder, 'bundle-home'), SKILLET_TRUST_ROOT: trust! }
    const install = async (file: string) => {
      const done = await runBuiltCli(['install', file, '--grant-declared', '--json'], { env: offline })
      return { status: done.status, document: JSON.parse(done.stdout) as unknown }
    }
    expect(await install(altered)).toMatchObject({ status: 4 })
    expect(await install(bundle!)).toMatchObject({ status: 0, document: { slug: 'csv-profile' } })
  })

  it('says of a folder that nothing is proven', async () => {
    expect(await json('inspect', skill('csv-profile'))).toMatchObject({
      status: 0,
      document: { kind: 'folder', verified: false, slug: 'csv-profile' },
    })
    expect((await json('inspect', './nothing-here')).status).toBe(1)
  })
})

describe('bundles', () => {
  it('packs what the registry offers, and installs it without a connection', async () => {
    const bundle = join(folder, 'published.skillet')
    expect(await json('pack', '--bundle', 'csv-profile', '-o', bundle)).toMatchObject({
      status: 0,
      document: { slug: 'csv-profile' },
    })
    expect(await json('inspect', bundle)).toMatchObject({ status: 0, document: { verified: true } })
    const offline = { SKILLET_HOME: join(folder, 'offline-home'), SKILLET_TRUST_ROOT: registry.trustRoot }
    const installed = await runBuiltCli(['install', bundle, '--grant-declared', '--json'], { env: offline })
    expect(installed).toMatchObject({ status: 0 })
    const ran = await runBuiltCli(['list', '--json'], { env: offline })
    expect(ran.stdout).toContain('csv-profile')
    // The same folder gives the same bytes, an edited one is not what was published.
    expect(await json('pack', skill('csv-profile'), '-o', bundle)).toMatchObject({ status: 0 })
    const edited = await localSkill('fresh-bundle', 'print(1)\n')
    expect(await json('pack', edited, '-o', bundle)).toMatchObject({
      status: 1,
      document: { error: { code: 'NOT_FOUND' } },
    })
  })

  it('of one key stand beside each other, whatever order they are opened in', async () => {
    const [key, trust] = [join(folder, 'two.json'), join(folder, 'two-root.json')]
    await json('keygen', '-o', key, '--trust-root-out', trust)
    const bundles: string[] = []
    for (const slug of ['first-of-two', 'second-of-two']) {
      const dir = await localSkill(slug, 'print(1)\n')
      const file = join(folder, `${slug}.skillet`)
      expect(await json('pack', dir, '-o', file, '--key', key)).toMatchObject({ status: 0 })
      bundles.push(file)
    }
    const offline = { SKILLET_HOME: join(folder, 'two-home'), SKILLET_TRUST_ROOT: trust }
    for (const file of bundles.toReversed())
      expect(await runBuiltCli(['install', file, '--json'], { env: offline })).toMatchObject({ status: 0 })
    // A later bundle of the same skill takes the place of the earlier one.
    const again = join(folder, 'again.skillet')
    await json('pack', join(folder, 'skills/first-of-two'), '-o', again, '--key', key)
    expect(await runBuiltCli(['install', again, '--json'], { env: offline })).toMatchObject({ status: 0 })
    const old = await runBuiltCli(['install', bundles[0]!, '--json'], { env: offline })
    expect(JSON.parse(old.stdout)).toMatchObject({ error: { code: 'NOT_CURRENT' } })
  })
})

describe('versions', () => {
  it('are updated, held, gone back to, pinned, repaired, removed and brought back', async () => {
    const admin = (...args: string[]) => json(...args, '--api-key', registry.adminKey)
    const publish = async (version: string, more = '') => {
      const dir = await localSkill('moving-skill', `print("${version}")\n`, more)
      const file = join(dir, 'skill.toml')
      await writeFile(file, (await readFile(file, 'utf8')).replace('"1.0.0"', `"${version}"`))
      const { document } = await admin('publish', dir)
      await admin('registry', 'review', 'approve', (document as { id: string }).id, '--comment', 'Tried.')
    }
    await publish('1.0.0')
    expect(await json('install', 'moving-skill')).toMatchObject({ status: 0 })
    expect(await json('update', '--check')).toMatchObject({ document: { updates: [] } })

    await publish('1.1.0')
    expect(await json('update', '--check')).toMatchObject({
      document: { updates: [{ slug: 'moving-skill', installed: '1.0.0', available: '1.1.0' }] },
    })
    expect((await json('pin', 'moving-skill')).status).toBe(0)
    expect(await json('update', 'moving-skill')).toMatchObject({
      document: { error: { code: 'VERSION_PINNED' } },
    })
    expect((await json('unpin', 'moving-skill')).status).toBe(0)
    expect(await json('update')).toMatchObject({ document: { updated: [{ from: '1.0.0', to: '1.1.0' }] } })
    expect(await json('run', 'moving-skill')).toMatchObject({ document: { stdout: '1.1.0\n' } })

    await publish('1.2.0', '[capabilities]\n"fs:write" = "Keeps notes."\n[sandbox]\nwrite = ["notes"]')
    expect(await json('update')).toMatchObject({
      status: 3,
      document: { held: [{ slug: 'moving-skill', asks: [{ capability: 'fs:write' }] }] },
    })
    expect(await json('update', 'moving-skill', '--grant', 'fs:write')).toMatchObject({ status: 0 })
    expect(await json('rollback', 'moving-skill')).toMatchObject({ document: { version: '1.1.0' } })
    expect(await json('rollback', 'moving-skill', '--to', '1.0.0')).toMatchObject({
      document: { version: '1.0.0' },
    })
    expect(await json('run', 'moving-skill')).toMatchObject({ document: { stdout: '1.0.0\n' } })

    const main = join(env['SKILLET_HOME']!, 'skills/moving-skill/1.0.0/main.py')
    await chmod(main, 0o644)
    await writeFile(main, 'print("edited")\n')
    expect(await json('verify', 'moving-skill')).toMatchObject({ status: 4, document: { ok: false } })
    const repaired = await json('verify', 'moving-skill', '--repair')
    expect(repaired).toMatchObject({
      status: 0,
      document: { ok: true, repaired: [{ changed: ['main.py'] }] },
    })
    const { keptAt } = (repaired.document as { repaired: { keptAt: string }[] }).repaired[0]!
    expect(await readFile(join(keptAt, 'main.py'), 'utf8')).toContain('edited')

    expect((await json('remove', 'moving-skill')).status).toBe(0)
    expect(JSON.stringify((await json('trash', 'list')).document)).toContain('"moving-skill"')
    expect(await json('trash', 'restore', 'moving-skill')).toMatchObject({ status: 0 })
    expect(await json('run', 'moving-skill')).toMatchObject({ document: { stdout: '1.0.0\n' } })
    expect((await json('remove', 'moving-skill')).status).toBe(0)
    expect(await json('trash', 'empty', 'moving-skill', '--yes')).toMatchObject({ status: 0 })
    expect(await json('audit', '--seal')).toMatchObject({ status: 0, document: { problem: null } })
  })
})

describe('publishing and reviewing over HTTP', () => {
  it('goes from a folder to the catalog, and out of use when revoked', async () => {
    const admin = (...args: string[]) => json(...args, '--api-key', registry.adminKey)
    const minted = await admin(
      ...[
        'registry',
        'keys',
        'mint',
        '--account',
        'tester',
        '--scope',
        'write:publish',
        '--scope',
        'read:catalog',
      ],
    )
    const { key } = minted.document as { key: string }
    const dir = await localSkill('fresh-skill', 'print("fresh")\n')
    const published = await json('publish', dir, '--api-key', key)
    expect(published.status).toBe(0)
    const { id } = published.document as { id: string }
    expect(await json('publish', dir)).toMatchObject({ status: 3 })

    expect(JSON.stringify((await admin('registry', 'review', 'list')).document)).toContain(id)
    expect(await admin('registry', 'review', 'show', id)).toMatchObject({ document: { slug: 'fresh-skill' } })
    const approved = await admin('registry', 'review', 'approve', id, '--comment', 'Read and tried.')
    expect(approved).toMatchObject({ status: 0, document: { state: 'published' } })

    expect(await json('install', 'fresh-skill')).toMatchObject({ status: 0 })
    expect(await json('run', 'fresh-skill')).toMatchObject({ status: 0, document: { stdout: 'fresh\n' } })
    const revoked = await admin('registry', 'revoke', 'fresh-skill', '--reason', 'A test of revoking.')
    expect(revoked.status).toBe(0)
    expect(await json('run', 'fresh-skill')).toMatchObject({
      status: 4,
      document: { error: { code: 'REVOKED' } },
    })
    expect(await json('registry', 'keys', 'list')).toMatchObject({ status: 3 })
  })
})

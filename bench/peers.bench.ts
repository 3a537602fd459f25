import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { test } from 'vitest'
import { generateSigningKey } from '../src/trust/sign.ts'
import { tarBytes } from '../src/trust/tar-bytes.ts'
import { startTinyRegistry, textFile } from '../test/support/tiny-registry.ts'

// What a person waits for at a terminal: whole processes that install the same twelve files (40 KB), in turn, each into an
// empty project or home, with a `sync` before each. Medians, and their ratio to a first install from a bundle. "first" is
// the first install on a computer, which builds up all trust from the pinned root; "later" is one on a computer that has
// installed from there before. Needs npm run build. npx vitest run --project bench peers

const rounds = 15
/** The last pnpm that runs on Node, the present one, which is a native program, and the installer of skills. */
const peers = ['pnpm@10.34.8', 'pnpm@12.21.0', 'skills@1.5.18'] as const
const cli = resolve('out/cli/index.cjs')

test('install, as a whole process', async () => {
  const at = mkdtempSync(join(tmpdir(), 'skillet-peers-'))
  const bins = peers.map(installPeer)
  const [pnpmOnNode, pnpm, skills] = bins
  const slug = 'bench-small'
  const files = smallSkill(slug)
  const folder = join(at, slug)
  for (const { path, content } of files) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  const npmTarball = join(at, `${slug}-1.0.0.tgz`)
  const manifest = textFile('package.json', JSON.stringify({ name: slug, version: '1.0.0' }))
  const packed = [manifest, ...files].map((file) => ({ ...file, path: `package/${file.path}` }))
  writeFileSync(npmTarball, gzipSync(tarBytes(packed)))

  const [key, root, bundle] = ['key.json', 'root.json', 'skill.skillet'].map((name) => join(at, name))
  execFileSync(process.execPath, [cli, 'keygen', '-o', key!, '--trust-root-out', root!])
  execFileSync(process.execPath, [cli, 'pack', folder, '-o', bundle!, '--key', key!])
  const registry = await startTinyRegistry(generateSigningKey())
  await registry.publish({
    slug,
    manifest: { capabilities: {}, run: { command: ['python3', 'scripts/part-0.py'], inputs: {} } },
    files,
  })

  const fromBundle = ['--trust-root', root!, 'install', bundle!]
  const fromRegistry = ['--trust-root', registry.trustRoot, '--registry', registry.url, 'install', slug]
  const used = async (words: string[], name: string) => {
    const home = join(at, name)
    await run(process.execPath, [cli, '--home', home, ...words], at)
    await run(process.execPath, [cli, '--home', home, 'remove', slug], at)
    return home
  }
  const usedBundle = await used(fromBundle, 'used-bundle')
  const usedRegistry = await used(fromRegistry, 'used-registry')

  const project = join(at, 'project')
  const home = join(at, 'home')
  const pnpmAdd = (program: string, store: string) =>
    [program, ['add', npmTarball, '--offline', '--store-dir', join(at, store)]] as const
  const skillet = (words: string[]) => [process.execPath, [cli, '--home', home, ...words]] as const
  const contestants: Record<string, { prepare?: () => void; command: readonly [string, readonly string[]] }> =
    {
      'node, nothing else': { command: [process.execPath, ['-e', '0']] },
      'skillet, first, bundle': { command: skillet(fromBundle) },
      'skillet, later, bundle': {
        prepare: () => cpSync(usedBundle, home, { recursive: true }),
        command: skillet(fromBundle),
      },
      'skillet, first, registry': { command: skillet(fromRegistry) },
      'skillet, later, registry': {
        prepare: () => cpSync(usedRegistry, home, { recursive: true }),
        command: skillet(fromRegistry),
      },
      'npm install FILE.tgz --offline': {
        command: [
          'npm',
          ['install', npmTarball, '--offline', '--no-audit', '--no-fund', '--cache', join(at, 'npm')],
        ],
      },
      'pnpm add FILE.tgz, on Node': { command: pnpmAdd(pnpmOnNode!, 'pnpm-10') },
      'pnpm add FILE.tgz, native': { command: pnpmAdd(pnpm!, 'pnpm-12') },
      'skills add DIR --copy': { command: [skills!, ['add', folder, '--copy', '-y', '-a', 'claude-code']] },
    }
  const times = new Map<string, number[]>(Object.keys(contestants).map((name) => [name, []]))
  for (let round = -1; round < rounds; round++)
    for (const [name, { prepare, command }] of Object.entries(contestants)) {
      rmSync(project, { recursive: true, force: true })
      rmSync(home, { recursive: true, force: true })
      mkdirSync(project)
      writeFileSync(join(project, 'package.json'), '{"name":"project","version":"1.0.0","private":true}')
      prepare?.()
      execFileSync('sync')
      const started = performance.now()
      await run(...command, project)
      const took = performance.now() - started
      if (round >= 0) times.get(name)!.push(took)
      assertInstalled(name, slug, { project, home })
    }

  const medians = new Map([...times].map(([name, list]) => [name, median(list)]))
  const ours = medians.get('skillet, first, bundle')!
  console.table(
    [...medians].map(([name, ms]) => ({
      command: name,
      'median ms': ms.toFixed(0),
      ratio: (ms / ours).toFixed(2),
    })),
  )
  const npm = execFileSync('npm', ['--version'], { encoding: 'utf8' }).trim()
  console.log(`node ${process.version}, npm@${npm}, ${peers.join(', ')}, ${rounds} rounds`)
  await registry.stop()
  rmSync(at, { recursive: true, force: true })
})

/** A peer's program, in a folder of its own: nothing of ours depends on it. */
function installPeer(peer: (typeof peers)[number]): string {
  const at = resolve('.cache/bench-peers', peer)
  const [name] = peer.split('@') as [string]
  const program = join(at, 'node_modules/.bin', name)
  if (!existsSync(program)) {
    mkdirSync(at, { recursive: true })
    writeFileSync(join(at, 'package.json'), '{"private":true}')
    execFileSync('npm', ['install', peer, '--no-audit', '--no-fund'], { cwd: at, stdio: 'pipe' })
  }
  return program
}

/** Ten files of words that don't repeat, SKILL.md and skill.toml: 40 KB. */
function smallSkill(slug: string) {
  let state = 1
  const random = (below: number) => (state = (state * 48271) % 2147483647) % below
  const word = () =>
    Array.from({ length: 2 + random(8) }, () => String.fromCharCode(97 + random(26))).join('')
  const text = (mark: string) =>
    Array.from({ length: 70 }, () => mark + Array.from({ length: 8 }, word).join(' ')).join('\n')
  const skillToml = [
    'schema = 1',
    `slug = "${slug}"`,
    'version = "1.0.0"',
    'title = "Bench"',
    'summary = "Twelve files to install."',
    'publisher = "bench"',
    'license = "Apache-2.0"',
    'category = "developer"',
    '[run]',
    'command = ["python3", "scripts/part-0.py"]',
  ].join('\n')
  return [
    textFile('SKILL.md', `---\nname: ${slug}\ndescription: Twelve files to install.\n---\n\n# Bench\n`),
    textFile('skill.toml', `${skillToml}\n`),
    ...Array.from({ length: 5 }, (_, n) => textFile(`scripts/part-${n}.py`, text('# '))),
    ...Array.from({ length: 5 }, (_, n) => textFile(`references/part-${n}.md`, text(''))),
  ]
}

/** A command that ends early because it failed would look fast. */
function assertInstalled(
  name: string,
  slug: string,
  { project, home }: { project: string; home: string },
): void {
  const places: [string, string][] = [
    ['node', '.'],
    ['skillet', join(home, 'skills', slug, '1.0.0')],
    ['npm', join(project, 'node_modules', slug)],
    ['pnpm', join(project, 'node_modules', slug)],
    ['skills', join(project, '.claude/skills', slug)],
  ]
  const place = places.find(([start]) => name.startsWith(start))![1]
  if (place !== '.' && !existsSync(join(place, 'references/part-4.md')))
    throw new Error(`${name} did not install.`)
}

function run(program: string, args: readonly string[], cwd: string): Promise<void> {
  return new Promise((done, fail) => {
    // Where it is set, Node reads some hundred certificates at each start, whatever it runs; most computers don't have it.
    const { NODE_EXTRA_CA_CERTS: _, ...own } = process.env
    const env = { ...own, DISABLE_TELEMETRY: '1', DO_NOT_TRACK: '1', SKILLET_REGISTRY: '' }
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.on('error', fail)
    child.on('close', (code) =>
      code === 0 ? done() : fail(new Error(`${program} ${args.join(' ')} ended with ${code}.\n${said}`)),
    )
  })
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}

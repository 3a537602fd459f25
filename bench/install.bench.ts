import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as tar from 'tar'
import { build } from 'vite'
import { afterAll, beforeAll, test } from 'vitest'
import { threadFiles } from '../scripts/lib/thread-files.mjs'
import { createEngine } from '../src/engine/engine.ts'
import type { Engine } from '../src/engine/api.ts'
import { extractTarball, hasDigest } from '../src/engine/install/extract.ts'
import { toPublishKeys } from '../src/trust/publish-keys.ts'
import { generateSigningKey } from '../src/trust/sign.ts'
import { tarBytes, type TarFile } from '../src/trust/tar-bytes.ts'
import { verifyRelease } from '../src/trust/verify-release.ts'
import { launcher } from '../test/support/sandbox.ts'
import { startTinyRegistry, type TinyRegistry } from '../test/support/tiny-registry.ts'
import type { ExtractTask, MemoryReport } from './support/extract-process.ts'
import { interleave, median, ratio, type Contestant } from './support/rounds.ts'
import { makeContent, type ContentShape } from './support/skill-content.ts'

// What installing costs inside a warm engine, with the final sync, beside the floor (`sha256sum FILE && tar xzf FILE`)
// and the straightforward way (a hash pass, then the `tar` package), in turn within one process, a `sync` before each.
// `verify + extract` proves the signed release, the digest of the tarball and each file, and writes. `whole install` is
// all of `applyInstall`: the registry's lists asked again, record, grants and journal.
// npx vitest run --project bench bench/install.bench.ts

interface Case extends ContentShape {
  readonly name: string
  readonly rounds: number
}
const cases: Case[] = [
  { name: 'small', files: 12, bytes: 40_000, random: 0, rounds: 31 },
  { name: 'medium', files: 300, bytes: 8_000_000, random: 0.3, rounds: 15 },
  { name: 'large', files: 3000, bytes: 150_000_000, random: 0.3, rounds: 5 },
  { name: 'large, all text', files: 3000, bytes: 150_000_000, random: 0, rounds: 3 },
  { name: 'large, nothing to compress', files: 3000, bytes: 150_000_000, random: 1, rounds: 3 },
]

const key = generateSigningKey()
const keys = toPublishKeys([key.publicKey])
let folder: string
let registry: TinyRegistry
let engine: Engine
let targets = 0

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skillet-bench-'))
  registry = await startTinyRegistry(key)
  engine = await createEngine({
    home: join(folder, 'home'),
    registryUrl: registry.url,
    trustRootFile: registry.trustRoot,
    apiKey: null,
    launcher,
  })
})
afterAll(async () => {
  await engine.close()
  await registry.stop()
  rmSync(folder, { recursive: true, force: true })
}, 600_000)

test.each(cases)('$name', async (one) => {
  const slug = slugOf(one)
  const files = makeContent(one)
  const { path, release, envelope } = await publish(slug, files)
  files.length = 0
  let target = ''
  const fresh = () => {
    target = newFolder()
  }
  let planId = ''

  const contestants: Contestant[] = [
    {
      name: 'verify + extract',
      before: fresh,
      async work() {
        const proven = verifyRelease(envelope, keys, { slug, version: release.version }).release
        if (!(await hasDigest(path, proven.tarball))) throw new Error('digest')
        await extractTarball(path, proven, join(target, 'files'))
      },
    },
    {
      name: 'whole install',
      async before() {
        if ((await engine.installed()).length > 0) await engine.remove(slug)
        planId = (await engine.planInstall({ slug })).planId
      },
      work: () => engine.applyInstall(planId, { 'fs:read': { decision: 'allow' } }, 'cli'),
    },
    {
      name: 'sha256sum && tar xzf',
      before: fresh,
      work: () => shell(`sha256sum "$1" && tar xzf "$1" -C "$2" && sync -f "$2"`, path, target),
    },
    {
      name: 'hash pass + tar package',
      before: fresh,
      async work() {
        const hash = createHash('sha256')
        for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
        if (hash.digest('hex') !== release.tarball.sha256) throw new Error('digest')
        await tar.extract({ file: path, cwd: target, strict: true })
        await shell(`sync -f "$1"`, target)
      },
    },
  ]
  const times = await interleave(contestants, one.rounds)
  const floor = times.get('sha256sum && tar xzf')!
  const peer = times.get('hash pass + tar package')!
  console.table(
    [...times].map(([name, values]) => ({
      [one.name]: name,
      median: `${median(values).toFixed(1)} ms`,
      'to sha256sum && tar': ratio(values, floor).toFixed(2),
      'to hash pass + tar package': ratio(values, peer).toFixed(2),
    })),
  )
  await engine.remove(slug)
})

test('memory over idle', async () => {
  const script = await bundleProcess()
  const rows = []
  for (const one of cases.slice(1)) {
    const { path, release } = await publish(`memory-${slugOf(one)}`, makeContent(one))
    const target = newFolder()
    const task: ExtractTask = {
      tarball: path,
      release,
      warmUp: join(target, 'warm-up'),
      folder: join(target, 'files'),
    }
    const taskFile = join(folder, 'task.json')
    const reportFile = join(folder, 'report.json')
    writeFileSync(taskFile, JSON.stringify(task))
    await shell('"$1" "$2" "$3" > "$4"', process.execPath, script, taskFile, reportFile)
    const { idle, peak } = JSON.parse(readFileSync(reportFile, 'utf8')) as MemoryReport
    const mib = (bytes: number) => `${(bytes / 1024 ** 2).toFixed(1)} MiB`
    rows.push({ content: one.name, idle: mib(idle), peak: mib(peak), 'over idle': mib(peak - idle) })
  }
  console.table(rows)
})

async function bundleProcess(): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'error',
    plugins: [threadFiles()],
    build: {
      ssr: join(import.meta.dirname, 'support/extract-process.ts'),
      outDir: join(folder, 'process'),
      target: 'node20',
      rollupOptions: { output: { entryFileNames: 'extract.mjs', format: 'es' } },
    },
    ssr: { noExternal: true },
  })
  return join(folder, 'process/extract.mjs')
}

function slugOf({ name }: Case): string {
  return name.replaceAll(/[^a-z]+/g, '-')
}

/**
 * Nothing is deleted before the end: for minutes after a deletion ext4 looks at each inode that it freed before it makes
 * a file, which takes longer than all else.
 */
function newFolder(): string {
  const path = join(folder, `target-${targets++}`)
  mkdirSync(path)
  return path
}

async function publish(slug: string, files: TarFile[]) {
  const tarball = new Uint8Array(gzipSync(tarBytes(files)))
  const path = join(folder, `${slug}.tgz`)
  writeFileSync(path, tarball)
  const { envelope, release } = await registry.publish({ slug, files, tarball })
  return { path, release, envelope }
}

function shell(command: string, ...args: string[]): Promise<void> {
  return new Promise((done, fail) => {
    spawn('bash', ['-c', command, 'bash', ...args], { stdio: ['ignore', 'ignore', 'inherit'] })
      .on('close', (code) => (code === 0 ? done() : fail(new Error(`${command}: ${code}`))))
      .on('error', fail)
  })
}

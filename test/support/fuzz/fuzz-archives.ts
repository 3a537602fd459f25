import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { extractInThread } from '../../../src/engine/install/extract.ts'
import { extractSmall } from '../../../src/engine/install/extract-small.ts'
import { SkilletError } from '../../../src/shared/errors.ts'
import type { ReleaseFile } from '../../../src/shared/release.ts'
import { tarBytes, type TarFile } from '../../../src/trust/tar-bytes.ts'
import { lenientListing } from './listing.ts'
import { mutateArchive } from './mutate-archive.ts'
import { createRandom, type Random } from './random.ts'
import { describeTree, treeOfFiles } from './tree.ts'

export interface FuzzCounts {
  cases: number
  accepted: number
  /** How often each code refused. */
  refused: Record<string, number>
}

export interface FuzzFailure {
  /** Makes the same case again. */
  seed: number
  problem: string
}

export interface FuzzOptions {
  /** Folder of archives to begin with. */
  readonly corpus: string
  /** The first case's; each further case has a seed of its own. */
  readonly seed: number
  /** Stops at the first of these. */
  readonly forMs: number
  readonly maxCases?: number
  /** In place of the installer's two ways. */
  readonly extract?: Extract
}

export type Extract = (tarball: string, files: ReleaseFile[], folder: string) => Promise<void>

const refusals = new Set(['ARCHIVE_UNSAFE', 'TOO_LARGE', 'PAYLOAD_MISMATCH'])
/** Longer than any archive of a few MiB can take: then it hangs. */
const hangMs = 30_000

/**
 * Mutates archives and gives them to the installer's own two ways of extracting, against the release of the archive
 * before it was mutated or against one that lists whatever is in it. Each case ends in a refusal with one of three
 * codes, or in a folder that equals the release byte for byte; nothing around the folder changes.
 */
export async function fuzzArchives({
  corpus,
  seed,
  forMs,
  maxCases = Infinity,
  extract,
}: FuzzOptions): Promise<{ counts: FuzzCounts; failure: FuzzFailure | null }> {
  const outer = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'skillet-fuzz-'))
  const bases = { hostile: fromFolder(corpus), sound: crafted() }
  const ways: Extract[] = extract ? [extract] : [extractSmall, extractInThread]
  const counts: FuzzCounts = { cases: 0, accepted: 0, refused: {} }
  try {
    await mkdir(join(outer, 'canary'))
    await mkdir(join(outer, 'staging'))
    await writeFile(join(outer, 'escaped'), 'as it was')
    await writeFile(join(outer, 'staging', 'SKILL.md'), 'as it was')
    const around = await describeTree(outer)
    const until = performance.now() + forMs
    for (let caseSeed = seed >>> 0; counts.cases < maxCases && performance.now() < until; caseSeed++) {
      const problem = await tryOne(createRandom(caseSeed), bases, { outer, around, ways, counts })
      counts.cases++
      if (problem !== null) return { counts, failure: { seed: caseSeed, problem } }
    }
    return { counts, failure: null }
  } finally {
    // What hangs may still write.
    await rm(outer, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}

interface Place {
  outer: string
  around: string[]
  ways: Extract[]
  counts: FuzzCounts
}

/** Null when all is well. */
async function tryOne(
  random: Random,
  { hostile, sound }: { hostile: readonly Buffer[]; sound: readonly Buffer[] },
  { outer, around, ways, counts }: Place,
): Promise<string | null> {
  const base = random.pick(random.chance(0.6) ? sound : hostile)
  const packed = mutateArchive(random, base, [...hostile, ...sound], join(outer, 'canary'))
  const files = await lenientListing(random.chance(0.5) ? packed : base)
  const tarball = join(outer, 'staging', 'payload.tgz')
  const folder = join(outer, 'staging', 'files')
  await writeFile(tarball, packed)
  const outcome = await withWatch(random.pick(ways)(tarball, files, folder))
  await rm(tarball)
  const problem = await judge(outcome, files, folder)
  if (problem !== null) return problem
  await rm(folder, { recursive: true, force: true })
  const now = await describeTree(outer)
  if (now.join('\n') !== around.join('\n')) return `something changed outside: ${now.join(', ')}`
  if (outcome === 'accepted') counts.accepted++
  else counts.refused[outcome.code] = (counts.refused[outcome.code] ?? 0) + 1
  return null
}

type Outcome = 'accepted' | { code: string; error: unknown }

async function withWatch(work: Promise<void>): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined
  const hang = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve({ code: 'HANGS', error: null }), hangMs)
  })
  const end = work.then(
    (): Outcome => 'accepted',
    (error: unknown): Outcome => ({ code: error instanceof SkilletError ? error.code : 'CRASHES', error }),
  )
  const outcome = await Promise.race([end, hang])
  clearTimeout(timer)
  return outcome
}

async function judge(outcome: Outcome, files: ReleaseFile[], folder: string): Promise<string | null> {
  if (outcome !== 'accepted') {
    if (refusals.has(outcome.code)) return null
    return `${outcome.code}: ${outcome.error instanceof Error ? outcome.error.stack : String(outcome.error)}`
  }
  const found = (await describeTree(folder)).sort()
  const wanted = treeOfFiles(files).sort()
  return found.join('\n') === wanted.join('\n')
    ? null
    : `accepted ${found.join(', ')} where the release lists ${wanted.join(', ')}`
}

function fromFolder(folder: string): Buffer[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.tgz'))
    .map((name) => readFileSync(join(folder, name)))
}

/** Plain archives of our own, so that mutations of what is well-formed are common. */
function crafted(): Buffer[] {
  const file = (path: string, size: number, executable = false): TarFile => ({
    path,
    content: new Uint8Array(Buffer.alloc(size, path)),
    executable,
  })
  return [
    [file('SKILL.md', 10)],
    [file('SKILL.md', 512), file('a/b/c.txt', 513), file('run.sh', 0, true)],
    [file('SKILL.md', 1), file(`${'long/'.repeat(25)}é.txt`, 1025), file('data.bin', 300_000)],
    Array.from({ length: 60 }, (_, index) => file(`many/${index}.txt`, index * 7)),
  ].map((files) => gzipSync(tarBytes(files)))
}

/** For the caller's report. */
export function freshSeed(): number {
  return Math.floor(Math.random() * 2 ** 32)
}

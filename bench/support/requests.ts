import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const program = createRequire(import.meta.url).resolve('autocannon')

export interface Load {
  readonly perSecond: number
  readonly total: number
  /** Milliseconds. */
  readonly p99: number
  /** Answers of another kind than was wanted, and connections that broke. */
  readonly refused: number
}

/** Asks for these in turn, as often as it can, or `perSecond`, for `seconds` over ten connections, from a process of its own. */
export async function load(
  url: string,
  paths: readonly string[],
  {
    seconds,
    headers = {},
    wanted = 200,
    perSecond,
  }: { seconds: number; headers?: Record<string, string>; wanted?: number; perSecond?: number },
): Promise<Load> {
  const folder = await mkdtemp(join(tmpdir(), 'requests-'))
  const list = join(folder, 'list.har')
  const sent = Object.entries(headers).map(([name, value]) => ({ name, value }))
  const entries = paths.map((path) => ({ request: { method: 'GET', url: url + path, headers: sent } }))
  await writeFile(list, JSON.stringify({ log: { entries } }))
  const often = ['--connections', '10', '--duration', String(seconds)]
  if (perSecond !== undefined) often.push('--overallRate', String(perSecond))
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [program, '--json', '--no-progress', ...often, '--har', list, url],
      { maxBuffer: 1e8 },
    )
    const said = JSON.parse(stdout) as {
      requests: { average: number; total: number }
      latency: { p99: number }
      errors: number
      statusCodeStats: Record<string, { count: number }>
    }
    const right = said.statusCodeStats[String(wanted)]?.count ?? 0
    const all = Object.values(said.statusCodeStats).reduce((sum, { count }) => sum + count, 0)
    return {
      perSecond: said.requests.average,
      total: said.requests.total,
      p99: said.latency.p99,
      refused: said.errors + all - right,
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

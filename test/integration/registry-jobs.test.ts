import { EventEmitter, once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPool } from '../../src/registry/db/database.ts'
import { createJobs, type Jobs } from '../../src/registry/jobs/jobs.ts'
import { openAsOwner, startTestRegistry, type TestRegistry } from '../support/registry.ts'

let test: TestRegistry
/** Without somebody who tries skills out the registry itself leaves the queue `trial` alone. */
const queue = 'trial'

beforeAll(async () => {
  test = await startTestRegistry()
})
afterAll(() => test.remove())

async function open(times: Parameters<typeof createJobs>[2] = {}) {
  const log: string[] = []
  const { database, pool } = openPool(test.registry.databaseUrl, () => {})
  const jobs = await createJobs(pool, (_level, event) => log.push(event), times)
  return { database, pool, jobs, log }
}

async function send(
  { jobs, database }: { jobs: Jobs } & Pick<ReturnType<typeof openPool>, 'database'>,
  trial: string,
) {
  await database.transaction().execute((transaction) => jobs.send(transaction, queue, { trial }))
}

const stateOf = async (trial: string) =>
  (await test.sql(`select state from pgboss.job where data ->> 'trial' = $1`, [trial]))[0]?.['state']

describe('a worker that stops', () => {
  it('does what the database was just giving it, and says so there', async () => {
    const worker = await open()
    await send(worker, 'just-given')
    const owner = await openAsOwner(test)
    await owner.query('begin; lock table pgboss.job in access exclusive mode')
    const done: string[] = []
    await worker.jobs.work({ [queue]: async ([one]) => void done.push(one!.data.trial) })
    const waiting = () =>
      test
        .sql(`select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%pgboss.job%'`)
        .then((rows) => rows.length)
    await expect.poll(waiting).toBeGreaterThan(0)
    const stopped = worker.jobs.stop()
    await owner.query('commit')
    await owner.end()
    await stopped
    await worker.database.destroy()
    expect(done).toEqual(['just-given'])
    expect(await stateOf('just-given')).toBe('completed')
    expect(worker.log).toEqual([])
  })

  it('leaves what takes too long to another, and outlives its late end', async () => {
    const worker = await open({ stopSeconds: 0.1 })
    await send(worker, 'too-long')
    const late = new EventEmitter()
    const end = once(late, 'end')
    await worker.jobs.work({ [queue]: async () => void (late.emit('begin'), await end) })
    await once(late, 'begin')
    await worker.jobs.stop()
    await worker.database.destroy()
    expect(await stateOf('too-long')).toBe('retry')
    late.emit('end')
    await expect.poll(() => worker.log).toContain('jobs.failed')
    const other = await open()
    await other.jobs.work({ [queue]: async () => {} })
    await expect.poll(() => stateOf('too-long'), { timeout: 20_000 }).toBe('completed')
    await other.jobs.stop()
    await other.database.destroy()
  })
})

describe('a worker whose database goes away', () => {
  it('lives on, and says that a job’s end could not be written', async () => {
    const worker = await open()
    await send(worker, 'gone')
    await worker.jobs.work({ [queue]: () => worker.database.destroy() })
    await expect.poll(() => worker.log, { timeout: 10_000 }).toContain('jobs.failed')
    expect(await stateOf('gone')).toBe('active')
    await worker.jobs.stop()
  })
})

import type pg from 'pg'
import { openDatabase } from '../../src/registry/db/database.ts'
import { revoke } from '../../src/registry/revocations.ts'
import { call } from './registry-calls.ts'
import type { TestRegistry } from './registry.ts'

/** A call that is made often, or by many. */
export interface HotCall {
  readonly name: string
  make(): Promise<number>
}

/** The calls that must not slow down as a registry grows, as tenant 1 of `growRegistry`, a reviewer and an administrator. */
export async function hotCalls(test: TestRegistry, admin: pg.Client): Promise<HotCall[]> {
  const { key } = await test.mint({
    account: 'grown-1',
    scopes: [
      ...(['read:catalog', 'read:bundles', 'read:installs', 'read:usage', 'write:publish'] as const),
      ...(['write:bundles', 'write:fleets', 'write:webhooks', 'write:account'] as const),
    ],
    tier: 'pro_plus',
  })
  const one = async (text: string) => {
    const { rows } = await admin.query<{ value: string }>(
      `select ${text} and account_id = (select id from registry.accounts where name = 'grown-1') limit 1`,
    )
    return rows[0]!.value
  }
  const fleet = await one(`id as value from registry.fleets where true`)
  const bundle = await one(`bundle_id as value from registry.fleets where id = '${fleet}'`)
  const submission = await one(`id as value from registry.submissions where true`)
  const slug = await one(`slug as value from registry.bundle_skills where bundle_id = '${bundle}'`)
  const webhook = await one(`id as value from registry.webhooks where true`)
  const tarball = await admin.query<{ value: string }>(
    `select tarball_sha256 as value from registry.releases where slug = 'grown-7'`,
  )
  // What keys without a tier of their own go by.
  await admin.query(
    `insert into registry.entitlements (account_id, tier, source)
     select id, 'pro_plus', 'test' from registry.accounts where name = 'grown-1' on conflict do nothing`,
  )
  const { url } = test.registry
  const owner = { 'x-api-key': key }
  const staff = { 'x-api-key': test.adminKey }
  const made = await call(url, 'POST', `/api/fleets/${fleet}/keys`, owner, { label: 'Machines' })
  const shared = await call(url, 'POST', `/api/bundles/${bundle}/tokens`, owner, { label: 'Friends' })
  const machine = { 'x-api-key': made.body.key as string }
  const friend = { 'x-api-key': shared.body.key as string }
  await call(url, 'PUT', `/api/bundles/${bundle}/samples`, owner, { on: true })

  const hot = (
    name: string,
    method: string,
    path: string,
    who: Record<string, string> = {},
    body?: unknown,
  ): HotCall => ({ name, make: async () => (await call(url, method, path, who, body)).status })
  const sample = { slug, version: '1.0.0', user: '0'.repeat(64), sample: {} }
  return [
    hot('access', 'GET', `/api/skills/access?slug=${slug}`, owner),
    hot('access, shared', 'GET', `/api/skills/access?slug=${slug}`, friend),
    hot('a release', 'GET', '/releases/grown-7/1.0.0.dsse.json'),
    hot('a tarball', 'GET', `/tarballs/${tarball.rows[0]!.value}.tgz`),
    hot('submissions of an account', 'GET', '/api/submissions?of=account', owner),
    hot('submissions of all', 'GET', '/api/submissions', staff),
    hot('a submission', 'GET', `/api/submissions/${submission}`, owner),
    hot('the queue', 'GET', '/api/review/queue', staff),
    hot('the queue, published', 'GET', '/api/review/queue?state=published', staff),
    hot('the queue, next page', 'GET', `/api/review/queue?state=published&after=${submission}`, staff),
    hot('the queue, one skill', 'GET', `/api/review/queue?state=published&slug=${slug}`, staff),
    hot('the queue, appealed', 'GET', '/api/review/queue?appealed=true', staff),
    hot('test runs', 'GET', `/api/submissions/${submission}/trials`, staff),
    hot('bundles', 'GET', '/api/bundles', owner),
    hot('a bundle', 'GET', `/api/bundles/${bundle}`, owner),
    hot('fleets', 'GET', '/api/fleets', owner),
    hot('machines', 'GET', `/api/fleets/${fleet}/machines`, owner),
    hot('what a machine should have', 'GET', '/api/fleet', machine),
    hot('what a machine has', 'PUT', `/api/fleet/machines/${'f'.repeat(64)}`, machine, {
      name: 'One more',
      revision: 1,
      skills: [{ slug, version: '1.0.0' }],
    }),
    hot('a sample', 'POST', '/api/samples', machine, sample),
    hot('samples', 'GET', `/api/bundles/${bundle}/samples`, owner),
    hot('keys of an account', 'GET', '/api/account/keys', owner),
    hot('keys of all', 'GET', '/api/keys', staff),
    hot('keys of one account, to an administrator', 'GET', '/api/keys?account=grown-1', staff),
    hot('members', 'GET', '/api/account/members', owner),
    hot('notifications', 'GET', '/api/account/notifications', owner),
    hot('notifications, read', 'POST', '/api/account/notifications/read', owner),
    hot('the journal', 'GET', '/api/account/journal', owner),
    hot('the journal, before', 'GET', '/api/account/journal?before=5000', owner),
    hot('webhooks', 'GET', '/api/webhooks', owner),
    hot('deliveries', 'GET', `/api/webhooks/${webhook}/deliveries`, owner),
    hot('usage', 'GET', '/api/usage?days=365', owner),
    hot('open reports', 'GET', '/api/reports', staff),
    hot('a report', 'POST', '/api/reports', owner, { slug, kind: 'malware', words: 'It steals.' }),
    hot('status', 'GET', '/status'),
    hot('what happened', 'GET', '/changelog'),
    {
      name: 'a withdrawal',
      // Without the signed lists that would follow: what is made up here can't be listed.
      async make() {
        const database = openDatabase(test.registry.databaseUrl, () => {})
        try {
          await revoke(
            { database, jobs: { send: async () => {} } },
            { name: 'somebody' },
            { slug, version: '1.0.0', reason: 'It steals.', severity: 'high', rotate: [] },
          )
          return 200
        } finally {
          await database.destroy()
        }
      },
    },
  ]
}

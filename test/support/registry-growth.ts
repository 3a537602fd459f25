import type pg from 'pg'

/** One tenant in so many rows of each table: what belongs to one account stays the same as a registry grows. */
const rowsPerTenant = 100

/** An id (RFC 9562 §5.4) that SQL makes of a number; each table has its own. */
const idOf = (number: string) => `('00000000-0000-4000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`
const account = idOf(`1 + i % $2::int`)
/** Of what waits for somebody there is as much however large a registry has grown. */
const waits = `i % $2::int = 1`
const key = `encode(sha256(('grown' || i)::bytea), 'hex')`

/** Statement for each table; `i` runs from 1 to $1, and there are $2 tenants. */
const statements: readonly [table: string, columns: string, values: string][] = [
  ['accounts', 'id, name', `${idOf('i')}, 'grown-' || i`],
  ['users', 'id, login, name', `${idOf('i')}, 'grown-' || i, 'Grown'`],
  ['memberships', 'account_id, user_id, role', `${account}, ${idOf('i')}, 'publisher'`],
  ['sessions', 'user_id, digest, expires_at', `${idOf('i')}, ${key}, now() + interval '1 day'`],
  ['skills', 'slug, account_id', `'grown-' || i, ${account}`],
  [
    'submissions',
    'id, account_id, slug, version, state, tarball_sha256, tarball_size, created_at',
    `${idOf('i')}, ${account}, 'grown-' || i, '1.0.0',
     case when ${waits} then 'in_review' when i % 1000 = 2 then 'rejected' else 'published' end, ${key}, 1000, now() - i * interval '1 second'`,
  ],
  [
    'submission_steps',
    'submission_id, account_id, step, state',
    `${idOf('i')}, ${account}, 'lint', 'passed'`,
  ],
  [
    'submission_decisions',
    'submission_id, account_id, round, reviewer, reviewer_id, decision, comment',
    `${idOf('i')}, ${account}, 1, 'reviewers', ${idOf('i')}, 'approve', ''`,
  ],
  [
    'appeals',
    'submission_id, account_id, words, answered_at',
    `${idOf('i')}, ${account}, 'Please.', case when ${waits} then null else now() end`,
  ],
  ['trial_runs', 'submission_id, account_id, reviewer, inputs', `${idOf('i')}, ${account}, 'r', '{}'`],
  [
    'releases',
    'slug, version, submission_id, tier, tarball_sha256, tarball_size, skill, published_at',
    `'grown-' || i, '1.0.0', ${idOf('i')}, 'free', ${key}, 1000, '{"alternatives": []}', now()`,
  ],
  [
    'envelopes',
    'slug, version, keyid, sha256, size, envelope',
    `'grown-' || i, '1.0.0', (select keyid from envelopes order by seq limit 1), ${key}, 1000, '{}'`,
  ],
  [
    'revocations',
    'slug, version, reason, severity, rotate, revoked_at',
    `'grown-' || i, '0.9.0', 'It steals.', 'high', '{}', now()`,
  ],
  ['bundles', 'id, account_id, name, title', `${idOf('i')}, ${account}, 'bundle-' || i, 'Grown'`],
  ['bundle_skills', 'bundle_id, account_id, slug', `${idOf('i')}, ${account}, 'grown-' || i`],
  [
    'bundle_revisions',
    'bundle_id, account_id, revision, skills, pushed_by',
    `${idOf('i')}, ${account}, 1, '[]', 'grown'`,
  ],
  [
    'fleets',
    'id, account_id, bundle_id, name, revision',
    `${idOf('i')}, ${account}, ${idOf('i')}, 'fleet-' || i, 1`,
  ],
  [
    'machines',
    'id, account_id, fleet_id, machine_hash, name',
    `${idOf('i')}, ${account}, ${idOf('i')}, ${key}, 'grown'`,
  ],
  [
    'machine_skills',
    'machine_id, account_id, slug, version',
    `${idOf('i')}, ${account}, 'grown-' || i, '1.0.0'`,
  ],
  [
    'api_keys',
    'account_id, label, prefix, digest, scopes, created_at',
    `${account}, 'Grown', substr(${key}, 1, 6), ${key}, '{read:catalog}', now() - i * interval '1 second'`,
  ],
  [
    'webhooks',
    'id, account_id, url, events, secret',
    `${idOf('i')}, ${account}, 'https://example.com', '{skill.revoked}', ''`,
  ],
  [
    'webhook_deliveries',
    'account_id, webhook_id, event, payload',
    `${account}, ${idOf('i')}, 'skill.revoked', '{}'`,
  ],
  [
    'suppressions',
    'account_id, slug, fingerprint, rule, reason, reviewer',
    `${account}, 'grown-' || i, '', '', '', ''`,
  ],
  ['notifications', 'account_id, kind, words', `${account}, 'skill.revoked', 'It was withdrawn.'`],
  [
    'reports',
    'account_id, slug, version, kind, severity, words, state, created_at',
    `${account}, 'grown-' || i, '*', 'malware', 'high', 'It steals.', case when ${waits} then 'open' else 'dismissed' end,
     now() - i * interval '1 second'`,
  ],
  [
    'incidents',
    'slug, version, severity, title, words, started_at, resolved_at',
    `'grown-' || i, '*', 'high', 'It', 'It', now() - i * interval '1 second', now()`,
  ],
  ['audit_log', 'account_id, actor, action, target', `${account}, 'grown', 'key.made', 'x'`],
  [
    'telemetry_events',
    'event, slug, version, agent_class, user_hash, at',
    `'use', 'grown-' || i, '1.0.0', 'x', '', now() - i * interval '1 second'`,
  ],
  [
    'payload_samples',
    'account_id, bundle_id, slug, version, user_hash, sample',
    `${account}, ${idOf('i')}, 'grown-' || i, '1.0.0', '', '{}'`,
  ],
  ['rate_limits', 'key, points, expire', `'grown' || i, 1, 0`],
]

/** Tables that {@link growRegistry} fills. */
export const grownTables: readonly string[] = statements.map(([table]) => table)

/**
 * Fills every table that grows with use with so many rows, of `rows / 100` tenants that are all alike. One release must
 * have been published before. `admin` steps around every wall.
 */
export async function growRegistry(admin: pg.Client, rows: number): Promise<void> {
  await admin.query('set search_path = registry')
  // What they refer to is there; looking it up each time takes most of the time.
  await admin.query('set session_replication_role = replica')
  await admin.query(`set maintenance_work_mem = '256MB'`)
  const tenants = Math.ceil(rows / rowsPerTenant)
  for (const [table, columns, values] of statements) {
    // Making an index of what is there takes less than adding to it row by row.
    const { rows: indexes } = await admin.query<{ name: string; definition: string }>(
      `select indexrelid::regclass as name, pg_get_indexdef(indexrelid) as definition
       from pg_index where indrelid = $1::regclass and not indisunique`,
      [table],
    )
    for (const { name } of indexes) await admin.query(`drop index ${name}`)
    await admin.query(
      `insert into ${table} (${columns}) select ${values} from generate_series(1, $1::int) i where $2::int > 0`,
      [rows, tenants],
    )
    for (const { definition } of indexes) await admin.query(definition)
  }
  await admin.query('reset session_replication_role')
  await admin.query('vacuum analyze')
}

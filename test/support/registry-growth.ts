import type pg from 'pg'

/** One tenant in so many rows of each table: what belongs to one account stays the same as a registry grows. */
const rowsPerTenant = 100

/** An id (RFC 9562 §5.4) that SQL derives from what it is of. */
const idOf = (kind: string, number: string) =>
  `overlay(overlay(md5('${kind}' || (${number})) placing '4' from 13) placing '8' from 17)::uuid`
const account = idOf('account', `1 + i % greatest(1, $2::int)`)
const key = `encode(sha256(('grown' || i)::bytea), 'hex')`

/** Statement for each table; `i` runs from $1 up, and there are $2 tenants. */
const statements: readonly [table: string, columns: string, values: string][] = [
  ['accounts', 'id, name', `${idOf('account', 'i')}, 'grown-' || i`],
  ['users', 'id, login, name', `${idOf('user', 'i')}, 'grown-' || i, 'Grown'`],
  ['memberships', 'account_id, user_id, role', `${account}, ${idOf('user', 'i')}, 'publisher'`],
  ['sessions', 'user_id, digest, expires_at', `${idOf('user', 'i')}, ${key}, now() + interval '1 day'`],
  ['skills', 'slug, account_id', `'grown-' || i, ${account}`],
  [
    'submissions',
    'id, account_id, slug, version, state, tarball_sha256, tarball_size, created_at',
    `${idOf('submission', 'i')}, ${account}, 'grown-' || i, '1.0.0',
     case i % 1000 when 1 then 'in_review' when 2 then 'rejected' else 'published' end, ${key}, 1000, now() - i * interval '1 second'`,
  ],
  [
    'submission_steps',
    'submission_id, account_id, step, state',
    `${idOf('submission', 'i')}, ${account}, 'lint', 'passed'`,
  ],
  [
    'submission_decisions',
    'submission_id, account_id, round, reviewer, reviewer_id, decision, comment',
    `${idOf('submission', 'i')}, ${account}, 1, 'reviewers', ${idOf('user', 'i')}, 'approve', ''`,
  ],
  [
    'appeals',
    'submission_id, account_id, words, answered_at',
    `${idOf('submission', 'i')}, ${account}, 'Please.', case i % 1000 when 1 then null else now() end`,
  ],
  [
    'trial_runs',
    'submission_id, account_id, reviewer, inputs',
    `${idOf('submission', 'i')}, ${account}, 'r', '{}'`,
  ],
  [
    'releases',
    'slug, version, submission_id, tier, tarball_sha256, tarball_size, skill, published_at',
    `'grown-' || i, '1.0.0', ${idOf('submission', 'i')}, 'free', ${key}, 1000, '{"alternatives": []}', now()`,
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
  ['bundles', 'id, account_id, name, title', `${idOf('bundle', 'i')}, ${account}, 'bundle-' || i, 'Grown'`],
  ['bundle_skills', 'bundle_id, account_id, slug', `${idOf('bundle', 'i')}, ${account}, 'grown-' || i`],
  [
    'bundle_revisions',
    'bundle_id, account_id, revision, skills, pushed_by',
    `${idOf('bundle', 'i')}, ${account}, 1, '[]', 'grown'`,
  ],
  [
    'fleets',
    'id, account_id, bundle_id, name, revision',
    `${idOf('fleet', 'i')}, ${account}, ${idOf('bundle', 'i')}, 'fleet-' || i, 1`,
  ],
  [
    'machines',
    'id, account_id, fleet_id, machine_hash, name',
    `${idOf('machine', 'i')}, ${account}, ${idOf('fleet', 'i')}, ${key}, 'grown'`,
  ],
  [
    'machine_skills',
    'machine_id, account_id, slug, version',
    `${idOf('machine', 'i')}, ${account}, 'grown-' || i, '1.0.0'`,
  ],
  [
    'api_keys',
    'account_id, label, prefix, digest, scopes, created_at',
    `${account}, 'Grown', substr(${key}, 1, 6), ${key}, '{read:catalog}', now() - i * interval '1 second'`,
  ],
  [
    'webhooks',
    'id, account_id, url, events, secret',
    `${idOf('webhook', 'i')}, ${account}, 'https://example.com', '{skill.revoked}', ''`,
  ],
  [
    'webhook_deliveries',
    'account_id, webhook_id, event, payload',
    `${account}, ${idOf('webhook', 'i')}, 'skill.revoked', '{}'`,
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
    `${account}, 'grown-' || i, '*', 'malware', 'high', 'It steals.', case i % 1000 when 1 then 'open' else 'dismissed' end,
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
    `${account}, ${idOf('bundle', 'i')}, 'grown-' || i, '1.0.0', '', '{}'`,
  ],
  ['rate_limits', 'key, points, expire', `'grown' || i, 1, 0`],
]

/** Tables that {@link growRegistry} fills. */
export const grownTables: readonly string[] = statements.map(([table]) => table)

/**
 * Fills every table that grows with use up to so many rows, of `rows / 100` tenants that are all alike. One release must
 * have been published before. `admin` steps around every wall.
 */
export async function growRegistry(admin: pg.Client, from: number, rows: number): Promise<void> {
  await admin.query('set search_path = registry')
  // What they refer to is there; looking it up each time takes most of the time.
  await admin.query('set session_replication_role = replica')
  const tenants = Math.ceil(rows / rowsPerTenant)
  for (const [table, columns, values] of statements)
    await admin.query(
      `insert into ${table} (${columns}) select ${values} from generate_series($1::int, $3::int) i where $2::int > 0`,
      [from + 1, tenants, rows],
    )
  await admin.query('reset session_replication_role')
  await admin.query('vacuum analyze')
}

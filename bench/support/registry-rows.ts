import type pg from 'pg'
import { digestOf } from '../../src/registry/auth/key-format.ts'

/** A key that `fillRegistry` puts in for tenant `at`. */
export const keyOf = (at: number) => `rec_${String(at).padStart(43, 'A')}`

/**
 * Makes many of one published skill: releases of `skills` skills by `tenants` accounts, each of which has a key, a bundle
 * and `perTenant` submissions. As the owner of it all, and in one go.
 */
export async function fillRegistry(
  admin: pg.Client,
  { of, skills, tenants, perTenant }: { of: string; skills: number; tenants: number; perTenant: number },
): Promise<void> {
  await admin.query('set search_path = registry')
  await admin.query(`insert into accounts (name) select 'tenant-' || n from generate_series(1, $1::int) n`, [
    tenants,
  ])
  await admin.query(`create temporary table owners as
    select row_number() over (order by name)::int as n, id, name from accounts where name like 'tenant-%'`)
  const keys = Array.from({ length: tenants }, (_, at) => digestOf(keyOf(at)))
  await admin.query(
    `insert into api_keys (account_id, label, prefix, digest, scopes, tier)
     select o.id, 'bench', 'AAAAAA', k.digest, '{read:catalog,read:bundles,write:publish}', 'operator'
     from unnest($1::text[]) with ordinality k (digest, n) join owners o on o.n = k.n`,
    [keys],
  )
  await admin.query(`insert into bundles (account_id, name, title) select id, 'bench', 'Bench' from owners`)
  await admin.query(
    `insert into submissions (account_id, slug, version, state, tarball_sha256, tarball_size)
     select o.id, 'bench', '1.0.0', 'rejected', md5(n::text || i), 1000 from owners o, generate_series(1, $1::int) i`,
    [perTenant],
  )
  await admin.query(
    `insert into skills (slug, account_id)
     select 'bench-' || s, o.id from generate_series(1, $1::int) s join owners o on o.n = 1 + s % $2::int`,
    [skills, tenants],
  )
  await admin.query(
    `insert into releases (slug, version, submission_id, tier, tarball_sha256, tarball_size, skill, published_at)
     select 'bench-' || s, r.version, gen_random_uuid(), r.tier, encode(sha256(s::text::bytea), 'hex'), r.tarball_size,
            r.skill || jsonb_build_object('slug', 'bench-' || s), r.published_at
     from releases r, generate_series(1, $2::int) s where r.slug = $1`,
    [of, skills],
  )
  await admin.query(
    `insert into envelopes (slug, version, keyid, sha256, size, envelope)
     select 'bench-' || s, e.version, e.keyid, encode(sha256((e.envelope || s)::bytea), 'hex'), e.size, e.envelope
     from envelopes e, generate_series(1, $2::int) s where e.slug = $1`,
    [of, skills],
  )
  await admin.query('vacuum analyze')
}

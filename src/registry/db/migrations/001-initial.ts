/**
 * The first schema. `:owner` and `:server` stand for the two roles: the owner owns everything and can't log in, the
 * server logs in and owns nothing, so that row-level security holds for every statement that the server sends.
 */
export const initial = `
create table accounts (
  id uuid primary key default gen_random_uuid(),
  name text not null unique,
  created_at timestamptz not null default now()
);

create table skills (
  slug text primary key,
  account_id uuid not null references accounts (id)
);

create table api_keys (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references accounts (id),
  label text not null,
  prefix text not null check (length(prefix) = 6),
  digest text not null unique check (digest ~ '^[0-9a-f]{64}$'),
  scopes text[] not null,
  tier text not null,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

create table submissions (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references accounts (id),
  slug text,
  version text,
  state text not null check (state in ('submitted', 'linted', 'in_review', 'published', 'rejected')),
  tarball_sha256 text not null,
  tarball_size bigint not null,
  findings jsonb not null default '[]',
  verdict text,
  created_at timestamptz not null default now(),
  reviewed_at timestamptz,
  reviewer text,
  comment text
);
create index submissions_by_account on submissions (account_id, created_at desc);

create table releases (
  seq bigint generated always as identity,
  slug text not null references skills (slug),
  version text not null,
  submission_id uuid not null unique,
  tier text not null,
  tarball_sha256 text not null,
  tarball_size bigint not null,
  skill jsonb not null,
  envelope text not null,
  published_at timestamptz not null,
  primary key (slug, version)
);
create index releases_by_tarball on releases (tarball_sha256);

create table revocations (
  serial bigint generated always as identity primary key,
  slug text not null references skills (slug),
  version text not null,
  reason text not null,
  severity text not null,
  rotate text[] not null,
  revoked_at timestamptz not null
);

-- A transaction that names no tenant sees nothing. Reviewers and administrators act across tenants, and the
-- server says so for one transaction at a time, after it has checked their key.
alter table submissions enable row level security;
alter table submissions force row level security;
create policy submissions_of_tenant on submissions
  using (account_id = nullif(current_setting('app.tenant', true), '')::uuid
         or current_setting('app.across_tenants', true) = 'review')
  with check (account_id = nullif(current_setting('app.tenant', true), '')::uuid
         or current_setting('app.across_tenants', true) = 'review');

alter table api_keys enable row level security;
alter table api_keys force row level security;
create policy api_keys_of_tenant on api_keys to :server
  using (account_id = nullif(current_setting('app.tenant', true), '')::uuid
         or current_setting('app.across_tenants', true) = 'keys')
  with check (account_id = nullif(current_setting('app.tenant', true), '')::uuid
         or current_setting('app.across_tenants', true) = 'keys');

-- Who calls is known only after the key was found, so one function looks past the policy: by exact digest, one row.
create policy api_keys_lookup on api_keys for select to :owner using (true);
create function authenticate(wanted text)
  returns table (id uuid, account_id uuid, account text, label text, prefix text, scopes text[], tier text)
  language sql stable security definer
  set search_path = registry, pg_temp
  as $$
    select k.id, k.account_id, a.name, k.label, k.prefix, k.scopes, k.tier
    from api_keys k join accounts a on a.id = k.account_id
    where k.digest = wanted and k.revoked_at is null
  $$;
revoke all on function authenticate(text) from public;

grant usage on schema registry to :server;
grant execute on function authenticate(text) to :server;
grant select, insert on accounts, skills, releases, revocations to :server;
grant select, insert on api_keys, submissions to :server;
grant update (revoked_at) on api_keys to :server;
grant update (state, findings, verdict, reviewed_at, reviewer, comment) on submissions to :server;
`

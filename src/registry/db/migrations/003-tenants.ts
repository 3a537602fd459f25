/**
 * Teams and people, what they own, and the pipeline's steps. Every table with an `account_id` belongs to a tenant: its
 * rows are seen by transactions that name that tenant, or that act across tenants for one named purpose.
 */
export const tenants = `
alter table accounts
  add column kind text not null default 'team' check (kind in ('person', 'team', 'system')),
  add column title text;

-- People. What they may do in the registry as a whole is their role; what in an account, their membership.
create table users (
  id uuid primary key default gen_random_uuid(),
  -- Null for somebody whom an administrator of a registry without GitHub let in.
  github_id bigint unique,
  login text not null,
  name text not null,
  role text check (role in ('reviewer', 'administrator')),
  created_at timestamptz not null default now()
);
create unique index users_by_login on users (lower(login));

create table memberships (
  account_id uuid not null references accounts (id),
  user_id uuid not null references users (id),
  role text not null check (role in ('publisher', 'administrator')),
  created_at timestamptz not null default now(),
  primary key (account_id, user_id)
);
create index memberships_by_user on memberships (user_id);

-- For somebody who has not signed in yet: becomes a membership when they do.
create table invitations (
  account_id uuid not null references accounts (id),
  login text not null,
  role text not null check (role in ('publisher', 'administrator')),
  invited_by text not null,
  created_at timestamptz not null default now(),
  primary key (account_id, login)
);

create table sessions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references users (id),
  digest text not null unique check (digest ~ '^[0-9a-f]{64}$'),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index sessions_by_user on sessions (user_id);

create table entitlements (
  account_id uuid primary key references accounts (id),
  tier text not null,
  source text not null,
  valid_until timestamptz,
  updated_at timestamptz not null default now()
);

-- What a payment provider told, each once.
create table payment_events (
  id text primary key,
  account_id uuid not null references accounts (id),
  kind text not null,
  received_at timestamptz not null default now()
);

-- Bundles ("cookbooks"): named sets of skills.
create table bundles (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references accounts (id),
  name text not null,
  title text not null,
  description text not null default '',
  revision bigint not null default 0,
  samples_since timestamptz,
  created_at timestamptz not null default now(),
  unique (account_id, name)
);
create table bundle_skills (
  bundle_id uuid not null references bundles (id) on delete cascade,
  account_id uuid not null references accounts (id),
  slug text not null references skills (slug),
  version text,
  primary key (bundle_id, slug)
);
create table bundle_revisions (
  bundle_id uuid not null references bundles (id) on delete cascade,
  account_id uuid not null references accounts (id),
  revision bigint not null,
  skills jsonb not null,
  pushed_at timestamptz not null default now(),
  pushed_by text not null,
  primary key (bundle_id, revision)
);

create table fleets (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references accounts (id),
  bundle_id uuid not null references bundles (id),
  name text not null,
  revision bigint,
  created_at timestamptz not null default now(),
  unique (account_id, name)
);
create index fleets_by_bundle on fleets (bundle_id);
create table machines (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references accounts (id),
  fleet_id uuid not null references fleets (id) on delete cascade,
  machine_hash text not null check (machine_hash ~ '^[0-9a-f]{64}$'),
  name text not null,
  revision bigint,
  seen_at timestamptz not null default now(),
  unique (fleet_id, machine_hash)
);
create table machine_skills (
  machine_id uuid not null references machines (id) on delete cascade,
  account_id uuid not null references accounts (id),
  slug text not null,
  version text not null,
  primary key (machine_id, slug)
);
create index machine_skills_by_skill on machine_skills (account_id, slug, version);
-- For a withdrawal, which asks of all accounts.
create index machine_skills_by_slug on machine_skills (slug, version);

alter table api_keys
  alter column tier drop not null,
  add column kind text not null default 'standard' check (kind in ('standard', 'bundle', 'fleet')),
  add column bundle_id uuid references bundles (id) on delete cascade,
  add column fleet_id uuid references fleets (id) on delete cascade,
  add column expires_at timestamptz,
  add column last_used_at timestamptz,
  add column created_by text not null default 'registry',
  add constraint api_keys_bound check (
    (kind = 'standard' and bundle_id is null and fleet_id is null)
    or (kind = 'bundle' and bundle_id is not null and fleet_id is null)
    or (kind = 'fleet' and bundle_id is not null and fleet_id is not null));
alter table api_keys no force row level security;
update api_keys set scopes = array_replace(scopes, 'read', 'read:catalog');
alter table api_keys force row level security;
create index api_keys_by_account on api_keys (account_id, created_at);
create index api_keys_by_time on api_keys (created_at desc, id desc);
create index api_keys_by_bundle on api_keys (bundle_id) where bundle_id is not null;
create index api_keys_by_fleet on api_keys (fleet_id) where fleet_id is not null;
create index api_keys_of_administrators on api_keys (id) where revoked_at is null and 'admin' = any (scopes);

create table webhooks (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references accounts (id),
  url text not null,
  events text[] not null,
  -- AES-256-GCM under the registry's own key: deliveries are signed with it.
  secret bytea not null,
  created_at timestamptz not null default now(),
  disabled_at timestamptz
);
create index webhooks_by_account on webhooks (account_id);
create table webhook_deliveries (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references accounts (id),
  webhook_id uuid not null references webhooks (id) on delete cascade,
  event text not null,
  payload jsonb not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  attempts integer not null default 0,
  status integer,
  created_at timestamptz not null default now()
);
create index webhook_deliveries_by_webhook on webhook_deliveries (webhook_id, created_at desc);

-- The pipeline. Each step of each submission is a job; what it found stays.
alter table submissions drop constraint submissions_state_check;
alter table submissions
  add constraint submissions_state_check check
    (state in ('submitted', 'linted', 'scanned', 'in_review', 'approved', 'published', 'rejected', 'failed')),
  add column community boolean not null default false,
  add column reviews_needed smallint not null default 1,
  add column submitted_by text not null default 'unknown',
  add column issue_url text;
create index submissions_by_state on submissions (state, created_at, id);
create index submissions_by_time on submissions (created_at desc);
create index submissions_by_slug on submissions (slug, created_at);
create table submission_steps (
  submission_id uuid not null references submissions (id) on delete cascade,
  account_id uuid not null references accounts (id),
  step text not null check (step in ('lint', 'archive', 'code', 'sign', 'publish')),
  round integer not null default 1,
  state text not null check (state in ('waiting', 'running', 'passed', 'failed', 'broken')),
  findings jsonb not null default '[]',
  note text,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (submission_id, round, step)
);
create table submission_decisions (
  id uuid primary key default gen_random_uuid(),
  submission_id uuid not null references submissions (id) on delete cascade,
  account_id uuid not null references accounts (id),
  round integer not null,
  reviewer text not null,
  -- The person, or for a key its account: names change.
  reviewer_id uuid not null,
  decision text not null check (decision in ('approve', 'reject')),
  comment text not null,
  decided_at timestamptz not null default now(),
  unique (submission_id, round, reviewer_id)
);
create table suppressions (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references accounts (id),
  slug text not null,
  fingerprint text not null,
  rule text not null,
  reason text not null,
  reviewer text not null,
  created_at timestamptz not null default now(),
  lifted_at timestamptz
);
create index suppressions_by_slug on suppressions (account_id, slug);
create table appeals (
  id uuid primary key default gen_random_uuid(),
  submission_id uuid not null references submissions (id) on delete cascade,
  account_id uuid not null references accounts (id),
  words text not null,
  created_at timestamptz not null default now(),
  answer text,
  answered_by text,
  answered_at timestamptz
);
create unique index appeals_open on appeals (submission_id) where answered_at is null;
create index appeals_by_submission on appeals (submission_id, created_at);
create table trial_runs (
  id uuid primary key default gen_random_uuid(),
  submission_id uuid not null references submissions (id) on delete cascade,
  account_id uuid not null references accounts (id),
  reviewer text not null,
  inputs jsonb not null,
  state text not null default 'waiting' check (state in ('waiting', 'running', 'finished', 'failed')),
  result jsonb,
  created_at timestamptz not null default now(),
  finished_at timestamptz
);
create index trial_runs_by_submission on trial_runs (submission_id, created_at desc);

-- Offered no longer, until somebody has looked.
alter table skills add column held_since timestamptz, add column held_reason text;
create index skills_by_account on skills (account_id);

create table reports (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references accounts (id),
  slug text not null references skills (slug),
  version text not null,
  kind text not null check (kind in ('vulnerability', 'malware', 'impersonation', 'other')),
  severity text not null check (severity in ('low', 'medium', 'high', 'critical')),
  words text not null,
  contact text,
  -- Null for somebody without a name here.
  reporter_account uuid references accounts (id),
  state text not null default 'open' check (state in ('open', 'confirmed', 'dismissed')),
  note text,
  handled_by text,
  created_at timestamptz not null default now(),
  handled_at timestamptz
);
create index reports_by_state on reports (state, created_at);
create index reports_by_slug on reports (slug);

create table notifications (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references accounts (id),
  kind text not null,
  words text not null,
  link text,
  created_at timestamptz not null default now(),
  read_at timestamptz
);
create index notifications_by_account on notifications (account_id, created_at desc);

-- Public: what happened, for /status and the changelog.
create table incidents (
  id uuid primary key default gen_random_uuid(),
  slug text not null,
  version text not null,
  severity text not null,
  title text not null,
  words text not null,
  started_at timestamptz not null default now(),
  resolved_at timestamptz
);
create index incidents_by_time on incidents (started_at desc);

create table audit_log (
  seq bigint generated always as identity primary key,
  account_id uuid not null references accounts (id),
  actor text not null,
  action text not null,
  target text not null,
  detail jsonb not null default '{}',
  at timestamptz not null default now()
);
create index audit_log_by_account on audit_log (account_id, seq desc);

-- What clients send after consent: no tenant, no address, nothing else.
create table telemetry_events (
  seq bigint generated always as identity primary key,
  event text not null check (event in ('install', 'use', 'result')),
  slug text not null,
  version text not null,
  agent_class text not null,
  user_hash text not null,
  duration_ms integer,
  retries integer,
  ok boolean,
  at timestamptz not null default now()
);
create index telemetry_by_skill on telemetry_events (slug, event, at);
create table payload_samples (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references accounts (id),
  bundle_id uuid not null references bundles (id) on delete cascade,
  slug text not null,
  version text not null,
  user_hash text not null,
  sample jsonb not null,
  at timestamptz not null default now()
);
create index payload_samples_by_bundle on payload_samples (bundle_id, at desc);

-- What was asked how often, shared by all servers.
create table rate_limits (
  key varchar(255) primary key,
  points integer not null default 0,
  expire bigint
);
grant select, insert, update, delete on rate_limits to :server;

-- Servers keep answers about releases in memory: whatever changes them tells all servers, with the transaction.
create function tell_of_releases() returns trigger language plpgsql as $$
begin
  perform pg_notify('registry_releases', '');
  return null;
end $$;
create trigger releases_changed after insert or update or delete or truncate on releases
  for each statement execute function tell_of_releases();
create trigger envelopes_changed after insert or update or delete or truncate on envelopes
  for each statement execute function tell_of_releases();
create trigger revocations_changed after insert or update or delete or truncate on revocations
  for each statement execute function tell_of_releases();
create trigger holds_changed after update of held_since, held_reason on skills
  for each statement execute function tell_of_releases();

-- A tenant sees its own rows; \`purposes\` may look across tenants, one transaction at a time. Of a comparison with a
-- setting the planner would believe that it holds for hardly any row, and read a whole table for the newest of
-- everybody's: for whom a transaction acts is asked as a whole, once a statement. Where only one tenant can, the planner
-- holds it against the tenant that the statement names itself, once as well, and that takes less.
create function wall(name text, purposes text[]) returns void language plpgsql as $$
declare
  tenant text := 'nullif(current_setting(''app.tenant'', true), '''')::uuid';
  across text := format('(select current_setting(''app.across_tenants'', true) = any (%L::text[]))', purposes);
begin
  execute format('alter table %I enable row level security', name);
  execute format('alter table %I force row level security', name);
  execute format('create policy %I on %I to :server using (%s)', name || '_of_tenant', name,
                 case when purposes = '{}' then format('account_id = %s', tenant)
                      else format('account_id = (select %s) or %s', tenant, across) end);
end $$;
drop policy submissions_of_tenant on submissions;
drop policy api_keys_of_tenant on api_keys;
select wall('submissions', '{review}'), wall('api_keys', '{keys}');
select wall('memberships', '{people}'), wall('invitations', '{people}'), wall('entitlements', '{payments,keys}'),
       wall('payment_events', '{payments}'),
       wall('bundles', '{}'), wall('bundle_skills', '{}'), wall('bundle_revisions', '{}'),
       wall('fleets', '{}'), wall('machines', '{withdrawals}'), wall('machine_skills', '{withdrawals}'),
       wall('webhooks', '{deliveries}'), wall('webhook_deliveries', '{deliveries}'),
       wall('submission_steps', '{review}'), wall('submission_decisions', '{review}'),
       wall('suppressions', '{review}'), wall('appeals', '{review}'), wall('trial_runs', '{review}'),
       wall('reports', '{reports}'), wall('notifications', '{review,reports,withdrawals}'),
       wall('audit_log', '{audit}'), wall('payload_samples', '{upkeep}');
drop function wall;

-- People see themselves, and memberships of their own.
alter table users enable row level security;
alter table users force row level security;
create policy users_self on users to :server
  using (id = (select nullif(current_setting('app.user', true), '')::uuid)
         or (select current_setting('app.across_tenants', true) = 'people'));
alter table sessions enable row level security;
alter table sessions force row level security;
create policy sessions_self on sessions to :server
  using (user_id = (select nullif(current_setting('app.user', true), '')::uuid)
         or (select current_setting('app.across_tenants', true) = 'people'));
create policy memberships_self on memberships for select to :server
  using (user_id = (select nullif(current_setting('app.user', true), '')::uuid));

-- The publisher is told of a report, never by whom: its rows are for whoever handles reports.
drop policy reports_of_tenant on reports;
create policy reports_handled on reports to :server
  using ((select current_setting('app.across_tenants', true) = 'reports'));

-- Whoever acts writes it down, for whatever purpose.
create policy audit_log_append on audit_log for insert to :server with check (true);

create policy entitlements_lookup on entitlements for select to :owner using (true);
drop function authenticate(text);
create function authenticate(wanted text)
  returns table (id uuid, account_id uuid, account text, label text, prefix text, digest text, scopes text[],
                 tier text, kind text, bundle_id uuid, fleet_id uuid)
  -- Not \`language sql\`: that would be planned anew for each call.
  language plpgsql stable security definer
  set search_path = registry, pg_temp
  as $$
  #variable_conflict use_column
  begin
    return query
    select k.id, k.account_id, a.name, k.label, k.prefix, k.digest, k.scopes,
           coalesce(k.tier,
                    (select e.tier from entitlements e
                     where e.account_id = k.account_id and (e.valid_until is null or e.valid_until > now())),
                    'free'),
           k.kind, k.bundle_id, k.fleet_id
    from api_keys k join accounts a on a.id = k.account_id
    where k.digest = wanted and k.revoked_at is null and (k.expires_at is null or k.expires_at > now());
  end $$;
revoke all on function authenticate(text) from public;
grant execute on function authenticate(text) to :server;

grant update (kind, title) on accounts to :server;
grant update (held_since, held_reason) on skills to :server;
grant update (last_used_at) on api_keys to :server;
grant update (slug, version, reviews_needed, issue_url) on submissions to :server;
grant select, insert on users, sessions, payment_events, bundle_revisions, incidents, audit_log, reports,
  submission_steps, submission_decisions, suppressions, appeals, trial_runs, telemetry_events, notifications,
  webhook_deliveries to :server;
grant select, insert, update, delete on memberships, invitations, entitlements, bundles, bundle_skills, fleets, machines,
  machine_skills, webhooks, payload_samples to :server;
grant update (login, name, role) on users to :server;
grant update (ended_at, expires_at, digest) on sessions to :server;
grant update (state, findings, note, started_at, finished_at) on submission_steps to :server;
grant update (lifted_at) on suppressions to :server;
grant update (answer, answered_by, answered_at) on appeals to :server;
grant update (state, result, finished_at) on trial_runs to :server;
grant update (state, severity, note, handled_by, handled_at) on reports to :server;
grant update (read_at) on notifications to :server;
grant update (resolved_at, words) on incidents to :server;
grant update (state, attempts, status) on webhook_deliveries to :server;
grant delete on api_keys, telemetry_events, sessions to :server;
`

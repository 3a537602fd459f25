import type { Generated, JSONColumnType } from 'kysely'
import type { Finding } from '../../shared/finding.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'

/** `linted` is of an earlier time. `approved`: on its way to being signed and listed. `failed`: a step broke, nobody's fault. */
export type SubmissionState =
  'submitted' | 'linted' | 'scanned' | 'in_review' | 'approved' | 'published' | 'rejected' | 'failed'

export type SubmissionStep = 'lint' | 'archive' | 'code' | 'sign' | 'publish'

/** A skill at a version, as bundles name it; null: whatever is newest. */
export interface BundleSkill {
  readonly slug: string
  readonly version: string | null
}

type Nullable<T> = Generated<T | null>

/** The database as the server sees it. `bigint` columns arrive as strings. */
export interface Tables {
  accounts: {
    id: Generated<string>
    name: string
    kind: Generated<'person' | 'team' | 'system'>
    title: Nullable<string>
    created_at: Generated<Date>
  }
  users: {
    id: Generated<string>
    /** Null for somebody whom an administrator of a registry without GitHub let in. */
    github_id: string | number | null
    login: string
    name: string
    role: Nullable<'reviewer' | 'administrator'>
    created_at: Generated<Date>
  }
  memberships: {
    account_id: string
    user_id: string
    role: 'publisher' | 'administrator'
    created_at: Generated<Date>
  }
  invitations: {
    account_id: string
    /** Lower case. */
    login: string
    role: 'publisher' | 'administrator'
    invited_by: string
    created_at: Generated<Date>
  }
  sessions: {
    id: Generated<string>
    user_id: string
    digest: string
    created_at: Generated<Date>
    expires_at: Date
    ended_at: Nullable<Date>
  }
  entitlements: {
    account_id: string
    tier: string
    source: string
    valid_until: Nullable<Date>
    updated_at: Generated<Date>
  }
  payment_events: { id: string; account_id: string; kind: string; received_at: Generated<Date> }
  skills: {
    slug: string
    account_id: string
    /** Offered no longer since then, until a report was looked into. */
    held_since: Nullable<Date>
    held_reason: Nullable<string>
  }
  api_keys: {
    id: Generated<string>
    account_id: string
    label: string
    /** First six characters of the random part, for people to recognise the key by. */
    prefix: string
    /** SHA-256 of the whole key; the key itself is nowhere. */
    digest: string
    scopes: string[]
    /** Null: what the account is entitled to at the time. */
    tier: string | null
    kind: Generated<'standard' | 'bundle' | 'fleet'>
    bundle_id: Nullable<string>
    fleet_id: Nullable<string>
    expires_at: Nullable<Date>
    last_used_at: Nullable<Date>
    created_by: Generated<string>
    created_at: Generated<Date>
    revoked_at: Date | null
  }
  bundles: {
    id: Generated<string>
    account_id: string
    name: string
    title: string
    description: Generated<string>
    /** Of the last push; 0 before the first. */
    revision: Generated<string | number>
    /** Since when its owner has samples of payloads taken; null: none are. */
    samples_since: Nullable<Date>
    created_at: Generated<Date>
  }
  bundle_skills: { bundle_id: string; account_id: string; slug: string; version: string | null }
  bundle_revisions: {
    bundle_id: string
    account_id: string
    revision: string | number
    skills: JSONColumnType<BundleSkill[]>
    pushed_at: Generated<Date>
    pushed_by: string
  }
  fleets: {
    id: Generated<string>
    account_id: string
    bundle_id: string
    name: string
    /** The bundle's revision that its machines should have; null: none yet. */
    revision: Nullable<string | number>
    created_at: Generated<Date>
  }
  machines: {
    id: Generated<string>
    account_id: string
    fleet_id: string
    machine_hash: string
    name: string
    revision: Nullable<string | number>
    seen_at: Generated<Date>
  }
  machine_skills: { machine_id: string; account_id: string; slug: string; version: string }
  webhooks: {
    id: Generated<string>
    account_id: string
    url: string
    events: string[]
    secret: Buffer
    created_at: Generated<Date>
    disabled_at: Nullable<Date>
  }
  webhook_deliveries: {
    id: Generated<string>
    account_id: string
    webhook_id: string
    event: string
    payload: JSONColumnType<Record<string, unknown>>
    state: Generated<'waiting' | 'delivered' | 'failed'>
    attempts: Generated<number>
    status: Nullable<number>
    created_at: Generated<Date>
  }
  submissions: {
    id: Generated<string>
    account_id: string
    slug: string | null
    version: string | null
    state: SubmissionState
    tarball_sha256: string
    tarball_size: string | number
    findings: JSONColumnType<Finding[]>
    verdict: string | null
    community: Generated<boolean>
    reviews_needed: Generated<number>
    submitted_by: Generated<string>
    issue_url: Nullable<string>
    created_at: Generated<Date>
    reviewed_at: Date | null
    reviewer: string | null
    comment: string | null
  }
  submission_steps: {
    submission_id: string
    account_id: string
    step: SubmissionStep
    /** 1 for the first time through, one more for each rescan. */
    round: Generated<number>
    state: 'waiting' | 'running' | 'passed' | 'failed' | 'broken'
    findings: Generated<Finding[]>
    note: Nullable<string>
    started_at: Nullable<Date>
    finished_at: Nullable<Date>
  }
  submission_decisions: {
    id: Generated<string>
    submission_id: string
    account_id: string
    round: number
    reviewer: string
    reviewer_id: string
    decision: 'approve' | 'reject'
    comment: string
    decided_at: Generated<Date>
  }
  suppressions: {
    id: Generated<string>
    account_id: string
    slug: string
    fingerprint: string
    rule: string
    reason: string
    reviewer: string
    created_at: Generated<Date>
    lifted_at: Nullable<Date>
  }
  appeals: {
    id: Generated<string>
    submission_id: string
    account_id: string
    words: string
    created_at: Generated<Date>
    answer: Nullable<string>
    answered_by: Nullable<string>
    answered_at: Nullable<Date>
  }
  trial_runs: {
    id: Generated<string>
    submission_id: string
    account_id: string
    reviewer: string
    inputs: JSONColumnType<Record<string, unknown>>
    state: Generated<'waiting' | 'running' | 'finished' | 'failed'>
    result: Generated<Record<string, unknown> | null>
    created_at: Generated<Date>
    finished_at: Nullable<Date>
  }
  releases: {
    seq: Generated<string>
    slug: string
    version: string
    submission_id: string
    tier: string
    tarball_sha256: string
    tarball_size: string | number
    skill: JSONColumnType<SkillManifest>
    published_at: Date
  }
  /** Signed releases; of several for one release, by keys of different times, the newest is in force. */
  envelopes: {
    seq: Generated<string>
    slug: string
    version: string
    keyid: string
    sha256: string
    /** Bytes. */
    size: number
    envelope: string
  }
  revocations: {
    serial: Generated<string>
    slug: string
    version: string
    reason: string
    severity: string
    rotate: string[]
    revoked_at: Date
  }
  reports: {
    id: Generated<string>
    /** The publisher's. */
    account_id: string
    slug: string
    version: string
    kind: 'vulnerability' | 'malware' | 'impersonation' | 'other'
    severity: 'low' | 'medium' | 'high' | 'critical'
    words: string
    contact: string | null
    /** Null for somebody without a name here. */
    reporter_account: string | null
    state: Generated<'open' | 'confirmed' | 'dismissed'>
    note: Nullable<string>
    handled_by: Nullable<string>
    created_at: Generated<Date>
    handled_at: Nullable<Date>
  }
  notifications: {
    id: Generated<string>
    account_id: string
    kind: string
    words: string
    link: string | null
    created_at: Generated<Date>
    read_at: Nullable<Date>
  }
  incidents: {
    id: Generated<string>
    slug: string
    version: string
    severity: string
    title: string
    words: string
    started_at: Generated<Date>
    resolved_at: Nullable<Date>
  }
  audit_log: {
    seq: Generated<string>
    account_id: string
    actor: string
    action: string
    target: string
    detail: Generated<Record<string, unknown>>
    at: Generated<Date>
  }
  telemetry_events: {
    seq: Generated<string>
    event: 'install' | 'use' | 'result'
    slug: string
    version: string
    agent_class: string
    user_hash: string
    duration_ms: number | null
    retries: number | null
    ok: boolean | null
    at: Generated<Date>
  }
  payload_samples: {
    id: Generated<string>
    account_id: string
    bundle_id: string
    slug: string
    version: string
    user_hash: string
    sample: JSONColumnType<Record<string, unknown>>
    at: Generated<Date>
  }
}

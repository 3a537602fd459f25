import type { Generated, JSONColumnType } from 'kysely'
import type { Finding } from '../../shared/finding.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'

export type SubmissionState = 'submitted' | 'linted' | 'in_review' | 'published' | 'rejected'

/** The database as the server sees it. `bigint` columns arrive as strings. */
export interface Tables {
  accounts: { id: Generated<string>; name: string; created_at: Generated<Date> }
  skills: { slug: string; account_id: string }
  api_keys: {
    id: Generated<string>
    account_id: string
    label: string
    /** First six characters of the random part, for people to recognise the key by. */
    prefix: string
    /** SHA-256 of the whole key; the key itself is nowhere. */
    digest: string
    scopes: string[]
    tier: string
    created_at: Generated<Date>
    revoked_at: Date | null
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
    created_at: Generated<Date>
    reviewed_at: Date | null
    reviewer: string | null
    comment: string | null
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
}

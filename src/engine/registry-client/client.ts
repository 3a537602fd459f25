import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { findingSchema, type LintReport } from '../../shared/finding.ts'
import { sha256Schema } from '../../shared/identifiers.ts'
import type { Revocation } from '../../shared/signed-targets.ts'
import { reportedSchema } from '../../shared/skill-report.ts'
import { tierSchema, type Tier } from '../../shared/tier.ts'
import type { RegistryClient as RegistryPort } from '../ports.ts'
import type { ConnectionTerms } from '../policy/connection-terms.ts'
import { createAccountCalls, type AccountCalls } from './account-calls.ts'
import { parseLink, parseRegistryUrl } from './address.ts'
import { downloadTarball } from './download.ts'
import { createConnection, defaultStallTimeoutMs } from './request.ts'
import { createStaffCalls, type StaffCalls } from './staff-calls.ts'
import { createTufSource } from './tuf-source.ts'

/** 32 MB over a slow line, and the review of it. */
const uploadTimeoutMs = 10 * 60_000

const accessSchema = z.union([
  z.object({ access: z.literal(true) }),
  z.object({
    access: z.literal(false),
    reason: z.string(),
    required_tier: tierSchema,
    upgrade_url: z.string().max(2000),
  }),
])
const submissionStates = [
  'submitted',
  'linted',
  'scanned',
  'in_review',
  'approved',
  'published',
  'rejected',
  'failed',
] as const
const startedSchema = z.object({ id: z.string(), state: z.enum(submissionStates) })
const submissionSchema = z.object({
  id: z.string(),
  slug: z.string().nullable(),
  version: z.string().nullable(),
  state: z.enum(submissionStates),
  verdict: z.enum(['pass', 'warn', 'fail']).nullable(),
  findings: z.array(findingSchema),
  tarball: z.object({ sha256: sha256Schema, size: z.number() }),
  createdAt: z.string(),
  reviewedAt: z.string().nullable(),
  reviewer: z.string().nullable(),
  comment: z.string().nullable(),
})
const followedSchema = submissionSchema.extend({
  steps: z.array(
    z.object({
      step: z.string(),
      state: z.enum(['waiting', 'running', 'passed', 'failed', 'broken']),
    }),
  ),
})
const keySchema = z.object({
  id: z.string(),
  account: z.string(),
  label: z.string(),
  prefix: z.string(),
  scopes: z.array(z.string()),
  /** Null: what its account is entitled to. */
  tier: tierSchema.nullable(),
  createdAt: z.string(),
  revokedAt: z.string().nullable(),
})
const mintedSchema = keySchema.omit({ createdAt: true, revokedAt: true }).extend({ key: z.string() })
const decidedSchema = z.object({
  id: z.string(),
  state: z.enum(submissionStates),
  missing: z.number().default(0),
  comment: z.string().nullable().default(null),
})
const revokedSchema = z.object({ slug: z.string(), version: z.string() })
const fleetSchema = z.object({
  fleet: z.string(),
  revision: z.number().nullable(),
  skills: z.array(z.object({ slug: z.string(), version: z.string().nullable() })),
})
const signingKeySchema = z.object({ keyid: sha256Schema, publicKey: z.string(), fingerprint: z.string() })

export interface PublishResult {
  readonly id: string
  readonly state: Submission['state']
  readonly comment: string | null
  readonly report: LintReport
}
/** A step of the check that came to an end. */
export interface CheckedStep {
  readonly step: string
  readonly state: 'passed' | 'failed' | 'broken'
}
export interface PublishHooks {
  /** Called once for each step, in order. */
  readonly onStep?: (step: CheckedStep) => void
}
export type Submission = z.infer<typeof submissionSchema>
export type ApiKey = z.infer<typeof keySchema>
export type MintedKey = z.infer<typeof mintedSchema>
export type PublishedSigningKey = z.infer<typeof signingKeySchema>

/** A registry as installers, publishers, reviewers and administrators use it. */
export interface RegistryClient extends RegistryPort, StaffCalls, AccountCalls {
  /** Resolves when the check is over. A rejected skill is a result (`state: 'rejected'`) whose report says why. Throws VERSION_EXISTS, FORBIDDEN, TOO_LARGE. */
  publish(tarball: Uint8Array, hooks?: PublishHooks): Promise<PublishResult>
  /** Resolves as soon as the registry has it. Throws as `publish` does. */
  submit(tarball: Uint8Array): Promise<z.infer<typeof startedSchema>>
  /** Newest first: one's own, or everybody's for a reviewer. */
  submissions(): Promise<Submission[]>
  submission(id: string): Promise<Submission>
  approve(id: string, comment: string): Promise<z.infer<typeof decidedSchema>>
  reject(id: string, comment: string): Promise<z.infer<typeof decidedSchema>>
  revoke(revocation: Omit<Revocation, 'revokedAt'>): Promise<z.infer<typeof revokedSchema>>
  /** `key` is shown this once. */
  mintKey(request: { account: string; label?: string; scopes?: string[]; tier?: Tier }): Promise<MintedKey>
  /** All of them, or an account's; the newest first. */
  listKeys(account?: string): Promise<ApiKey[]>
  revokeKey(id: string): Promise<void>
  /** A link that signs somebody in to the console once, within ten minutes, and their role in the registry. */
  invite(person: { login: string; role: 'reviewer' | 'administrator' | null }): Promise<{ link: string }>
  /** What a machine with this fleet's key should have; `revision` is null before the first push. */
  fleet(): Promise<z.infer<typeof fleetSchema>>
  /** What this machine holds; takes the place of what it told before. `machine`: SHA-256 of a number of its own. */
  reportMachine(
    machine: string,
    told: { name: string; revision: number | null; skills: { slug: string; version: string }[] },
  ): Promise<void>
  /** For people to compare; what is trusted is pinned in the trust root. */
  signingKey(): Promise<PublishedSigningKey>
}

/** `apiKey` travels in the header `x-api-key`. Throws INPUT_INVALID for an address that could give it away. */
export function createRegistryClient(options: {
  url: string
  apiKey?: string | undefined
  /** Milliseconds without another byte after which the registry counts as gone; 30,000 by default. */
  stallTimeoutMs?: number | undefined
  /** Ends the looking up of signed lists; what a person asked for goes on. */
  closing?: AbortSignal | undefined
  /** What administrators say, asked before each request; their key in place of `apiKey`. */
  terms?: (() => Promise<ConnectionTerms>) | undefined
}): RegistryClient {
  const url = parseRegistryUrl(options.url)
  const connection = createConnection({
    url,
    apiKey: options.apiKey,
    stallTimeoutMs: options.stallTimeoutMs ?? defaultStallTimeoutMs,
    terms: options.terms,
  })
  const { json } = connection
  const post = (body: unknown) => ({
    method: 'POST' as const,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const at = encodeURIComponent
  const submit = (tarball: Uint8Array) =>
    json(startedSchema, '/api/submissions', {
      method: 'POST',
      headers: { 'content-type': 'application/gzip' },
      body: tarball,
      timeoutMs: uploadTimeoutMs,
    })

  return {
    url,
    async access(slug) {
      const answer = await json(accessSchema, `/api/skills/access?slug=${at(slug)}`)
      if (answer.access) return
      const upgradeUrl = parseLink(answer.upgrade_url, url)
      throw new SkilletError(
        'TIER_REQUIRED',
        `${slug} needs the ${planName(answer.required_tier)} plan.`,
        upgradeUrl === null ? {} : { remedy: `Upgrade at ${upgradeUrl}` },
      )
    },
    async report(report) {
      try {
        return await json(reportedSchema, '/api/reports', post(report))
      } catch (error) {
        if (!(error instanceof SkilletError) || error.code !== 'NOT_FOUND') throw error
        throw new SkilletError(error.code, error.message, {
          remedy:
            'Check the name. If it came from somewhere else, tell its publisher, or whoever gave it to you.',
          cause: error,
        })
      }
    },
    ...createStaffCalls(connection),
    ...createAccountCalls(connection),
    tuf: createTufSource(connection, options.closing),
    downloadTarball: (tarball, toPath, hooks) => downloadTarball(connection, tarball, toPath, hooks),
    submit,
    async publish(tarball, { onStep } = {}) {
      const { id } = await submit(tarball)
      let told = 0
      for (;;) {
        // Short, where somebody watches how far it is.
        const now = await json(
          followedSchema,
          `/api/submissions/${at(id)}?wait=${onStep === undefined ? 20 : 1}`,
        )
        const done = now.steps.flatMap(({ step, state }) =>
          state === 'passed' || state === 'failed' || state === 'broken' ? [{ step, state }] : [],
        )
        for (const step of done.slice(told)) onStep?.(step)
        told = done.length
        if (now.state !== 'submitted') {
          const report = { path: id, verdict: now.verdict ?? 'fail', findings: now.findings }
          return { id, state: now.state, comment: now.comment, report }
        }
      }
    },
    submissions: async () =>
      (await json(z.object({ submissions: z.array(submissionSchema) }), '/api/submissions')).submissions,
    submission: (id) => json(submissionSchema, `/api/submissions/${at(id)}`),
    approve: (id, comment) => json(decidedSchema, `/api/submissions/${at(id)}/approve`, post({ comment })),
    reject: (id, comment) => json(decidedSchema, `/api/submissions/${at(id)}/reject`, post({ comment })),
    revoke: (revocation) => json(revokedSchema, '/api/revocations', post(revocation)),
    mintKey: (request) => json(mintedSchema, '/api/keys', post(request)),
    async listKeys(account) {
      const all: ApiKey[] = []
      for (let more = true; more;) {
        const last = all.at(-1)
        const query = new URLSearchParams({
          ...(account === undefined ? {} : { account }),
          ...(last === undefined ? {} : { before: last.id }),
        })
        const page = await json(
          z.object({ keys: z.array(keySchema), more: z.boolean() }),
          `/api/keys?${query.toString()}`,
        )
        all.push(...page.keys)
        more = page.more && page.keys.length > 0
      }
      return all
    },
    revokeKey: async (id) => {
      await json(z.object({ id: z.string() }), `/api/keys/${at(id)}`, { method: 'DELETE' })
    },
    invite: (person) => json(z.object({ link: z.url() }), '/api/people', post(person)),
    fleet: () => json(fleetSchema, '/api/fleet'),
    async reportMachine(machine, told) {
      await json(z.object({ told: z.literal(true) }), `/api/fleet/machines/${at(machine)}`, {
        ...post(told),
        method: 'PUT',
      })
    },
    signingKey: () => json(signingKeySchema, '/api/signing-key'),
  }
}

function planName(tier: Tier): string {
  return { free: 'Free', cook: 'Cook', operator: 'Operator', pro_plus: 'Pro Plus' }[tier]
}

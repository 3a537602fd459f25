import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { connectedAgentSchema, maxTokenDays, type ConnectedAgent } from '../../shared/agent-access.ts'
import type { AgentScope } from '../../shared/agent-scope.ts'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import { sha256Schema } from '../../shared/identifiers.ts'
import type { ManagedPolicy } from '../../shared/managed-policy.ts'
import type { Agent } from '../operations/operation.ts'
import { assertBridgeOpen } from '../policy-watch.ts'
import { createBook } from './book.ts'
import { digestOf, isSameDigest, randomWord } from './secret.ts'

const dayMs = 24 * 60 * 60_000
/** More than anybody has; each request is compared with all of them. */
const maxTokens = 100
/** A use within this time of the last one that was noted isn't written down: nobody asks to the minute. */
const sameUseMs = 10 * 60_000

const tokenPattern = /^sba_([A-Za-z0-9]{6})[A-Za-z0-9]{37}$/

const storedSchema = connectedAgentSchema.extend({ sha256: sha256Schema }).strict()
type Stored = z.output<typeof storedSchema>
const fileSchema = z.strictObject({ schema: z.literal(1), tokens: z.array(storedSchema).max(maxTokens) })

export interface Tokens {
  /**
   * Makes a token; it is in the answer and nowhere else. Administrators' `token_days` is the most that `days` can be.
   * @throws SkilletError RATE_LIMITED with too many of them, POLICY_DENIED where administrators close the bridge
   */
  issue(agent: { name: string; scopes: readonly AgentScope[]; days: number }): Promise<{
    token: string
    agent: ConnectedAgent
  }>
  /**
   * Whose token it is, read anew where any Skillet on this computer has changed one: a removed one ends with this call.
   * @throws SkilletError UNAUTHORIZED, POLICY_DENIED where administrators close the bridge, STORE_DAMAGED
   */
  verify(token: string): Promise<Agent>
  /** Those that are still good, by name. */
  list(): Promise<ConnectedAgent[]>
  /** Nothing where there is none. Gives what was removed. */
  revoke(id: string): Promise<ConnectedAgent | null>
  onChange(listener: () => void): () => void
  /** Once nothing is on its way to the disk any more. */
  settled(): Promise<void>
}

interface TokensPorts {
  readonly file: string
  readonly managed: () => Promise<ManagedPolicy | null>
  readonly now: () => Date
  readonly log: (line: string) => void
}

/** Agents' tokens, as SHA-256 in one file. A damaged file lets nobody in. */
export function createTokens({ file, managed, now, log }: TokensPorts): Tokens {
  const book = createBook({ file, schema: () => fileSchema, empty: { schema: 1, tokens: [] } })
  /** What was used since it was last written down. */
  const lastUsed = new Map<string, string>()
  let writing: Promise<unknown> = Promise.resolve()

  /** As things stand now: administrators may have shortened how long a token holds. */
  const endOf = (token: Stored, policy: ManagedPolicy | null): number => {
    const days = policy?.bridge?.token_days
    const end = Date.parse(token.expiresAt)
    return days === undefined ? end : Math.min(end, Date.parse(token.createdAt) + days * dayMs)
  }
  const isGood = (token: Stored, policy: ManagedPolicy | null) => {
    const at = now().getTime()
    // One from the future was made under a clock that was wrong, and nobody can say how long it holds.
    return at < endOf(token, policy) && Date.parse(token.createdAt) <= at + dayMs
  }
  const shown = (token: Stored, policy: ManagedPolicy | null): ConnectedAgent => {
    const { sha256: _, ...agent } = token
    return {
      ...agent,
      expiresAt: new Date(endOf(token, policy)).toISOString(),
      lastUsedAt: lastUsed.get(token.id) ?? token.lastUsedAt,
    }
  }

  function noteUse({ id, lastUsedAt }: Stored): void {
    const at = now()
    const noted = lastUsed.get(id) ?? lastUsedAt
    if (noted !== null && Math.abs(at.getTime() - Date.parse(noted)) < sameUseMs) return
    lastUsed.set(id, at.toISOString())
    writing = book
      .change((content) => [
        {
          ...content,
          tokens: content.tokens.map((one) =>
            one.id === id ? { ...one, lastUsedAt: at.toISOString() } : one,
          ),
        },
        null,
      ])
      // When it was used last is for people to read; the request itself has nothing to do with it.
      .catch((error: unknown) => log(toSkilletError(error).message))
  }

  return {
    async issue({ name, scopes, days }) {
      const policy = await managed()
      assertBridgeOpen(policy)
      const word = randomWord()
      const at = now()
      const most = Math.min(days, policy?.bridge?.token_days ?? maxTokenDays, maxTokenDays)
      const stored: Stored = {
        id: randomUUID(),
        name,
        prefix: word.slice(0, 6),
        scopes: [...new Set(scopes)],
        createdAt: at.toISOString(),
        expiresAt: new Date(at.getTime() + most * dayMs).toISOString(),
        lastUsedAt: null,
        sha256: digestOf(`sba_${word}`),
      }
      await book.change((content) => {
        const good = content.tokens.filter((one) => isGood(one, policy))
        if (good.length >= maxTokens)
          throw new SkilletError('RATE_LIMITED', `${maxTokens} agents are connected already.`, {
            remedy: 'Remove some that are not used any more.',
          })
        return [{ ...content, tokens: [...good, stored] }, null]
      })
      return { token: `sba_${word}`, agent: shown(stored, policy) }
    },
    async verify(token) {
      // The policy first: what it says may not hang on whether somebody has a token.
      const policy = await managed()
      assertBridgeOpen(policy)
      const { tokens } = await book.read()
      const digest = tokenPattern.test(token) ? digestOf(token) : null
      let found: Stored | null = null
      // All of them each time, so that the time tells nothing.
      for (const one of tokens) if (digest !== null && isSameDigest(one.sha256, digest)) found = one
      if (found === null)
        throw new SkilletError('UNAUTHORIZED', 'Skillet does not know this token, or it was removed.', {
          remedy: 'Ask to be connected again.',
        })
      if (!isGood(found, policy))
        throw new SkilletError('UNAUTHORIZED', 'The time for which this agent was connected is over.', {
          remedy: 'Ask to be connected again.',
        })
      noteUse(found)
      return { id: found.id, name: found.name, scopes: found.scopes }
    },
    async list() {
      const [policy, { tokens }] = await Promise.all([managed(), book.read()])
      return tokens
        .filter((token) => isGood(token, policy))
        .map((token) => shown(token, policy))
        .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.createdAt < b.createdAt ? -1 : 1))
    },
    async revoke(id) {
      const removed = await book.change((content) => {
        const one = content.tokens.find((token) => token.id === id) ?? null
        return [
          one === null ? content : { ...content, tokens: content.tokens.filter((token) => token !== one) },
          one,
        ]
      })
      lastUsed.delete(id)
      return removed && shown(removed, null)
    },
    onChange: (listener) => book.onChange(listener),
    async settled() {
      await writing
    },
  }
}

/** @throws SkilletError FORBIDDEN */
export function assertScope(agent: Agent, scope: AgentScope): void {
  if (!agent.scopes.includes(scope))
    throw new SkilletError(
      'FORBIDDEN',
      `${agent.name} was not allowed this (${scope}) when it was connected.`,
      {
        remedy: 'Ask to be connected again, with this permission; a person decides.',
      },
    )
}

import { randomInt, randomUUID } from 'node:crypto'
import { z } from 'zod'
import {
  defaultTokenDays,
  maxTokenDays,
  pairingSchema,
  type ConnectedAgent,
  type Pairing,
  type Peer,
} from '../../shared/agent-access.ts'
import { agentScopeSchema, type AgentScope } from '../../shared/agent-scope.ts'
import type { Journal } from '../../engine/ports.ts'
import { SkilletError } from '../../shared/errors.ts'
import { sha256Schema } from '../../shared/identifiers.ts'
import { createBook } from './book.ts'
import { plainLine } from './plain-line.ts'
import { digestOf, isSameDigest, randomWord } from './secret.ts'
import type { Tokens } from './tokens.ts'
import { waitUntil, type Patience } from './wait-until.ts'

/** So long a code holds, and so long what a person allowed waits to be fetched. */
const codeMs = 5 * 60_000
const fetchMs = 2 * 60_000
/** Together, so that the one whom the person expects is among few. */
const maxWaiting = 3
/** Of all processes together: somebody who asks again and again until a code is a certain one needs a million tries. */
const maxAsked = { times: 20, withinMs: 10 * 60_000 }
/** A process that the person has sent away isn't shown again for so long. */
const deniedMs = 10 * 60_000
const maxWrongSecrets = 5

const storedSchema = z.strictObject({
  ...pairingSchema.omit({ nameTaken: true }).shape,
  secretSha256: sha256Schema,
  wrongSecrets: z.number().int(),
  /** Null while nobody has answered; an empty list: not allowed. */
  allowed: z.array(agentScopeSchema).nullable(),
})
type Stored = z.output<typeof storedSchema>

const fileSchema = z.strictObject({
  schema: z.literal(1),
  pairings: z.array(storedSchema),
  /** When each was asked for, and by which process, lately. */
  asked: z.array(z.strictObject({ at: z.string(), code: z.string() })),
  denied: z.array(z.strictObject({ at: z.string(), pid: z.number() })),
})
type Content = z.output<typeof fileSchema>

export interface PairingRequest {
  readonly name: string
  readonly scopes: readonly AgentScope[]
  readonly days?: number | undefined
}

export type Collected =
  | { readonly state: 'pending'; readonly expiresAt: string }
  | { readonly state: 'denied' | 'expired' }
  | { readonly state: 'approved'; readonly token: string; readonly agent: ConnectedAgent }

export interface Pairings {
  /**
   * An agent asks to be connected. Whoever has `secret` may fetch the answer; `code` is for the person to compare. Another one
   * of the same process takes the place of its earlier one.
   * @throws SkilletError RATE_LIMITED, BUSY while too many wait for an answer, POLICY_DENIED
   */
  ask(
    request: PairingRequest,
    peer: Peer,
  ): Promise<{ id: string; secret: string; code: string; expiresAt: string }>
  /**
   * The answer, which is given out once: with it the token comes into being. Waits for it no longer than `patience` says.
   * @throws SkilletError NOT_FOUND for an unknown one, one that was fetched, and a wrong secret; CANCELLED
   */
  collect(id: string, secret: string, patience?: Patience): Promise<Collected>

  /** For the person: what waits for an answer, oldest first. */
  waiting(): Promise<Pairing[]>
  /** The person allows it: no more than it asked for. @throws SkilletError NOT_FOUND, INPUT_INVALID */
  approve(id: string, allowed: { scopes: readonly AgentScope[]; days: number }): Promise<void>
  /** @throws SkilletError NOT_FOUND */
  deny(id: string): Promise<void>
  onChange(listener: () => void): () => void
}

interface PairingPorts {
  readonly file: string
  readonly tokens: Tokens
  /** @throws SkilletError POLICY_DENIED while nobody may connect */
  readonly assertOpen: () => Promise<void>
  readonly journal: Journal
  readonly now: () => Date
}

export function createPairings({ file, tokens, assertOpen, journal, now }: PairingPorts): Pairings {
  const book = createBook({
    file,
    schema: () => fileSchema,
    empty: { schema: 1, pairings: [], asked: [], denied: [] },
  })
  const isAhead = (time: string) => now().getTime() < Date.parse(time)
  const isAlive = ({ expiresAt }: Stored) => isAhead(expiresAt)
  const isWithin = (at: string, ms: number) => Math.abs(now().getTime() - Date.parse(at)) < ms
  const later = (ms: number) => new Date(now().getTime() + ms).toISOString()
  /** Without what is over. */
  const current = (content: Content): Content => ({
    ...content,
    pairings: content.pairings.filter(isAlive),
    asked: content.asked.filter(({ at }) => isWithin(at, maxAsked.withinMs)),
    denied: content.denied.filter(({ at }) => isWithin(at, deniedMs)),
  })

  function answer(id: string, edit: (one: Stored) => Partial<Stored>): Promise<Stored> {
    return book.change((content) => {
      const one = current(content).pairings.find((pairing) => pairing.id === id && pairing.allowed === null)
      if (one === undefined)
        throw new SkilletError('NOT_FOUND', 'This agent does not wait any more.', {
          remedy: 'Have it ask again.',
        })
      const answered = { ...one, ...edit(one) }
      return [
        { ...content, pairings: content.pairings.map((each) => (each.id === id ? answered : each)) },
        answered,
      ]
    })
  }

  /** Takes the answer out of the book where there is one, so that nobody gets it twice. */
  function take(id: string, secret: string): Promise<Stored | 'expired'> {
    return book
      .change<Stored | 'expired' | SkilletError>((content) => {
        const one = content.pairings.find((pairing) => pairing.id === id)
        const others = content.pairings.filter((pairing) => pairing !== one)
        if (one === undefined) return [content, unknownPairing()]
        if (!isSameDigest(one.secretSha256, digestOf(secret))) {
          const wrongSecrets = one.wrongSecrets + 1
          const kept = wrongSecrets < maxWrongSecrets ? [...others, { ...one, wrongSecrets }] : others
          return [{ ...content, pairings: kept }, unknownPairing()]
        }
        if (!isAlive(one)) return [{ ...content, pairings: others }, 'expired']
        return [one.allowed === null ? content : { ...content, pairings: others }, one]
      })
      .then((taken) => {
        if (taken instanceof SkilletError) throw taken
        return taken
      })
  }

  return {
    async ask({ name, scopes, days = defaultTokenDays }, peer) {
      await assertOpen()
      const secret = randomWord()
      const asked = await book.change<Stored | SkilletError>((before) => {
        const content = current(before)
        const { pid } = peer
        if (content.asked.length >= maxAsked.times)
          return [content, new SkilletError('RATE_LIMITED', 'Agents have asked to be connected too often.')]
        if (pid !== null && content.denied.some((one) => one.pid === pid))
          return [content, new SkilletError('RATE_LIMITED', 'The person has just said no to this process.')]
        const others = content.pairings.filter((one) => pid === null || one.peer.pid !== pid)
        if (others.filter(({ allowed }) => allowed === null).length >= maxWaiting)
          return [
            content,
            new SkilletError('BUSY', 'Other agents wait to be connected.', {
              remedy: 'Answer those in Skillet first, then try again.',
            }),
          ]
        const pairing: Stored = {
          id: randomUUID(),
          code: newCode(new Set(content.asked.map((one) => one.code))),
          name,
          scopes: [...new Set(scopes)],
          days: Math.min(days, maxTokenDays),
          peer: { pid, name: plainLine(peer.name, 64), path: plainLine(peer.path, 1024) },
          askedAt: now().toISOString(),
          expiresAt: later(codeMs),
          secretSha256: digestOf(secret),
          wrongSecrets: 0,
          allowed: null,
        }
        const all = [...content.asked, { at: pairing.askedAt, code: pairing.code }]
        return [{ ...content, pairings: [...others, pairing], asked: all }, pairing]
      })
      if (asked instanceof SkilletError) throw asked
      return { id: asked.id, secret, code: asked.code, expiresAt: asked.expiresAt }
    },
    async collect(id, secret, patience) {
      const taken = await waitUntil(book, patience, async () => {
        const one = await take(id, secret)
        return {
          value: one,
          settled: one === 'expired' || one.allowed !== null,
          at: one === 'expired' ? null : one.expiresAt,
        }
      })
      if (taken === 'expired') return { state: 'expired' }
      if (taken.allowed === null) return { state: 'pending', expiresAt: taken.expiresAt }
      if (taken.allowed.length === 0) return { state: 'denied' }
      // Only now is there a token: nobody else can have seen it.
      const { name, days, allowed: scopes } = taken
      return { state: 'approved', ...(await tokens.issue({ name, scopes, days })) }
    },

    async waiting() {
      const [{ pairings }, connected] = await Promise.all([book.read(), tokens.list()])
      return pairings.flatMap(({ secretSha256: _secret, wrongSecrets: _wrong, allowed, ...pairing }) =>
        allowed === null && isAhead(pairing.expiresAt)
          ? [{ ...pairing, nameTaken: connected.some((one) => isSameName(one.name, pairing.name)) }]
          : [],
      )
    },
    async approve(id, { scopes, days }) {
      await assertOpen()
      const { name } = await answer(id, (one) => {
        if (scopes.length === 0 || scopes.some((scope) => !one.scopes.includes(scope)))
          throw new SkilletError('INPUT_INVALID', `${one.name} did not ask for this.`)
        return { allowed: [...new Set(scopes)], days, expiresAt: later(fetchMs) }
      })
      await journal.append('agent.connected', null, `You let ${name} connect to Skillet.`, { scopes, days })
    },
    async deny(id) {
      const { name, peer } = await answer(id, () => ({ allowed: [], expiresAt: later(fetchMs) }))
      const { pid } = peer
      if (pid !== null)
        await book.change((content) => [
          { ...content, denied: [...content.denied, { at: now().toISOString(), pid }] },
          null,
        ])
      await journal.append('agent.refused', null, `You did not let ${name} connect to Skillet.`)
    },
    onChange: (listener) => book.onChange(listener),
  }
}

/** Never one that was shown lately, so that nobody can come to have the code of another. */
function newCode(lately: ReadonlySet<string>): string {
  for (;;) {
    const code = String(randomInt(1_000_000)).padStart(6, '0')
    if (!lately.has(code)) return code
  }
}

function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

function unknownPairing(): SkilletError {
  return new SkilletError('NOT_FOUND', 'Nobody asked for this, or the answer was fetched already.', {
    remedy: 'Ask to be connected again.',
  })
}

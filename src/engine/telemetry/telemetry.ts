import { join } from 'node:path'
import type { TelemetryStatus } from '../../shared/contract/telemetry.ts'
import { toSkilletError } from '../../shared/errors.ts'
import type { TelemetryBatch } from '../../shared/telemetry.ts'
import type { Connection } from '../registry-client/request.ts'
import { createChoiceFile } from './choice-file.ts'
import { consentOf, type Choice } from './consent.ts'
import { newSalt, pseudonyms } from './pseudonyms.ts'
import { batchSize, createEventQueue, type Happened } from './queue.ts'
import { createSamples, type Sampled } from './samples.ts'
import { sendBatch } from './send.ts'

/** Between two requests of a Skillet that stays open, in milliseconds. */
const everyMs = 15 * 60_000
/** What is being sent when Skillet is closed has this long left, in milliseconds; then it stays for the next time. */
const lastWordMs = 1000

export interface Telemetry {
  status(): Promise<TelemetryStatus>
  /** "Off" ends a request under way and forgets what waits, and the numbers that it would have been told under. */
  choose(choice: Choice): Promise<void>
  /** What would go out: what waits, or an example with numbers that are never used. */
  preview(): Promise<TelemetryBatch>
  erase(): Promise<void>
  /** @throws SkilletError NOT_FOUND where nobody asks for samples of this bundle */
  allowSamples(bundle: string, allowed: boolean): Promise<void>
  /** Notes what happened with a skill, if it may. Never fails, and nobody has to wait for it. */
  note(slug: string, happened: readonly Happened[]): void
  sample(sampled: Sampled): void
  /** Sends what waits, if it may; for when the registry is being talked to anyway. */
  send(): void
  close(): Promise<void>
}

export interface TelemetryPorts {
  /** Absolute; Skillet's own folder for this. */
  readonly folder: string
  /** To the registry without any key; null where there is no registry. */
  readonly keyless: Connection | null
  /** With the key of a bundle or a fleet; null for any other key. */
  readonly keyed: Connection | null
  /** The kind of agent that works with this engine, such as `window`. */
  readonly agent: string
  readonly env: NodeJS.ProcessEnv
  /** What the administrators decided. @throws SkilletError POLICY_INVALID, which counts as "off" */
  readonly managed: () => Promise<Choice | null>
  /**
   * Whether a skill came from the registry that is told. Another registry's names, and those of folders and files that
   * somebody handed over, are nobody's business.
   */
  readonly isOfRegistry: (slug: string) => Promise<boolean>
  readonly now: () => Date
  readonly log: (line: string) => void
}

/**
 * Anonymous statistics: which skills are installed and used, and how it went. Nothing is kept before the person has said
 * yes, and nothing leaves but `{"events": […]}` as `preview` shows it.
 */
export function createTelemetry(ports: TelemetryPorts): Telemetry {
  const { folder, keyless, agent, env, now, log } = ports
  const choices = createChoiceFile(join(folder, 'choice.json'))
  const queue = createEventQueue({ file: join(folder, 'events.json'), now })
  const working = new Set<Promise<void>>()
  let sending = new AbortController()
  let isSending = false

  const consent = async () => {
    const [{ choice }, managed] = await Promise.all([
      choices.read(),
      ports.managed().catch((): Choice => 'off'),
    ])
    return consentOf({ choice, env, managed })
  }
  const inBackground = (what: string, work: () => Promise<void>) => {
    const done: Promise<void> = work()
      .catch((error: unknown) => log(`${what}: ${toSkilletError(error).message}`))
      .finally(() => working.delete(done))
    working.add(done)
  }
  const settled = async () => {
    while (working.size > 0) await Promise.all(working)
  }
  const samples = createSamples({
    ...ports,
    choices,
    salt: () => queue.salt(),
    mayTell: async () => (await consent()).forbiddenBy === null,
    signal: () => sending.signal,
  })

  const sendAll = async () => {
    if (keyless === null || isSending) return
    isSending = true
    try {
      // Asked before each request: it may have been switched off meanwhile, here or by another Skillet.
      while ((await consent()).on) {
        const taken = await queue.take()
        if (taken === null) return
        const { signal } = sending
        const outcome = await sendBatch(keyless, taken.body, signal)
        if (outcome === 'arrived') await queue.keepSent(taken)
        // Switched off: what was taken out is forgotten with the rest.
        if (outcome === 'again' && (await consent()).on) await queue.putBack(taken)
        if (outcome !== 'arrived') return
      }
    } finally {
      isSending = false
    }
  }
  const send = () => inBackground('Statistics were not sent', sendAll)
  const timer = setInterval(send, everyMs)
  timer.unref()

  const forget = async () => {
    sending.abort()
    sending = new AbortController()
    // What is being noted just now must not come after it is erased.
    await settled()
    await queue.erase()
  }

  return {
    async status() {
      const [{ on, choice, forbiddenBy, managed }, { waiting, sent }, asked] = await Promise.all([
        consent(),
        queue.read(),
        samples.asked(),
      ])
      return {
        on,
        choice,
        forbiddenBy,
        managed,
        waiting: on ? waiting.map(({ event }) => event) : [],
        sent,
        samples: asked,
      }
    },
    async choose(choice) {
      await choices.change((before) => ({ ...before, choice }))
      if (choice === 'off') await forget()
    },
    async preview() {
      const { waiting } = await queue.read()
      if (waiting.length > 0) return { events: waiting.slice(0, batchSize).map(({ event }) => event) }
      const names = pseudonyms(newSalt(now()), agent)
      const skill = { slug: 'csv-profile', version: '1.0.0' }
      return {
        events: [
          { event: 'install', ...skill, ...names, durationMs: 1840, retries: 0, ok: true },
          { event: 'use', ...skill, ...names, durationMs: null, retries: null, ok: null },
          { event: 'result', ...skill, ...names, durationMs: 412, retries: 0, ok: true },
        ],
      }
    },
    erase: forget,
    allowSamples: (bundle, allowed) => samples.allow(bundle, allowed),
    note: (slug, happened) =>
      inBackground('Statistics were not kept', async () => {
        if ((await consent()).on && (await ports.isOfRegistry(slug))) await queue.add(happened, agent)
      }),
    sample(sampled) {
      // Without the key of a bundle no run has to look into any file for it.
      if (ports.keyed === null) return
      inBackground('A sample was not sent', async () => {
        if (await ports.isOfRegistry(sampled.manifest.slug)) await samples.send(sampled)
      })
    },
    send,
    async close() {
      clearInterval(timer)
      const last = setTimeout(() => sending.abort(), lastWordMs)
      await settled()
      clearTimeout(last)
    },
  }
}

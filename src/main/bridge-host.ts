import { join } from 'node:path'
import { z } from 'zod'
import type { Access } from '../bridge/access/access.ts'
import type { Bridge } from '../bridge/bridge.ts'
import { policyLookSeconds, watchPolicy, whyForbidden } from '../bridge/policy-watch.ts'
import type { BridgeStatus } from '../shared/contract/bridge.ts'
import { toSkilletError, type PlainError, type SkilletError } from '../shared/errors.ts'
import type { ManagedPolicy } from '../shared/managed-policy.ts'
import type { EngineSource } from './engine-source.ts'
import { openKeptChoice, type KeptChoice } from './kept-choice.ts'
import type { Log } from './log.ts'

/** The bridge as the app keeps it. */
export interface BridgeHost {
  /** Opens it, unless the person or administrators don't want it. What goes wrong is in the status. */
  start(): Promise<BridgeStatus>
  status(): Promise<BridgeStatus>
  /** What the person chooses, from now on. */
  set(on: boolean): Promise<BridgeStatus>
  stop(): Promise<void>
}

interface HostPorts {
  readonly home: string
  readonly version: string
  readonly engine: EngineSource
  readonly access: () => Promise<Access>
  readonly managed: () => Promise<ManagedPolicy | null>
  readonly log: Log
  /** Milliseconds between two looks at what administrators decided. */
  readonly lookEveryMs?: number
}

/** Nothing of the bridge is read from the disk before it is opened, which is after the window. */
export function createBridgeHost({
  home,
  version,
  engine,
  access,
  managed,
  log,
  lookEveryMs = policyLookSeconds * 1000,
}: HostPorts): BridgeHost {
  let choice: Promise<KeptChoice<boolean>> | null = null
  let bridge: Bridge | null = null
  let problem: PlainError | null = null
  /** As administrators had it when it was opened or closed last. */
  let wasForbidden = false
  let stopLooking: (() => void) | null = null
  /** One thing after the other. */
  let turn: Promise<unknown> = Promise.resolve()

  const chosen = () =>
    (choice ??= openKeptChoice(
      { file: join(home, 'bridge-choice.json'), schema: z.boolean(), usual: true },
      () => undefined,
      log,
    ))
  async function isForbidden(): Promise<boolean> {
    const why = await whyForbidden(managed)
    // What administrators decided is no problem; that nobody can read it is one.
    if (why !== null && why.code !== 'POLICY_DENIED') problem = why.toPlain()
    return why !== null
  }
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work)
    turn = mine.catch(() => undefined)
    return mine
  }

  async function look(): Promise<BridgeStatus> {
    const forbidden = await isForbidden()
    const open = bridge?.status() ?? null
    return {
      isOpen: open !== null,
      isWanted: (await chosen()).get(),
      isForbidden: forbidden,
      url: open?.url ?? null,
      problem,
    }
  }
  async function close(): Promise<void> {
    await bridge?.stop()
    bridge = null
  }
  async function settle(): Promise<BridgeStatus> {
    problem = null
    wasForbidden = await isForbidden()
    if (!(await chosen()).get() || wasForbidden) {
      await close()
      return look()
    }
    try {
      const { createBridge } = await import('../bridge/bridge.ts')
      bridge ??= createBridge({
        home,
        program: 'app',
        version,
        engine: () => engine.get(),
        access: await access(),
        log,
      })
      await bridge.start()
    } catch (error) {
      const failure = toSkilletError(error)
      problem = failure.toPlain()
      log(`agents can't reach Skillet: ${failure.message}`)
    }
    return look()
  }

  /** Closes what was forbidden meanwhile, and opens it again once it is allowed. */
  const follow = (why: SkilletError | null) =>
    inTurn(async () => {
      if ((why !== null) !== wasForbidden) await settle()
    }).catch((error: unknown) => log(toSkilletError(error).message))

  return {
    start() {
      stopLooking ??= watchPolicy(managed, lookEveryMs, (why) => void follow(why))
      return inTurn(settle)
    },
    status: () => inTurn(look),
    set: (on) =>
      inTurn(async () => {
        await (await chosen()).set(on)
        return settle()
      }),
    stop() {
      stopLooking?.()
      stopLooking = null
      return inTurn(close)
    },
  }
}

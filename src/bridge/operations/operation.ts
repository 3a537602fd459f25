import type { z } from 'zod'
import type { Engine } from '../../engine/api.ts'
import type { AgentScope } from '../../shared/agent-scope.ts'
import type { AgentRequests } from '../access/requests.ts'
import type { Idempotency } from './idempotency.ts'
import type { KeptAnswers } from './kept-answers.ts'
import type { AgentRuns } from '../runs/agent-runs.ts'

/** An agent whose token was accepted. */
export interface Agent {
  /** Of its token; stays the same as long as the token is good. */
  readonly id: string
  /** What it called itself when it was paired: words for a person, never a reason to believe it. */
  readonly name: string
  readonly scopes: readonly AgentScope[]
}

/** What happens while an operation is under way. `fraction` from 0 to 1, null where nobody can say. */
export type OperationEvent =
  | { readonly type: 'progress'; readonly message: string; readonly fraction: number | null }
  | { readonly type: 'output'; readonly stream: 'stdout' | 'stderr'; readonly text: string }

/** Who asks, and with what an operation does its work. */
export interface OperationContext {
  readonly agent: Agent
  /** Aborted when whoever asked doesn't want it any more. */
  readonly signal: AbortSignal
  /** Says that an earlier request with the same key was this one; null where the caller gave none. */
  readonly idempotencyKey: string | null
  /** Whether a run that nobody waits for any more is to be stopped. */
  readonly stopsWhenGone: boolean
  onEvent(event: OperationEvent): void
  /** Opened by whoever asks first. @throws SkilletError where it can't be opened */
  engine(): Promise<Engine>
  readonly idempotency: Idempotency
  readonly kept: KeptAnswers
  readonly requests: AgentRequests
  readonly runs: AgentRuns
}

/** How one request wants to be handled. */
export type CallContext = Pick<OperationContext, 'signal' | 'idempotencyKey' | 'stopsWhenGone' | 'onEvent'>

/** How an operation is called over REST. Members of its input that the path doesn't name are the query of a GET, else the body. */
export interface Route {
  readonly method: 'get' | 'post' | 'delete'
  /** In OpenAPI's form, without `/v1`: `/skills/{slug}`. */
  readonly path: string
  /** 200 unless something was made (201), or work goes on (202). */
  readonly status?: 200 | 201 | 202
}

/**
 * One thing that an agent may ask for. REST, its document and MCP's tools are all made from these, so neither has rules of
 * its own. What `output` doesn't name never leaves.
 */
export interface Operation<I extends z.ZodObject = z.ZodObject, O extends z.ZodObject = z.ZodObject> {
  /** MCP's tool and OpenAPI's `operationId`. */
  readonly name: string
  readonly title: string
  /** For the model that chooses among tools: what it does, and what it never does. */
  readonly description: string
  readonly input: I
  readonly output: O
  readonly scope: AgentScope
  /** It changes nothing. */
  readonly readOnly: boolean
  /** It may change or delete what is there. */
  readonly destructive: boolean
  /** The same request again does nothing more. */
  readonly idempotent: boolean
  readonly route: Route
  /** Milliseconds for which its answer is good for every agent that asks the same; absent: each gets its own. */
  readonly keepMs?: number
  /** `input` has been parsed and the scope checked. @throws SkilletError */
  run(input: z.output<I>, context: OperationContext): Promise<z.input<O>>
}

/** Keeps the types of input and output together while an operation is declared. */
export function operation<I extends z.ZodObject, O extends z.ZodObject>(
  declared: Operation<I, O>,
): Operation<I, O> {
  return declared
}

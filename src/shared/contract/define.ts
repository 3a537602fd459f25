import type { z } from 'zod'
import type { Result } from '../errors.ts'

/** Who may make a call: the app's own window, or an agent through the bridge. Nothing an agent can call decides a grant. */
export type Audience = 'window' | 'agent'

export interface Call<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly input: I
  readonly output: O
  readonly audience: readonly Audience[]
}

/** Declares one call. Its input is validated where it arrives, its output before it leaves. */
export function call<I extends z.ZodType, O extends z.ZodType>(
  input: I,
  output: O,
  audience: readonly Audience[] = ['window'],
): Call<I, O> {
  return { input, output, audience }
}

export type Calls = Record<string, Call>
export type InputOf<C> = C extends Call<infer I, z.ZodType> ? z.output<I> : never
export type OutputOf<C> = C extends Call<z.ZodType, infer O> ? z.output<O> : never

/** What main implements: a missing handler is a compile error. */
export type Handlers<C extends Calls> = { [K in keyof C]: (input: InputOf<C[K]>) => Promise<OutputOf<C[K]>> }
/** What the window holds: the same calls, with failures as values. */
export type Client<C extends Calls> = {
  [K in keyof C]: (input: z.input<C[K]['input']>) => Promise<Result<OutputOf<C[K]>>>
}

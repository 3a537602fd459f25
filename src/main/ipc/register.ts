import { contract, type CallName, type WindowHandlers } from '../../shared/contract/index.ts'
import { SkilletError, type Result } from '../../shared/errors.ts'
import { describeError, toToldError, type Log } from '../log.ts'

/** Input checked, handler run, output checked; every failure is a value. */
export async function answer(
  name: CallName,
  handlers: WindowHandlers,
  input: unknown,
  log: Log,
): Promise<Result<unknown>> {
  const { input: inputSchema, output: outputSchema } = contract[name]
  try {
    const parsed = inputSchema.safeParse(input)
    if (!parsed.success) {
      log(`${name} got a wrong input: ${describeError(parsed.error)}`)
      throw new SkilletError('INPUT_INVALID', 'The window sent something that Skillet does not understand.', {
        cause: parsed.error,
      })
    }
    const handler = handlers[name] as (input: unknown) => Promise<unknown>
    // What the schema does not name is dropped here and never reaches the window.
    return { ok: true, value: outputSchema.parse(await handler(parsed.data)) }
  } catch (error) {
    return { ok: false, error: toToldError(error, name, log).toPlain() }
  }
}

import type { IpcMainInvokeEvent } from 'electron'
import { callChannel } from '../../shared/contract/channels.ts'
import { contract, type CallName, type WindowHandlers } from '../../shared/contract/index.ts'
import { SkilletError, type Result } from '../../shared/errors.ts'
import { describeError, toToldError, type Log } from '../log.ts'

interface RegisterPorts {
  handle: (channel: string, listener: (event: IpcMainInvokeEvent, input: unknown) => Promise<unknown>) => void
  isTrusted: (event: IpcMainInvokeEvent) => boolean
  log: Log
}

/** Registers every call of the contract. A contract entry without a handler does not compile. */
export function registerCalls(handlers: WindowHandlers, ports: RegisterPorts): void {
  for (const name of Object.keys(contract) as CallName[])
    ports.handle(callChannel(name), async (event, input) => {
      if (!ports.isTrusted(event)) {
        ports.log(`refused ${name}: the sender is not Skillet's own window`)
        // An exception, not a Result: whoever sent this gets no answer to build on.
        throw new Error('refused')
      }
      return answer(name, handlers, input, ports.log)
    })
}

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

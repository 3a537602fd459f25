import type { IpcMainInvokeEvent } from 'electron'
import { callChannel } from '../../shared/contract/channels.ts'
import type { CallName } from '../../shared/contract/index.ts'
import type { Log } from '../log.ts'

/** Answers a call of our own page's; never throws. */
export type AnswerCall = (name: CallName, input: unknown) => Promise<unknown>

interface RegisterPorts {
  handle: (channel: string, listener: (event: IpcMainInvokeEvent, input: unknown) => Promise<unknown>) => void
  isTrusted: (event: IpcMainInvokeEvent) => boolean
  log: Log
}

/** Registers the calls of the contract before what answers them is there; until then they wait. */
export function registerCalls(
  names: readonly CallName[],
  answering: Promise<AnswerCall>,
  ports: RegisterPorts,
): void {
  for (const name of names)
    ports.handle(callChannel(name), async (event, input) => {
      if (!ports.isTrusted(event)) {
        ports.log(`refused ${name}: the sender is not Skillet's own window`)
        // An exception, not a Result: whoever sent this gets no answer to build on.
        throw new Error('refused')
      }
      return (await answering)(name, input)
    })
}

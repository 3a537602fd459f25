import { readFile } from 'node:fs/promises'
import type { programCalls } from '../../../shared/contract/program.ts'
import type { WindowHandlers } from '../../../shared/contract/index.ts'
import { exists } from '../../../engine/disk.ts'
import { SkilletError } from '../../../shared/errors.ts'
import type { createCrashes } from '../../crashes.ts'
import type { Startup } from '../../startup.ts'

interface ProgramPorts {
  startup: Startup
  /** Whether there is a program that the system could start. */
  isInstalled: boolean
  crashes: ReturnType<typeof createCrashes>
  revealCrashes: () => Promise<unknown>
  licences: string
}

export function programHandlers(ports: ProgramPorts): Pick<WindowHandlers, keyof typeof programCalls> {
  return {
    'startup.get': async () => ({ atLogin: await ports.startup.isOn(), canChange: ports.isInstalled }),
    'startup.set': async (on) => {
      if (!ports.isInstalled)
        throw new SkilletError('NOT_FOUND', 'Skillet was not installed, so the system can’t start it.', {
          remedy: 'Install Skillet first.',
        })
      await ports.startup.set(on)
      return null
    },
    'crashes.list': () => ports.crashes.list(),
    'crashes.reveal': async () => {
      await ports.revealCrashes()
      return null
    },
    'crashes.remove': async () => {
      await ports.crashes.remove()
      return null
    },
    'program.licences': async () =>
      (await exists(ports.licences)) ? readFile(ports.licences, 'utf8') : null,
  }
}

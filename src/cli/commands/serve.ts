import type { Command } from 'commander'
import { version } from '../../../package.json'
import type { SkilletError } from '../../shared/errors.ts'
import { lookEveryMs } from '../../shared/look-every.ts'
import { aborted } from '../aborted.ts'
import { assertNotRoot, type Cli } from '../context.ts'
import { openManagedPolicy } from '../registry-access.ts'

/** `skillet serve`: the agents' door without a window. Says one line when it is open and runs until Ctrl-C or SIGTERM. */
export function addServe(program: Command, cli: Cli): void {
  program
    .command('serve')
    .description('let agents on this computer reach Skillet, without its window')
    .action(async () => {
      assertNotRoot(cli)
      const { createAccess } = await import('../../bridge/access/access.ts')
      const { assertBridgeOpen, policyLookSeconds, watchPolicy } =
        await import('../../bridge/policy-watch.ts')
      const { createBridge } = await import('../../bridge/bridge.ts')
      const { home } = cli.settings()
      const managed = openManagedPolicy()
      assertBridgeOpen(await managed.read())
      const log = (line: string) => void cli.ports.stderr.write(`${line}\n`)
      const engine = () => cli.engine()
      const access = createAccess({ home, engine, managed: () => managed.read(), log })
      const bridge = createBridge({ home, program: 'serve', version, engine, access, log })
      const closed = new AbortController()
      let why: SkilletError | null = null
      const everyMs = lookEveryMs(cli.ports.env, policyLookSeconds)
      const stopLooking = watchPolicy(
        () => managed.read(),
        everyMs,
        (found) => {
          if (found === null) return
          why = found
          closed.abort()
        },
      )
      try {
        const { url, socket } = await bridge.start()
        cli.output.document({ url, socket, pid: process.pid })
        cli.output.line(`Agents reach Skillet at ${url}`)
        cli.output.line(`  and at ${socket}`)
        cli.output.note('What needs your answer waits until you open Skillet.')
        cli.output.line('Stop it with Ctrl-C.')
        await Promise.race([aborted(cli.signal), aborted(closed.signal)])
      } finally {
        stopLooking()
        await bridge.stop()
        await access.close()
      }
      if (why !== null) throw why
    })
}

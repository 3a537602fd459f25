import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { assertServerHere } from '../console-folder.ts'
import type { Cli } from '../context.ts'
import { aborted } from '../aborted.ts'
import { createTryOut } from '../try-out.ts'

interface WorkerFlags {
  database: string
  data?: string
  objects?: string
}

/** `skillet registry worker`: scans and tries out what a registry elsewhere took in, until Ctrl-C or SIGTERM. */
export function addRegistryWorker(registry: Command, cli: Cli): void {
  registry
    .command('worker')
    .description('scan submissions for a registry that runs elsewhere; it needs none of its keys')
    .requiredOption('--database <url>', 'the database that registry start prints')
    .option('--data <dir>', "the registry's folder, where its files are in objects/")
    .option('--objects <url>', 'where the files are instead: s3://BUCKET/PREFIX?endpoint=…&region=…')
    .action(async (flags: WorkerFlags) => {
      const dataDir = flags.data === undefined ? join(cli.settings().home, 'registry') : resolve(flags.data)
      assertServerHere()
      const { startWorker } = await import('../../registry/worker.ts')
      const worker = await startWorker({
        databaseUrl: flags.database,
        objects: flags.objects,
        dataDir,
        tryOut: createTryOut(cli, dataDir),
        log: (line) => void cli.ports.stderr.write(`${line}\n`),
      })
      try {
        cli.output.document({ ready: true })
        cli.output.line('Scanning what is submitted. Stop it with Ctrl-C.')
        await aborted(cli.signal)
      } finally {
        await worker.stop()
      }
    })
}

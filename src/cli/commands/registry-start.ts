import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { packFolder } from '../../engine/package/pack.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { RegistryOptions } from '../../registry/start.ts'
import { assertServerHere, consoleFolder } from '../console-folder.ts'
import { aborted } from '../aborted.ts'
import type { Cli } from '../context.ts'
import { createTryOut } from '../try-out.ts'

interface StartFlags {
  demo?: boolean
  data?: string
  port: string
  database?: string
  skills?: string
  publicUrl?: string
  behindProxy?: boolean
  host?: string
  objects?: string
  scanElsewhere?: boolean
  tlsCert?: string
  tlsKey?: string
  securityContact?: string
  localWebhooks?: boolean
}

/** `skillet registry start`: says one line when it is ready and runs until Ctrl-C or SIGTERM. */
export function addRegistryStart(registry: Command, cli: Cli): void {
  registry
    .command('start')
    .description('run a registry on this computer')
    .option('--demo', 'publish the demo catalog into it and print keys to try it with')
    .option('--data <dir>', 'where it keeps everything')
    .option('--port <n>', 'the port on 127.0.0.1; 0 takes a free one', '0')
    .option('--database <url>', 'a PostgreSQL of your own instead of the built-in one')
    .option('--objects <url>', 'keep what is uploaded in a bucket: s3://BUCKET/PREFIX?endpoint=…&region=…')
    .option('--scan-elsewhere', 'leave scans and test runs to: skillet registry worker')
    .option('--host <address>', 'the address to listen on', '127.0.0.1')
    .option('--tls-cert <file>', 'a certificate (PEM), to encrypt')
    .option('--tls-key <file>', 'its private key (PEM)')
    .option('--security-contact <url>', 'mailto: or https:, for those who find a weakness')
    .option('--local-webhooks', 'webhooks may point to this computer, for developing')
    .option('--public-url <url>', 'where people and clients reach it, if not where it listens')
    .option('--behind-proxy', 'a proxy of your own says in x-forwarded-for where requests come from')
    .option('--skills <dir>', 'the folder of the demo catalog, with --demo')
    .action(async (flags: StartFlags) => {
      const port = Number(flags.port)
      if (!Number.isInteger(port) || port < 0 || port > 65535)
        throw new SkilletError('USAGE', `--port ${flags.port} is not a port.`)
      if ((flags.tlsCert === undefined) !== (flags.tlsKey === undefined))
        throw new SkilletError('USAGE', '--tls-cert and --tls-key go together.')
      assertServerHere()
      // Loaded only here: the server and its database driver would slow down every other command.
      const { startRegistry } = await import('../../registry/start.ts')
      const dataDir = flags.data === undefined ? join(cli.settings().home, 'registry') : resolve(flags.data)
      const started = await startRegistry({
        dataDir,
        tryOut: createTryOut(cli, dataDir),
        scanElsewhere: flags.scanElsewhere === true,
        objects: flags.objects,
        port,
        demo: flags.demo === true,
        pack: packFolder,
        consoleDir: consoleFolder(),
        log: (line) => void cli.ports.stderr.write(`${line}\n`),
        host: flags.host ?? '127.0.0.1',
        ...(flags.tlsCert === undefined || flags.tlsKey === undefined
          ? {}
          : { tls: { cert: resolve(flags.tlsCert), key: resolve(flags.tlsKey) } }),
        ...(flags.securityContact === undefined
          ? {}
          : { securityContact: parseContact(flags.securityContact) }),
        localWebhooks: flags.localWebhooks === true,
        behindProxy: flags.behindProxy === true,
        ...fromEnvironment(),
        ...(flags.publicUrl === undefined ? {} : { publicUrl: new URL(flags.publicUrl).origin }),
        ...(flags.database === undefined ? {} : { databaseUrl: flags.database }),
        ...(flags.skills === undefined ? {} : { skillsDir: resolve(flags.skills) }),
      })
      try {
        const { url, trustRoot, databaseUrl } = started
        const adminKey = started.adminKey ?? null
        const demoKey = started.demoKey ?? null
        cli.output.document({ url, trustRoot, databaseUrl, adminKey, demoKey })
        cli.output.line(`The registry answers at ${url}`)
        cli.output.line(`  Trust root  ${trustRoot}`)
        if (adminKey !== null) cli.output.line(`  Admin key   ${adminKey}`)
        if (demoKey !== null) cli.output.line(`  Demo key    ${demoKey}`)
        if (started.offlineKeys !== null && flags.demo !== true) {
          cli.output.note(`The offline keys are still on this computer, in ${started.offlineKeys}.`)
          cli.output.note(
            'Move that folder to a safe place: the registry runs without it, and a thief could use it.',
          )
        }
        cli.output.line('Stop it with Ctrl-C.')
        await aborted(cli.signal)
      } finally {
        await started.stop()
      }
    })
}

function parseContact(text: string): string {
  if (/^(?:mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/.test(text)) return text
  throw new SkilletError('USAGE', `--security-contact ${text} is neither mailto: nor https:.`)
}

/** What must not stand on a command line, where every process of the computer could read it. */
function fromEnvironment(): Partial<RegistryOptions> {
  const { SKILLET_GITHUB_CLIENT_ID: clientId, SKILLET_GITHUB_CLIENT_SECRET: clientSecret } = process.env
  const { SKILLET_PAYMENT_SECRET: paymentSecret, SKILLET_METRICS_TOKEN: metricsToken } = process.env
  const { SKILLET_GITHUB_TOKEN: token, SKILLET_GITHUB_REPOSITORY: repository } = process.env
  const { SKILLET_GITHUB_API_URL: apiUrl } = process.env
  return {
    ...(token !== undefined && repository !== undefined ? { issues: { token, repository, apiUrl } } : {}),
    ...(clientId !== undefined && clientSecret !== undefined ? { github: { clientId, clientSecret } } : {}),
    ...(paymentSecret === undefined ? {} : { paymentSecret }),
    ...(metricsToken === undefined ? {} : { metricsToken }),
  }
}

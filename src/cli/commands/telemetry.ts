import type { Command } from 'commander'
import type { TelemetryStatus } from '../../shared/contract/telemetry.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { Cli } from '../context.ts'

/** `skillet telemetry status|on|off|preview|samples`: anonymous statistics, off until somebody says yes. */
export function addTelemetry(program: Command, cli: Cli): void {
  const telemetry = program.command('telemetry').description('anonymous statistics: off until you say yes')

  telemetry
    .command('status')
    .description('show whether anything is sent, what waits, and what was sent')
    .action(async () => {
      const status = await (await cli.engine()).telemetry()
      cli.output.document(status)
      cli.output.line(standingLine(status))
      if (status.waiting.length > 0) cli.output.line(`Waiting to be sent: ${status.waiting.length}`)
      for (const { at, body } of status.sent) cli.output.line(`${at}  ${JSON.stringify(body)}`)
      for (const { bundle, title, allowed } of status.samples)
        cli.output.line(`${allowed ? 'Samples go' : 'No samples go'} to the owner of ${title} (${bundle}).`)
    })

  telemetry
    .command('on')
    .description('send them')
    .action(async () => choose(cli, 'on'))

  telemetry
    .command('off')
    .description('send none, and forget those that wait')
    .action(async () => choose(cli, 'off'))

  telemetry
    .command('preview')
    .description('print what the next request says, word for word, or an example; sends nothing')
    .action(async () => {
      const batch = await (await cli.engine()).previewTelemetry()
      cli.output.document(batch)
      cli.output.line(JSON.stringify(batch, null, 2))
    })

  telemetry
    .command('samples')
    .description(
      'let the owner of a bundle have samples of what its skills are given and print, or no longer',
    )
    .argument('<on|off>')
    .argument('<bundle>', "the bundle's number, as status tells it")
    .action(async (word: string, bundle: string) => {
      if (word !== 'on' && word !== 'off') throw new SkilletError('USAGE', `Say on or off, not ${word}.`)
      await (await cli.engine()).allowSamples(bundle, word === 'on')
      cli.output.document({ bundle, allowed: word === 'on' })
      cli.output.line(
        word === 'on'
          ? 'From now on its owner gets samples of your runs of its skills: what they were given, without files, and the beginning of what they printed. Keys are hidden.'
          : 'Its owner gets no more samples.',
      )
    })
}

async function choose(cli: Cli, choice: 'on' | 'off'): Promise<void> {
  const engine = await cli.engine()
  await engine.chooseTelemetry(choice)
  const status = await engine.telemetry()
  cli.output.document(status)
  cli.output.line(standingLine(status))
}

function standingLine({ on, choice, forbiddenBy, managed }: TelemetryStatus): string {
  if (forbiddenBy?.who === 'policy') return 'Off: your administrator forbids statistics.'
  if (forbiddenBy?.who === 'environment') return `Off: ${forbiddenBy.variable} forbids it.`
  if (managed) return 'On: your administrator decided so. DO_NOT_TRACK=1 still turns it off.'
  if (on) return 'On: anonymous statistics are sent now and then.'
  return choice === null ? 'Off: nobody has said yes.' : 'Off: nothing is kept and nothing is sent.'
}

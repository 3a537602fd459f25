import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { telemetryBatchSchema } from '../../src/shared/telemetry.ts'
import { expect, goTo, test } from '../support/e2e-app.ts'
import { look } from '../support/e2e-look.ts'

test('statistics are asked about at the first start, shown word for word, and end with one switch', async ({
  launch,
}) => {
  const skillet = await launch({ undecided: true })
  const { page, home, cli } = skillet
  const card = page.getByRole('region', { name: 'Anonymous statistics' })
  await expect(card.getByRole('button', { name: 'Send statistics' })).toBeVisible()
  const example = card.getByRole('region', { name: 'Example of what is sent' })
  telemetryBatchSchema.parse(JSON.parse(await example.innerText()))
  await look(skillet, 'telemetry-first-choice')
  const status = async () => JSON.parse((await cli(['telemetry', 'status', '--json'])).stdout) as Status
  expect(await status()).toMatchObject({ on: false, choice: null, waiting: [] })

  await card.getByRole('button', { name: 'Send statistics' }).click()
  await expect(card).toBeHidden()
  // From here on what is done is noted: here by a command, which is another Skillet on this computer.
  await cli(['install', 'csv-profile', '--grant-declared'])
  await expect.poll(async () => (await status()).waiting.length + (await status()).sent.length).toBe(1)

  await goTo(page, 'Settings')
  const statistics = page.getByRole('region', { name: 'Anonymous statistics' })
  await statistics.getByRole('button', { name: 'What was sent, word for word' }).click()
  const words = statistics.getByRole('region', { name: /^(Sent|Waits to be sent)/ }).first()
  expect(telemetryBatchSchema.parse(JSON.parse(await words.innerText())).events).toMatchObject([
    { event: 'install', slug: 'csv-profile', ok: true },
  ])
  await statistics.scrollIntoViewIfNeeded()
  await look(skillet, 'settings-statistics')

  await statistics.getByText('Tell the registry how skills do').click()
  await expect(page.getByText('Nothing is sent, and nothing is kept for sending.')).toBeVisible()
  expect(await readdir(join(home, 'telemetry'))).toEqual(['choice.json'])
  expect(await status()).toMatchObject({ on: false, choice: 'off', waiting: [], sent: [] })
})

interface Status {
  on: boolean
  choice: 'on' | 'off' | null
  waiting: unknown[]
  sent: unknown[]
}

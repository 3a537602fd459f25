import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { connect, type ClientError, type Skillet } from '../../src/client/index.ts'
import { expect, goTo, questions, test, type SkilletApp } from '../support/e2e-app.ts'
import { look } from '../support/e2e-look.ts'

/** Asks to be connected, as an agent does; `code` is what the agent shows. */
function ask(home: string, name: string): { code: Promise<string>; connected: Promise<Skillet> } {
  let show: (code: string) => void = () => {}
  const code = new Promise<string>((resolve) => (show = resolve))
  return { code, connected: connect({ name, home, over: 'http', onCode: (shown) => show(shown) }) }
}

/** How it went, for a test that looks at it only after the person has done something. */
function outcome<T>(work: Promise<T>): Promise<T | ClientError> {
  return work.catch((error: unknown) => error as ClientError)
}

/** A switch's own box lies under what is drawn for it. */
function flip(within: Page | Locator, name: string): Promise<void> {
  return within.getByRole('switch', { name }).evaluate((input) => (input as HTMLInputElement).click())
}

/** The person compares the code and allows it. */
async function allow({ page, home }: SkilletApp, name: string): Promise<Skillet> {
  const { code, connected } = ask(home, name)
  const dialog = page.getByRole('alertdialog', { name: `${name} would like to connect to Skillet` })
  const shown = await code
  await expect(dialog).toContainText(`${shown.slice(0, 3)} ${shown.slice(3)}`)
  await dialog.getByRole('button', { name: 'Allow', exact: true }).click()
  return connected
}

test('an agent finds a skill, asks for it, runs it once the person allows each, and is told nothing once it is removed', async ({
  skillet,
}) => {
  test.setTimeout(240_000)
  const { page, home } = skillet
  await expect(page.getByRole('article', { name: 'CSV profile' })).toBeVisible()
  const folder = await mkdtemp(join(tmpdir(), 'skillet-agent-files-'))
  const file = join(folder, 'orders.csv')
  await writeFile(file, 'id,city\n1,Oslo\n2,Lima\n')

  // Asked under the person's hands: neither answer can be given before it can have been read, and none is chosen.
  const first = ask(home, 'Claude Code')
  const dialog = page.getByRole('alertdialog', { name: 'Claude Code would like to connect to Skillet' })
  await expect(dialog).toBeVisible()
  expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true)
  await expect(dialog.getByRole('button', { name: 'Allow', exact: true })).not.toBeFocused()
  await expect(dialog.getByText(process.execPath)).toBeVisible()
  await expect(dialog.getByText(String(process.pid))).toBeVisible()
  await look(skillet, 'agent-pairing')
  await flip(dialog, 'Read what its runs printed')
  await dialog.getByRole('button', { name: 'Allow', exact: true }).click()
  const agent = await first.connected
  await expect(agent.call('list_runs', {})).rejects.toMatchObject({ code: 'FORBIDDEN' })

  const { skills } = await agent.call('search_skills', { text: 'csv' })
  expect(skills.map(({ slug }) => slug)).toContain('csv-profile')
  const installing = agent.install({ slug: 'csv-profile', reason: 'You asked me to look at orders.csv.' })
  const wish = page.getByRole('alertdialog', { name: 'Claude Code would like to install CSV profile' })
  await expect(wish).toContainText('You asked me to look at orders.csv.')
  await look(skillet, 'agent-install')
  expect((await skillet.cli(['list', '--json'])).stdout).not.toContain('csv-profile')
  await wish.getByRole('button', { name: 'See what it asks for' }).click()
  for (const question of await questions(page, 'CSV profile'))
    await question.getByRole('radio', { name: 'Allow', exact: true }).click()
  const install = page.getByRole('dialog', { name: 'Install CSV profile' })
  await install.getByRole('button', { name: 'Install', exact: true }).click()
  expect((await installing).state).toBe('done')
  await install.getByRole('button', { name: 'Close', exact: true }).click()

  const running = agent.run({ slug: 'csv-profile', inputs: { file } })
  const run = page.getByRole('alertdialog', { name: 'Claude Code would like to run CSV profile' })
  await expect(run.getByText(file)).toBeVisible()
  await look(skillet, 'agent-run')
  await run.getByRole('button', { name: 'Allow this run' }).click()
  const { result } = await running
  expect(result?.stdout).toContain('city')

  await goTo(page, 'Settings')
  const connected = page.getByRole('list', { name: 'Connected agents' })
  await expect(connected.getByText('Claude Code')).toBeVisible()
  await look(skillet, 'agents-connected')
  await connected.getByRole('button', { name: 'Remove Claude Code' }).click()
  await page
    .getByRole('alertdialog', { name: 'Remove Claude Code?' })
    .getByRole('button', { name: 'Remove', exact: true })
    .click()
  await expect(page.getByText('No agent is connected.')).toBeVisible()
  await expect(agent.call('search_skills', { text: 'csv' })).rejects.toMatchObject({ status: 401 })
  await rm(folder, { recursive: true })
})

test('a refusal is an answer, what is put off waits, and nobody asks while agents are kept out', async ({
  skillet,
}) => {
  const { page, home } = skillet
  await expect(page.getByRole('article', { name: 'CSV profile' })).toBeVisible()
  const agent = await allow(skillet, 'Codex')

  const refused = outcome(agent.install({ slug: 'csv-profile' }))
  const wish = page.getByRole('alertdialog', { name: 'Codex would like to install CSV profile' })
  await wish.getByRole('button', { name: 'See what it asks for' }).click()
  const [question] = await questions(page, 'CSV profile')
  await question!.getByRole('radio', { name: 'Don’t allow' }).click()
  await page.getByRole('button', { name: 'Don’t install' }).click()
  expect(await refused).toMatchObject({ code: 'DENIED' })

  const later = outcome(agent.install({ slug: 'extract-highlights' }))
  const other = page.getByRole('alertdialog', { name: 'Codex would like to install Extract highlights' })
  await other.getByRole('button', { name: 'Decide later' }).click()
  await goTo(page, 'Settings')
  await page.getByRole('button', { name: 'Answer: Codex would like to install Extract highlights' }).click()
  await other.getByRole('button', { name: 'Don’t install' }).click()
  expect(await later).toMatchObject({ code: 'DENIED' })
  expect((await skillet.cli(['list', '--json'])).stdout).not.toContain('extract-highlights')

  // Another that takes its name is shown as what it is.
  const again = outcome(ask(home, 'codex').connected)
  const imposter = page.getByRole('alertdialog', { name: 'codex would like to connect to Skillet' })
  await expect(imposter.getByRole('note')).toContainText('connected already')
  await imposter.getByRole('button', { name: 'Don’t allow' }).click()
  expect(await again).toMatchObject({ code: 'DENIED' })

  await flip(page, 'Agents on this computer may ask')
  await expect.poll(() => outcome(agent.call('list_skills', {}))).toMatchObject({ code: 'NOT_RUNNING' })
})

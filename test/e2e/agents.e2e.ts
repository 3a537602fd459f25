import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { connect, type ClientError, type Skillet } from '../../src/client/index.ts'
import { agentsCanAsk, expect, goTo, questions, test, type SkilletApp } from '../support/e2e-app.ts'
import { look } from '../support/e2e-look.ts'
import { inspect } from '../support/mcp-tools.ts'

/** Asks to be connected, as an agent does; `code` is what the agent shows. */
function ask(
  home: string,
  name: string,
  more: { tokenFile?: string } = {},
): { code: Promise<string>; connected: Promise<Skillet> } {
  let show: (code: string) => void = () => {}
  const code = new Promise<string>((resolve) => (show = resolve))
  return { code, connected: connect({ name, home, over: 'http', onCode: (shown) => show(shown), ...more }) }
}

/** As the window shows a code. */
const spaced = (code: string) => `${code.slice(0, 3)} ${code.slice(3)}`

/** What the tools of this test answer. */
interface Told {
  isError?: boolean
  structuredContent: {
    skills?: { slug: string }[]
    request?: { state: string } | null
    run?: { result: { stdout: string } | null } | null
  }
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
  await expect(dialog).toContainText(spaced(await code))
  await dialog.getByRole('button', { name: 'Allow', exact: true }).click()
  return connected
}

test('a client that nobody here wrote finds a skill, asks for it, runs it once the person allows each, and is told nothing once it is removed', async ({
  skillet,
}) => {
  test.setTimeout(240_000)
  const { page, home } = skillet
  await expect(page.getByRole('article', { name: 'CSV profile' })).toBeVisible()
  await agentsCanAsk(home)
  const folder = await mkdtemp(join(tmpdir(), 'skillet-agent-files-'))
  const file = join(folder, 'orders.csv')
  await writeFile(file, 'id,city\n1,Oslo\n2,Lima\n')

  const tokenFile = join(folder, 'token')
  const first = ask(home, 'Claude Code', { tokenFile })
  const dialog = page.getByRole('alertdialog', { name: 'Claude Code would like to connect to Skillet' })
  await expect(dialog).toContainText(spaced(await first.code))
  // It came by itself: no answer is chosen beforehand.
  expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true)
  await expect(dialog.getByRole('button', { name: 'Allow', exact: true })).not.toBeFocused()
  await expect(dialog.getByText(process.execPath)).toBeVisible()
  await expect(dialog.getByText(String(process.pid))).toBeVisible()
  await look(skillet, 'agent-pairing')
  await flip(dialog, 'Read what its runs printed')
  await dialog.getByRole('button', { name: 'Allow', exact: true }).click()
  await first.connected

  // From here on it is the inspector's command line that speaks MCP.
  const { url } = JSON.parse(await readFile(join(home, 'bridge.json'), 'utf8')) as { url: string }
  const token = (await readFile(tokenFile, 'utf8')).trim()
  const call = async (name: string, args: Record<string, unknown>) => {
    const given = Object.entries(args).flatMap(([key, value]) => [
      '--tool-arg',
      `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    ])
    const ended = await inspect(`${url}/mcp`, token, [
      '--method',
      'tools/call',
      '--tool-name',
      name,
      ...given,
    ])
    return { ...ended, told: ended.stdout === '' ? null : (JSON.parse(ended.stdout) as Told) }
  }
  const kept = await call('list_runs', {})
  expect(kept.code === 0 && kept.told?.isError !== true, kept.stdout + kept.stderr).toBe(false)
  const found = await call('search_skills', { text: 'csv' })
  expect(found.told?.structuredContent.skills?.map(({ slug }) => slug)).toContain('csv-profile')

  const installing = call('request_install', {
    slug: 'csv-profile',
    reason: 'You asked me to look at orders.csv.',
    waitS: 55,
  })
  const wish = page.getByRole('alertdialog', { name: 'Claude Code would like to install CSV profile' })
  await expect(wish).toContainText('You asked me to look at orders.csv.', { timeout: 20_000 })
  expect((await skillet.cli(['list', '--json'])).stdout).not.toContain('csv-profile')
  await wish.getByRole('button', { name: 'See what it asks for' }).click()
  for (const question of await questions(page, 'CSV profile'))
    await question.getByRole('radio', { name: 'Allow', exact: true }).click()
  const install = page.getByRole('dialog', { name: 'Install CSV profile' })
  await install.getByRole('button', { name: 'Install', exact: true }).click()
  expect((await installing).told?.structuredContent.request?.state).toBe('done')
  await install.getByRole('button', { name: 'Close', exact: true }).click()

  const asked = await call('run_skill', { slug: 'csv-profile', inputs: { file } })
  expect(asked.told?.structuredContent.request?.state).toBe('pending')
  const run = page.getByRole('alertdialog', { name: 'Claude Code would like to run CSV profile' })
  await expect(run.getByText(file)).toBeVisible()
  await look(skillet, 'agent-run')
  await run.getByRole('button', { name: 'Allow this run' }).click()
  await expect(run).toBeHidden()
  const ran = await call('run_skill', { slug: 'csv-profile', inputs: { file } })
  expect(ran.told?.structuredContent.run?.result?.stdout).toContain('city')

  await goTo(page, 'Agents')
  const connected = page.getByRole('list', { name: 'Connected agents' })
  await expect(connected.getByText('Claude Code')).toBeVisible()
  await connected.getByRole('button', { name: 'Remove Claude Code' }).click()
  await page
    .getByRole('alertdialog', { name: 'Remove Claude Code?' })
    .getByRole('button', { name: 'Remove', exact: true })
    .click()
  await expect(page.getByText('No agent is connected.')).toBeVisible()
  const refused = await call('search_skills', { text: 'csv' })
  expect(refused.code).not.toBe(0)
  expect(refused.stdout + refused.stderr).toContain('auth_required')
  const answer = await fetch(`${url}/v1/skills`, { headers: { authorization: `Bearer ${token}` } })
  expect(answer.status).toBe(401)
  await rm(folder, { recursive: true })
})

test('a refusal is an answer, what is put off waits, and nobody asks while agents are kept out', async ({
  skillet,
}) => {
  const { page, home } = skillet
  await expect(page.getByRole('article', { name: 'CSV profile' })).toBeVisible()
  await agentsCanAsk(home)
  const agent = await allow(skillet, 'Codex')

  const refused = outcome(agent.install({ slug: 'csv-profile' }))
  const wish = page.getByRole('alertdialog', { name: 'Codex would like to install CSV profile' })
  await look(skillet, 'agent-install')
  await wish.getByRole('button', { name: 'See what it asks for' }).click()
  const [question] = await questions(page, 'CSV profile')
  await question!.getByRole('radio', { name: 'Don’t allow' }).click()
  await page.getByRole('button', { name: 'Don’t install' }).click()
  expect(await refused).toMatchObject({ code: 'DENIED' })

  const later = outcome(agent.install({ slug: 'extract-highlights' }))
  const other = page.getByRole('alertdialog', { name: 'Codex would like to install Extract highlights' })
  await other.getByRole('button', { name: 'Decide later' }).click()
  await goTo(page, 'Agents')
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

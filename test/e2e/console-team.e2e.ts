import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { choose, expect, lookAt, openNoun, payFor, submit, test } from '../support/e2e-console.ts'
import { runBuiltCli } from '../support/e2e-registry.ts'
import { publishPython } from '../support/e2e-skill.ts'
import { call } from '../support/registry-calls.ts'

// What a team does in the console, in real Chromium, with real machines, receivers and keys at the other end.

const runIt = '[run]\ncommand = ["python3", "main.py"]\n'

/** Takes what is shown only once, and sees it gone. */
async function keep(page: Page, title: string): Promise<string> {
  const once = page.getByRole('dialog', { name: title })
  const value = (await once.locator('code').textContent()) ?? ''
  await once.getByRole('button', { name: 'I have kept it' }).click()
  await expect(once).toHaveCount(0)
  expect(await page.content()).not.toContain(value)
  return value
}

test('a team shares a bundle, keeps a fleet on it, and learns at once what was withdrawn', async ({
  visit,
  registry,
}) => {
  test.setTimeout(300_000)
  const home = await mkdtemp(join(tmpdir(), 'skillet-machine-'))
  const machine = {
    SKILLET_HOME: home,
    SKILLET_REGISTRY: registry.url,
    SKILLET_TRUST_ROOT: registry.trustRoot,
  }
  await publishPython(registry, 'short-lived', 'print("here")\n', runIt)
  const { page, faults } = await visit('tessa')
  const main = page.getByRole('main')

  await test.step('without the plan there are no fleets, with it there are', async () => {
    await openNoun(page, 'Fleets')
    await expect(main.getByText('fleets come with the Operator plan')).toBeVisible()
    await payFor(registry, 'tessa', 'operator')
    await page.reload()
    await expect(page.getByText('Operator plan').first()).toBeVisible()
  })

  const bundle = await test.step('makes a bundle and puts skills in', async () => {
    await openNoun(page, 'Bundles')
    await page.getByRole('button', { name: 'Make a bundle' }).click()
    await page.getByRole('textbox', { name: 'What it is called' }).fill('Desk set')
    await submit(page, 'Make the bundle')
    await expect(page.getByRole('heading', { level: 1, name: 'Desk set' })).toBeVisible()
    await page.getByRole('button', { name: 'Put a skill in' }).click()
    await page.getByRole('textbox', { name: 'Name of the skill' }).fill('never-published')
    await page.getByRole('button', { name: 'Put in' }).click()
    await expect(page.getByRole('alert')).toContainText('The registry has no never-published')
    await page.getByRole('textbox', { name: 'Name of the skill' }).fill('short-lived')
    await submit(page, 'Put in')
    await expect(page.getByRole('row', { name: /short-lived/ })).toContainText('1.0.0')
    return page.url().split('/').at(-1)!
  })

  await test.step('shares it by a token that is shown once, does what it is for, and ends', async () => {
    await page.getByRole('button', { name: 'Share' }).click()
    await page.getByRole('textbox', { name: 'Who is it for?' }).fill('a neighbour')
    await submit(page, 'Make a token')
    const token = await keep(page, 'A token for this bundle')
    expect(token).toMatch(/^cbt_/)
    const ask = (path: string) => call(registry.url, 'GET', path, { 'x-api-key': token })
    expect((await ask('/api/bundles')).body.bundles).toMatchObject([{ id: bundle, title: 'Desk set' }])
    expect((await ask(`/api/bundles/${bundle}`)).body.skills).toMatchObject([{ slug: 'short-lived' }])
    expect((await ask('/api/account/keys')).status).toBe(403)
    const neighbour = { ...machine, SKILLET_API_KEY: token, SKILLET_HOME: join(home, 'neighbour') }
    const got = await runBuiltCli(['install', 'short-lived', '--grant-declared', '--json'], {
      env: neighbour,
    })
    expect([got.stderr, got.status]).toEqual(['', 0])

    await test.step('samples are taken by the owner’s word alone, and gone when it is taken back', async () => {
      const hash = 'ab'.repeat(32)
      const sample = { slug: 'short-lived', version: '1.0.0', user: hash, sample: { said: '<b>hello</b>' } }
      const send = () => call(registry.url, 'POST', '/api/samples', { 'x-api-key': token }, sample)
      expect((await send()).status).toBe(403)
      await page.getByRole('button', { name: 'Take samples' }).click()
      const dialog = page.getByRole('dialog', { name: /Take samples/ })
      await expect(dialog).toContainText('Tell the people who use it.')
      await submit(page, 'Take samples')
      await expect(main.getByText('Taken since')).toBeVisible()
      expect((await send()).status).toBe(204)
      await page.getByRole('button', { name: 'Show them' }).click()
      await expect(page.getByRole('list', { name: 'Samples' })).toContainText('<b>hello</b>')
      await lookAt(page, 'bundle')
      await page.getByRole('button', { name: 'Stop, and delete them' }).click()
      await submit(page, 'Stop, and delete them')
      await expect(main.getByText('None are taken.')).toBeVisible()
      expect((await send()).status).toBe(403)
    })

    await openNoun(page, 'API keys')
    const row = page.getByRole('row', { name: /a neighbour/ })
    await row.getByRole('button', { name: 'End' }).click()
    await submit(page, 'End the key')
    await expect(row.getByText(/^Ended/)).toBeVisible()
    expect((await ask('/api/bundles')).status).toBe(401)
  })

  await test.step('makes a fleet, whose machine tells what it holds', async () => {
    await openNoun(page, 'Fleets')
    await page.getByRole('button', { name: 'Make a fleet' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('front-desks')
    await submit(page, 'Make the fleet')
    await page.getByRole('link', { name: 'front-desks' }).click()
    await expect(main.getByText('No machine has been heard of')).toBeVisible()
    await page.getByRole('button', { name: 'Make a key' }).click()
    await page.getByRole('textbox', { name: 'What is it for?' }).fill('all desks')
    await submit(page, 'Make the key')
    const key = await keep(page, 'A key for this fleet')
    expect(key).toMatch(/^rec_fleet_/)
    Object.assign(machine, { SKILLET_FLEET_KEY: key })
    await page.getByRole('button', { name: 'Push' }).click()
    await submit(page, 'Push')
    await expect(main.getByText('Follows Desk set, revision 1.')).toBeVisible()
    const installed = await runBuiltCli(['install', 'short-lived', '--grant-declared'], { env: machine })
    expect(installed.status).toBe(0)
    const synced = await runBuiltCli(['fleet', 'sync', '--json'], { env: machine })
    expect(JSON.parse(synced.stdout)).toMatchObject({ fleet: 'front-desks', revision: 1, ok: true })
    await page.reload()
    await expect(page.getByRole('row', { name: /Up to date/ })).toContainText('short-lived 1.0.0')
  })

  await test.step('an earlier revision is pushed again', async () => {
    await openNoun(page, 'Bundles')
    await page.getByRole('link', { name: 'Desk set' }).click()
    await page.getByRole('button', { name: 'Take out' }).click()
    await submit(page, 'Take out')
    await expect(main.getByText('Nothing in it yet')).toBeVisible()
    await openNoun(page, 'Fleets')
    await page.getByRole('link', { name: 'front-desks' }).click()
    const dialog = page.getByRole('dialog', { name: 'Push to the machines' })
    await page.getByRole('button', { name: 'Push' }).click()
    await submit(page, 'Push')
    await expect(main.getByText('revision 2.')).toBeVisible()
    await page.getByRole('button', { name: 'Push' }).click()
    await choose(page, 'What', /^Revision 1,/)
    await expect(dialog).toContainText('short-lived at its newest')
    await submit(page, 'Push')
    await expect(main.getByText('revision 3.')).toBeVisible()
    const synced = JSON.parse((await runBuiltCli(['fleet', 'sync', '--json'], { env: machine })).stdout)
    expect(synced).toMatchObject({
      revision: 3,
      ok: true,
      skills: [{ slug: 'short-lived', installed: '1.0.0' }],
    })
  })

  await test.step('the registry withdraws the skill, by its name typed again', async () => {
    const administrator = await visit('ada', 'administrator')
    const { page: theirs } = administrator
    await openNoun(theirs, 'Withdraw')
    await theirs.getByRole('textbox', { name: 'Name of the skill' }).fill('short-lived')
    await theirs.getByRole('textbox', { name: 'Why' }).fill('It sent files away.')
    await theirs.getByRole('textbox', { name: /Keys that people should replace/ }).fill('DESK_KEY')
    const withdraw = theirs.getByRole('button', { name: 'Withdraw from everybody' })
    await theirs.getByRole('textbox', { name: /To confirm/ }).fill('short')
    await expect(withdraw).toBeDisabled()
    await theirs.getByRole('textbox', { name: /To confirm/ }).fill('short-lived')
    await withdraw.click()
    await expect(theirs.getByText('short-lived is withdrawn from everybody.')).toBeVisible()
    await expect(theirs.getByText('It sent files away.')).toBeVisible()
    await lookAt(theirs, 'withdrawn')
    expect(administrator.faults).toEqual([])

    // What the machine reads of its own accord, and what it does about it.
    const run = await runBuiltCli(['run', 'short-lived'], { env: machine })
    expect([run.status, run.stderr]).toEqual([4, expect.stringContaining('It sent files away.')])
    const listed = await runBuiltCli(['list'], { env: machine })
    expect(listed.stdout + listed.stderr).toContain('DESK_KEY')
  })

  await test.step('the team sees on which machines it is', async () => {
    await openNoun(page, 'Fleets')
    const list = page.getByRole('list', { name: 'Withdrawn, and still on machines' })
    await expect(list).toContainText('short-lived 1.0.0 on 1 machine of front-desks')
    await expect(list).toContainText('It sent files away.')
    await lookAt(page, 'fleets-withdrawn')
    await list.getByRole('link', { name: 'front-desks' }).click()
    await expect(page.getByRole('row', { name: /Holds what was withdrawn/ })).toBeVisible()
    await lookAt(page, 'fleet')
    await page.reload()
    await expect(page.getByRole('link', { name: /Notifications/ })).toContainText('1 new')
    await openNoun(page, 'Notifications')
    const told = page.getByRole('list', { name: 'Notifications' })
    await expect(told).toContainText('1 of your machines holds it')
    await lookAt(page, 'notifications-new')
    await page.getByRole('button', { name: 'Mark all as read' }).click()
    await expect(page.getByRole('link', { name: 'Notifications' })).not.toContainText('new')
    await told.getByRole('button', { name: /^Mark as unread/ }).click()
    await expect(page.getByRole('link', { name: /Notifications/ })).toContainText('1 new')
  })

  await test.step('the account is switched, in a narrow window too', async () => {
    await openNoun(page, 'Members')
    await page.getByRole('button', { name: 'New team' }).click()
    await page.getByRole('textbox', { name: 'What it is called' }).fill('The desks')
    await page.getByRole('textbox', { name: 'Name as a publisher' }).fill('the-desks')
    await submit(page, 'Make the team')
    await expect(main.getByText('What the-desks sent in')).toBeVisible()
    await page.setViewportSize({ width: 900, height: 640 })
    await choose(page, 'Account', 'tessa')
    await expect(main.getByText('What tessa sent in')).toBeVisible()
    await page.setViewportSize({ width: 1280, height: 800 })
  })
  // The one that was refused on purpose.
  expect(faults).toEqual([expect.stringMatching(/404.*never-published/)])
  await rm(home, { recursive: true })
})

test('a webhook is told, signed; what did not arrive is sent again; use is counted', async ({
  visit,
  registry,
}) => {
  test.setTimeout(120_000)
  const received: { headers: IncomingHttpHeaders; body: string }[] = []
  let answer = 500
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      received.push({ headers: request.headers, body })
      response.writeHead(answer).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/told`
  const { page, faults } = await visit('wanda')

  await openNoun(page, 'Webhooks')
  await page.getByRole('button', { name: 'Make a webhook' }).click()
  await page.getByRole('textbox', { name: 'Address of your server' }).fill('ftp://example.com')
  await page.getByRole('button', { name: 'Make the webhook' }).click()
  await expect(page.getByRole('dialog').getByRole('alert')).toBeVisible()
  await page.getByRole('textbox', { name: 'Address of your server' }).fill(url)
  await submit(page, 'Make the webhook')
  const secret = await keep(page, 'Its secret')
  await page.getByRole('button', { name: 'Send a test' }).click()
  await page.getByRole('button', { name: 'Show what was sent' }).click()
  const sent = page.getByRole('region', { name: 'Sent' }).getByRole('row').nth(1)
  await expect(sent).toContainText('Tried, and is tried again')
  await expect(sent).toContainText('500, 1 attempt')
  await lookAt(page, 'webhooks')
  answer = 204
  await sent.getByRole('button', { name: 'Send again' }).click()
  await expect(sent).toContainText('Arrived')
  expect(received).toHaveLength(2)
  for (const { headers, body } of received) {
    const [, seconds, word] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-skillet-signature']))!
    expect(word).toBe(createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex'))
    expect(JSON.parse(body)).toMatchObject({ event: 'webhook.test', words: 'This is only a test.' })
  }
  expect(new Set(received.map(({ headers }) => headers['x-skillet-delivery'])).size).toBe(1)

  await publishPython(registry, 'counted-tool', 'print("here")\n', runIt, '1.0.0', 'wanda')
  const one = { event: 'use', slug: 'counted-tool', version: '1.0.0', agentClass: 'a'.repeat(64) }
  const events = Array.from({ length: 7 }, (_, index) => ({ ...one, user: `${index}`.repeat(64) }))
  expect((await call(registry.url, 'POST', '/api/telemetry', {}, { events })).status).toBe(202)
  await page.reload()
  await page.getByRole('button', { name: 'Show what was sent' }).click()
  await expect(sent).toContainText('A skill of yours was published')
  await openNoun(page, 'Usage')
  const section = page.getByRole('region', { name: 'counted-tool' })
  await expect(section.getByRole('figure').filter({ hasText: 'Uses' })).toContainText('7')
  await lookAt(page, 'usage-counted')
  // The one that was refused on purpose.
  expect(faults).toEqual([expect.stringMatching(/400.*webhooks/)])
  await new Promise((resolve) => server.close(resolve))
})

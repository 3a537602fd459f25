import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '../../src/client/index.ts'
import { createRegistryClient } from '../../src/engine/registry-client/client.ts'
import { agentsCanAsk, expect, goTo, test } from '../support/e2e-app.ts'
import { look } from '../support/e2e-look.ts'
import { root } from '../support/e2e-registry.ts'

test('an agent gets a token for a bundle, and a skill submitted, only once and as the person has seen it', async ({
  launch,
  registry,
}) => {
  test.setTimeout(180_000)
  const admin = createRegistryClient({ url: registry.url, apiKey: registry.adminKey })
  const { key } = await admin.mintKey({
    account: 'skillet-labs',
    scopes: ['read:catalog', 'read:bundles', 'write:bundles', 'write:publish'],
  })
  const made = await fetch(`${registry.url}/api/bundles`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'team-desk', title: 'Desk of the team' }),
  })
  expect(made.status).toBe(201)
  const skillet = await launch({ env: { SKILLET_API_KEY: key } })
  const { page, home } = skillet
  await expect(page.getByRole('article', { name: 'CSV profile' })).toBeVisible()
  await agentsCanAsk(home)
  const connecting = connect({ name: 'Claude Code', home, over: 'http', onCode: () => {} })
  await page
    .getByRole('alertdialog', { name: 'Claude Code would like to connect to Skillet' })
    .getByRole('button', { name: 'Allow', exact: true })
    .click()
  const agent = await connecting

  const { request } = await agent.call('share_token', {
    bundle: 'team-desk',
    days: 30,
    reason: 'Bo starts today and wants the same skills.',
  })
  const share = page.getByRole('alertdialog', { name: 'Claude Code would like to share Desk of the team' })
  await expect(share).toContainText('Bo starts today and wants the same skills.')
  await expect(share).toContainText('They can change nothing')
  await look(skillet, 'agent-share')
  await share.getByRole('button', { name: /For how long/ }).click()
  await page.getByRole('option', { name: '7 days' }).click()
  await share.getByRole('button', { name: 'Share', exact: true }).click()
  await expect(share).toBeHidden()
  const handed = await agent.call('get_request', { id: request.id, waitS: 20 })
  expect(handed.request).toMatchObject({ state: 'done', days: 7 })
  const { token } = handed.share!
  expect((await createRegistryClient({ url: registry.url, apiKey: token }).bundles())[0]!.name).toBe(
    'team-desk',
  )
  expect((await agent.call('get_request', { id: request.id })).share).toBeNull()

  const folder = await mkdtemp(join(tmpdir(), 'skillet-agent-skill-'))
  const place = join(folder, 'csv-profile')
  await mkdir(place)
  await cp(join(root, 'skills', 'csv-profile'), place, { recursive: true })
  const toml = await readFile(join(place, 'skill.toml'), 'utf8')
  await writeFile(join(place, 'skill.toml'), toml.replace(/^version = ".*"$/m, 'version = "99.0.0"'))
  const asked = await agent.call('recipes_publish_request', { folder: place })
  const publish = page.getByRole('alertdialog', {
    name: 'Claude Code would like to submit CSV profile for review',
  })
  await expect(publish).toContainText(place)
  await expect(publish).toContainText('is published. Changed files: 1, added: 0, taken away: 0.')
  await look(skillet, 'agent-publish')
  await publish.getByRole('button', { name: 'Submit for review' }).click()
  await expect(publish).toBeHidden({ timeout: 20_000 })
  const told = await agent.call('get_request', { id: asked.request.id, waitS: 20 })
  expect(told.request.state).toBe('done')
  const sent = await admin.atRest(told.request.submission!.id)
  expect(sent).toMatchObject({ slug: 'csv-profile', version: '99.0.0', publisher: 'skillet-labs' })

  // Neither the journal nor anything that the window shows of it holds the token.
  await goTo(page, 'Activity')
  await expect(
    page.getByText('Claude Code was given a token for your bundle Desk of the team.'),
  ).toBeVisible()
  expect(await page.content()).not.toContain(token)
  await rm(folder, { recursive: true })
})

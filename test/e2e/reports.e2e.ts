import type { Page } from '@playwright/test'
import { expect, goTo, test } from '../support/e2e-app.ts'
import { look } from '../support/e2e-look.ts'
import { publishPython } from '../support/e2e-skill.ts'
import { call, signInByLink } from '../support/registry-calls.ts'

// A real registry and two real windows, which hear of everything by their own timers: nothing is refreshed by hand.
const often = { SKILLET_LOOK_EVERY_S: '1' }
const words = 'It reads more than it says.'
const bySelf = { timeout: 30_000 }

const banner = (page: Page) => page.getByRole('alert').filter({ hasText: 'Test suspect is on hold' })

test('a report puts a skill on hold, which everybody who has it hears without asking, until it is released', async ({
  registry,
  launch,
}) => {
  await publishPython(registry, 'suspect', 'print("hello")\n', '[run]\ncommand = ["python3", "main.py"]\n')
  const [skillet, friend] = [await launch({ env: often }), await launch({ env: often })]
  const { page, cli } = skillet
  const reviewer = await signInByLink(registry.url, registry.adminKey, 'rita', 'reviewer')
  const ask = (method: string, path: string, body?: unknown) =>
    call(registry.url, method, path, reviewer, body)
  expect((await cli(['install', 'suspect'])).status).toBe(0)
  // Somebody else is about to install it.
  await friend.page.evaluate(() => (location.hash = '#/skill/suspect'))
  await friend.page.getByRole('button', { name: 'Install Test suspect' }).click()
  const install = friend.page.getByRole('dialog', { name: 'Install Test suspect' })
  const now = install.getByRole('button', { name: 'Install', exact: true })
  await expect(now).toBeEnabled({ timeout: 30_000 })

  await goTo(page, 'Library')
  await page.getByRole('button', { name: 'More about Test suspect' }).click()
  await page.getByRole('menuitem', { name: 'Report a problem' }).click()
  const report = page.getByRole('dialog', { name: 'Report a problem with Test suspect' })
  await report.getByText('It does something harmful').click()
  await report.getByRole('textbox', { name: 'What happened?' }).fill('It read my diary.')
  await report.getByRole('textbox', { name: 'How may we reach you?' }).fill('kim@example.com')
  await look(skillet, 'report')
  await report.getByRole('button', { name: 'Send the report' }).click()
  const thanks = page.getByRole('dialog', { name: 'Thank you' })
  await expect(thanks).toContainText('Your report about Test suspect has arrived.')
  await thanks.getByRole('button', { name: 'Done' }).click()

  const { reports } = (await ask('GET', '/api/reports')).body
  const told = reports.filter(({ slug }: { slug: string }) => slug === 'suspect')
  expect(told).toEqual([
    expect.objectContaining({
      kind: 'malware',
      version: '1.0.0',
      words: 'It read my diary.',
      contact: 'kim@example.com',
      held: false,
    }),
  ])
  await expect(banner(page)).toHaveCount(0)

  await ask('POST', `/api/reports/${told[0].id}/decide`, {
    decision: 'confirm',
    severity: 'critical',
    note: words,
  })
  await expect(banner(page)).toContainText(words, bySelf)
  await expect(
    page.getByRole('listitem').filter({ hasText: 'Test suspect' }).getByText('On hold'),
  ).toBeVisible()
  await look(skillet, 'on-hold-library')
  // The dialog was open before: it asks once more before anything takes force.
  await now.click()
  await expect(install.getByRole('alert')).toContainText(`suspect is not offered at the moment: ${words}`)
  await install.getByRole('button', { name: 'Close' }).click()
  await expect(friend.page.getByRole('main').getByRole('alert')).toContainText(words)
  const refused = await friend.cli(['install', 'suspect', '--grant-declared'])
  expect([refused.status, refused.stderr]).toEqual([
    4,
    expect.stringMatching(/^ON_HOLD: .*more than it says/),
  ])
  expect((await friend.cli(['list', '--json'])).stdout).not.toContain('suspect')

  // Whoever has it decides.
  await page.getByRole('link', { name: 'Run Test suspect' }).click()
  await expect(page.getByRole('region', { name: 'Test suspect is on hold' })).toContainText(words)
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(page.getByRole('main').getByText(/^Finished/)).toBeVisible({ timeout: 30_000 })

  const mint = ['registry', 'keys', 'mint', '--account', 'tester', '--scope', 'write:account', '--json']
  const admin = ['--api-key', registry.adminKey]
  const { key } = JSON.parse((await cli([...mint, ...admin])).stdout) as { key: string }
  const publisher = await call(registry.url, 'GET', '/api/account/notifications', { 'x-api-key': key })
  expect(publisher.body.notifications[0].words).toContain(`suspect is not offered at the moment: ${words}`)

  await ask('DELETE', '/api/skills/suspect/hold?words=It%20is%20fine.')
  await expect(page.getByRole('region', { name: 'Test suspect is on hold' })).toHaveCount(0, bySelf)
  await goTo(page, 'Library')
  await expect(page.getByText('On hold')).toHaveCount(0)
  await expect(friend.page.getByRole('button', { name: 'Install Test suspect' })).toBeVisible(bySelf)
})

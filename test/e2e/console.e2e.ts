import { expect, lookAt, openNoun, test } from '../support/e2e-console.ts'

test('every page of the console opens, is accessible, and keeps to its policy', async ({ visit }) => {
  test.setTimeout(240_000)
  const { page, faults } = await visit('ada', 'administrator')
  const pages = {
    Submissions: 'Submissions',
    'API keys': 'API keys',
    Bundles: 'Bundles',
    Fleets: 'Fleets',
    Members: 'Members',
    Journal: 'Journal',
    'To review': 'To review',
    Withdraw: 'Withdraw a release',
    'Signing key': 'Signing key',
    People: 'People',
    'All keys': 'All keys',
  }
  for (const [noun, heading] of Object.entries(pages)) {
    await openNoun(page, noun)
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeFocused()
    await expect(page.getByRole('status', { name: /Loading|Looking/ })).toHaveCount(0)
    await expect(page.getByRole('alert')).toHaveCount(0)
    await lookAt(page, heading.toLowerCase().replaceAll(' ', '-'))
  }
  expect(faults).toEqual([])
})

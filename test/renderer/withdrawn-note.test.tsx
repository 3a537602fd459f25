import { screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { createFakeBridge } from '../support/renderer/fake-bridge.ts'
import { openApp } from '../support/renderer/render-app.tsx'

const withdrawn = {
  reason: 'It sent the text of documents to somebody else.',
  severity: 'critical' as const,
  revokedAt: '2026-11-22T09:00:00Z',
  rotate: [{ name: 'TRANSLATE_API_KEY', title: 'Translate API key' }],
  saferVersion: '1.1.0',
}
const kept = [{ version: '1.1.0', installedAt: '2026-10-01T09:00:00Z' }]

describe('the note about a withdrawn skill', () => {
  it('says nothing of a key that was never stored, and puts back the safe version that is kept', async () => {
    const fake = createFakeBridge({
      installed: ['translate-document'],
      records: { 'translate-document': { withdrawn, kept } },
    })
    const { user } = await openApp(fake, '#/library')
    const note = await screen.findByRole('region', { name: 'Translate document was withdrawn' })
    await screen.findByRole('list', { name: 'Installed skills' })
    expect(fake.callsOf('secrets.list').length).toBeGreaterThan(0)
    expect(note.textContent).not.toContain('Translate API key')
    expect(within(note).queryByRole('link', { name: 'Open Keys' })).toBeNull()
    await user.click(within(note).getByRole('button', { name: 'Go back to 1.1.0: Translate document' }))
    await screen.findByText('Translate document is back at 1.1.0.')
    expect(fake.callsOf('library.rollback')).toEqual([{ slug: 'translate-document', version: '1.1.0' }])
    expect(fake.callsOf('install.plan')).toEqual([])
  })
})

import { screen, within } from '@testing-library/react'
import type { UserEvent } from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import { SkilletError } from '../../src/shared/errors.ts'
import { createFakeBridge } from '../support/renderer/fake-bridge.ts'
import { openApp } from '../support/renderer/render-app.tsx'

const happened = 'It sent my list away.'

async function openReport(user: UserEvent): Promise<HTMLElement> {
  await user.click(await screen.findByRole('button', { name: 'Report a problem' }))
  return screen.findByRole('dialog', { name: 'Report a problem with CSV profile' })
}

async function fillIn(user: UserEvent, dialog: HTMLElement, contact = ''): Promise<void> {
  await user.click(within(dialog).getByRole('radio', { name: /It does something harmful/ }))
  for (const [name, text] of [
    [/What happened/, happened],
    [/reach you/, contact],
  ] as const) {
    if (text === '') continue
    await user.click(within(dialog).getByRole('textbox', { name }))
    await user.paste(text)
  }
}
const sendButton = (dialog: HTMLElement) =>
  within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Send the report' })

describe('a report', () => {
  it('of a skill in the catalog says where it goes, sends what was written alone, and what happens next', async () => {
    const fake = createFakeBridge()
    const { user } = await openApp(fake, '#/skill/csv-profile')
    const dialog = await openReport(user)
    expect(dialog.textContent).toContain('http://127.0.0.1:8600')
    expect(dialog.textContent).toContain('csv-profile 1.2.0. Nothing else does. They aren’t told who wrote')
    expect(sendButton(dialog).disabled).toBe(true)
    expect(within(dialog).getByRole('status').textContent).toBe('Choose what is wrong.')
    await fillIn(user, dialog)
    await user.click(sendButton(dialog))
    const thanks = await screen.findByRole('dialog', { name: 'Thank you' })
    expect(thanks.textContent).toContain('Your report about CSV profile has arrived.')
    expect(thanks.textContent).toContain('Nobody will write to you')
    expect(within(thanks).queryByRole('button', { name: /Remove/ })).toBeNull()
    expect(fake.callsOf('skills.report')).toEqual([
      { slug: 'csv-profile', version: '1.2.0', kind: 'malware', words: happened, contact: null },
    ])
    // What was sent is not there a second time.
    await user.click(within(thanks).getByRole('button', { name: 'Done' }))
    const again = await openReport(user)
    expect(within(again).getByRole<HTMLTextAreaElement>('textbox', { name: 'What happened?' }).value).toBe('')
  })

  it('of an installed skill is about its version, and leaves removing it to the person', async () => {
    const fake = createFakeBridge({
      installed: ['csv-profile'],
      records: { 'csv-profile': { version: '1.1.0' } },
      overrides: {
        'app.info': async () => ({
          version: '0.1.0',
          home: '/home/kim',
          registry: 'https://skills.example.com',
          hasApiKey: true,
          keyids: [],
        }),
      },
    })
    const { user } = await openApp(fake, '#/library')
    await user.click(await screen.findByRole('button', { name: 'More about CSV profile' }))
    await user.click(await screen.findByRole('menuitem', { name: 'Report a problem' }))
    const dialog = await screen.findByRole('dialog', { name: 'Report a problem with CSV profile' })
    expect(dialog.textContent).toContain('https://skills.example.com')
    expect(dialog.textContent).toContain('Your key tells them which account wrote')
    await fillIn(user, dialog, 'kim@example.com')
    await user.click(sendButton(dialog))
    const thanks = await screen.findByRole('dialog', { name: 'Thank you' })
    expect(thanks.textContent).toContain('they write to kim@example.com')
    expect(fake.callsOf('skills.report')).toMatchObject([{ version: '1.1.0', contact: 'kim@example.com' }])
    await user.click(within(thanks).getByRole('button', { name: 'Remove CSV profile' }))
    await screen.findByText('CSV profile was removed.')
  })

  it('that could not be sent says why and what to do, keeps every word, and goes when it can', async () => {
    let refused = true
    const working = createFakeBridge()
    const fake = createFakeBridge({
      overrides: {
        'skills.report': async (report) => {
          if (refused) throw new SkilletError('RATE_LIMITED', 'It did not arrive.', { remedy: 'Try later.' })
          const answer = await working.bridge.calls['skills.report'](report)
          if (!answer.ok) throw new Error('unexpected')
          return answer.value
        },
      },
    })
    const { user } = await openApp(fake, '#/skill/csv-profile')
    const dialog = await openReport(user)
    await fillIn(user, dialog, 'kim@example.com')
    await user.click(sendButton(dialog))
    const note = await within(dialog).findByRole('alert')
    expect(note.textContent).toBe('It did not arrive.Try later.')
    expect(note.contains(document.activeElement) || document.activeElement?.contains(note)).toBe(true)
    expect(within(dialog).getByRole('status').textContent).toBe('Not sent. What you wrote stays here.')
    // Also where the dialog is closed meanwhile.
    await user.click(within(dialog).getByRole('button', { name: 'Cancel' }))
    const again = await openReport(user)
    const words = within(again).getByRole<HTMLTextAreaElement>('textbox', { name: 'What happened?' })
    expect(words.value).toBe(happened)
    refused = false
    await user.click(sendButton(again))
    await screen.findByRole('dialog', { name: 'Thank you' })
    expect(fake.callsOf('skills.report')[1]).toEqual(fake.callsOf('skills.report')[0])
  })
})

describe('a skill that is on hold and not installed', () => {
  it('says so on its page, with a way on', async () => {
    const fake = createFakeBridge({
      overrides: {
        'catalog.show': async () => {
          throw new SkilletError('ON_HOLD', 'csv-profile is not offered at the moment: It is looked into.')
        },
      },
    })
    await openApp(fake, '#/skill/csv-profile')
    expect((await screen.findByRole('alert')).textContent).toContain('It is looked into.')
    expect(screen.getByRole('link', { name: 'Look for another skill' }).getAttribute('href')).toBe('#/')
  })
})

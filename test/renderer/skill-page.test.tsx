import { render, screen, within } from '@testing-library/react'
import Markdown from 'react-markdown'
import { describe, expect, it } from 'vitest'
import { createFakeBridge } from '../support/renderer/fake-bridge.ts'
import { openApp } from '../support/renderer/render-app.tsx'

describe('skill page', () => {
  it('shows somebody else’s description without links, pictures or markup that could act', async () => {
    const hostile = [
      '[Prerequisites](https://evil.example/run.sh)',
      '![x](https://evil.example/pixel.png)',
      '<img src=x onerror=alert(1)><script>alert(1)</script>',
      '[js](javascript:alert(1))',
    ].join('\n\n')
    // Without our own parts, the same text would load a picture and offer links.
    const bare = render(<Markdown>{hostile}</Markdown>)
    expect(bare.container.querySelectorAll('a[href^="https://evil"], img[src^="https://evil"]').length).toBe(
      2,
    )
    bare.unmount()

    const working = createFakeBridge()
    const fake = createFakeBridge({
      overrides: {
        'catalog.show': async (input) => {
          const answer = await working.bridge.calls['catalog.show'](input)
          if (!answer.ok) throw new Error('unexpected')
          return { ...answer.value, readme: hostile }
        },
      },
    })
    await openApp(fake, '#/skill/csv-profile')
    const panel = await screen.findByRole('tabpanel', { name: 'About' })
    expect(panel.querySelectorAll('a, img, script, iframe, form').length).toBe(0)
    expect(panel.textContent).toContain('Prerequisites (https://evil.example/run.sh)')
    expect(panel.textContent).toContain('[Picture not shown: x]')
    expect(panel.innerHTML).not.toContain('javascript:')
  })

  it('lists what it can do, and every file with its text before installing', async () => {
    const fake = createFakeBridge()
    const { user } = await openApp(fake, '#/skill/csv-profile')
    await user.click(await screen.findByRole('tab', { name: 'What it can do' }))
    expect(screen.getByText('Save its results in its own folder')).toBeTruthy()
    expect(screen.getByText('It can’t go online, use your keys or start other programs.')).toBeTruthy()

    await user.click(screen.getByRole('tab', { name: 'Files' }))
    const files = await screen.findByRole('listbox', { name: 'Files of this skill' })
    await user.click(within(files).getByRole('option', { name: /scripts\/profile.py/ }))
    const code = await screen.findByRole('region', { name: 'Text of scripts/profile.py' })
    expect(code.textContent).toContain('import csv')
    expect(code.querySelector('pre')!.textContent.split('\n').at(-1)).toBe('125')

    await user.click(within(files).getByRole('option', { name: /hidden.py/ }))
    await screen.findByText(/4 characters in this file can’t normally be seen/)
    await user.click(within(files).getByRole('option', { name: /sample.bin/ }))
    await screen.findByText(/This file is not text/)
    expect(fake.callsOf('install.plan')).toEqual([])
  })

  it('holds requirements against this computer and offers what fits', async () => {
    await openApp(createFakeBridge(), '#/skill/photo-upscale?tab=computer')
    const row = (await screen.findByRole('rowheader', { name: 'Graphics memory' })).closest('tr')!
    expect(row.textContent).toBe('Graphics memory12 GB (NVIDIA)no NVIDIA graphicsNot enough')
    expect(screen.getByText('Photo upscale lite fits this computer')).toBeTruthy()
  })

  it('tells who made it in a sentence, and the whole story on request', async () => {
    const { user } = await openApp(createFakeBridge(), '#/skill/csv-profile?tab=maker')
    await screen.findByText(
      /Made by Skillet Labs · reviewed by Ada Berg of Skillet on 12 November.* · signature genuine/,
    )
    await user.click(screen.getByRole('button', { name: 'Details' }))
    expect(screen.getAllByText('7f1c').length).toBeGreaterThan(0)
    expect(screen.getByText('http://127.0.0.1:8600')).toBeTruthy()
  })
})

import { act, createEvent, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { readDrop } from '../../src/renderer/features/bundle/drop-words.ts'
import { SkilletError } from '../../src/shared/errors.ts'
import { createFakeBridge } from '../support/renderer/fake-bridge.ts'
import { openApp } from '../support/renderer/render-app.tsx'

const bundle = new File(['x'], 'link-check-1.2.0.skillet')

/** A drag event with files, as Chromium makes it; jsdom has none. */
function drag(type: 'dragEnter' | 'dragOver' | 'dragLeave' | 'drop', files: File[], types = ['Files']): void {
  const event = createEvent[type](document.body)
  Object.assign(event, { dataTransfer: { files, types, dropEffect: 'none' }, relatedTarget: null })
  act(() => void fireEvent(document.body, event))
}

describe('a .skillet file', () => {
  it('that is dropped leads to the install dialog, with words while it is dragged', async () => {
    const fake = createFakeBridge()
    await openApp(fake)
    await screen.findByRole('article', { name: 'CSV profile' })
    drag('dragEnter', [bundle])
    await screen.findByText('Drop to check and add')
    drag('dragLeave', [bundle])
    expect(screen.queryByText('Drop to check and add')).toBeNull()
    drag('dragOver', [bundle])
    drag('drop', [bundle])
    expect(screen.queryByText('Drop to check and add')).toBeNull()
    const dialog = await screen.findByRole('dialog', { name: 'Install Link check' })
    await within(dialog).findByText('Connect to web.archive.org')
    expect(fake.callsOf('install.planFile')).toEqual([
      { path: '/home/kim/Downloads/link-check-1.2.0.skillet' },
    ])
  })

  it('may be a chain as well, which is added and opened', async () => {
    const fake = createFakeBridge()
    await openApp(fake)
    await screen.findByRole('article', { name: 'CSV profile' })
    drag('drop', [new File(['x'], 'weekly.toml')])
    await screen.findByRole('heading', { name: 'Read a document and remember it', level: 1 })
    expect(fake.callsOf('chain.add')).toEqual([{ path: '/home/kim/Downloads/weekly.toml' }])
  })

  it('is told apart from anything else, and only one is taken', async () => {
    expect(readDrop([{ name: 'a.SKILLET', path: '/a.SKILLET' }])).toEqual({
      kind: 'bundle',
      path: '/a.SKILLET',
    })
    expect(readDrop([{ name: 'a.toml', path: '/a.toml' }])).toEqual({ kind: 'chain', path: '/a.toml' })
    expect(readDrop([{ name: 'a.skillet', path: '' }])).toMatchObject({
      text: expect.stringMatching(/not a file on this computer/),
    })
    const fake = createFakeBridge()
    await openApp(fake)
    await screen.findByRole('article', { name: 'CSV profile' })
    drag('drop', [bundle, bundle])
    await screen.findByText('Drop one file at a time.')
    drag('drop', [new File(['x'], 'holiday.png')])
    await screen.findByText(
      'Skillet opens .skillet files and the .toml files of chains, and “holiday.png” is neither.',
    )
    // Text that is dragged within the window is nobody's business.
    drag('dragEnter', [], ['text/plain'])
    drag('drop', [], ['text/plain'])
    expect(screen.queryByText('Drop to check and add')).toBeNull()
    expect(fake.callsOf('install.planFile')).toEqual([])
  })

  it('waits while another installation is open', async () => {
    const fake = createFakeBridge()
    const { user } = await openApp(fake)
    await user.click(await screen.findByRole('button', { name: 'Install Secret sweep' }))
    await screen.findByRole('dialog', { name: 'Install Secret sweep' })
    drag('drop', [bundle])
    await screen.findByText('Finish or close what is open first, then drop the file again.')
    expect(fake.callsOf('install.planFile')).toEqual([])
  })

  it('is never put on top of a dialog that is about something else', async () => {
    const opened: string[] = []
    const fake = createFakeBridge({
      installed: ['csv-profile'],
      overrides: { 'bundle.pending': async () => opened.shift() ?? null },
    })
    const { user } = await openApp(fake, '#/library')
    await user.click(await screen.findByRole('button', { name: 'More about CSV profile' }))
    await user.click(await screen.findByRole('menuitem', { name: 'Check and repair' }))
    await screen.findByRole('dialog')
    drag('drop', [bundle])
    await screen.findByText('Finish or close what is open first, then drop the file again.')
    opened.push('/a/link-check-1.2.0.skillet')
    act(() => fake.emit('bundle.opened', { path: '/a/link-check-1.2.0.skillet' }))
    await act(async () => {})
    expect(screen.getAllByRole('dialog')).toHaveLength(1)
    expect(fake.callsOf('install.planFile')).toEqual([])
    await user.keyboard('{Escape}')
    await screen.findByRole('dialog', { name: 'Install Link check' })
  })

  it('opened together with another one: neither is lost, and the second waits in main', async () => {
    const opened: string[] = []
    const fake = createFakeBridge({
      overrides: {
        'bundle.pending': async () => {
          const path = opened.shift() ?? null
          // Slower than the second event.
          await new Promise((done) => setTimeout(done, 20))
          return path
        },
      },
    })
    const { user } = await openApp(fake)
    await screen.findByRole('article', { name: 'CSV profile' })
    await waitFor(() => expect(fake.callsOf('bundle.pending')).toHaveLength(1))
    for (const path of ['/a/link-check-1.2.0.skillet', '/b/secret-sweep-1.2.0.skillet']) {
      opened.push(path)
      act(() => fake.emit('bundle.opened', { path }))
    }
    await screen.findByRole('dialog', { name: 'Install Link check' })
    expect(opened).toEqual(['/b/secret-sweep-1.2.0.skillet'])
    await user.keyboard('{Escape}')
    await screen.findByRole('dialog', { name: 'Install Secret sweep' })
    await user.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(fake.callsOf('install.planFile')).toEqual([
      { path: '/a/link-check-1.2.0.skillet' },
      { path: '/b/secret-sweep-1.2.0.skillet' },
    ])
  })

  it('that Skillet was started with is taken at once, the next one when the first is done', async () => {
    const fake = createFakeBridge({
      opened: ['/a/link-check-1.2.0.skillet', '/b/secret-sweep-1.2.0.skillet'],
    })
    const { user } = await openApp(fake)
    await screen.findByRole('dialog', { name: 'Install Link check' })
    expect(fake.callsOf('install.planFile')).toEqual([{ path: '/a/link-check-1.2.0.skillet' }])
    await user.keyboard('{Escape}')
    await screen.findByRole('dialog', { name: 'Install Secret sweep' })
    await user.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  })

  it('that is opened meanwhile is taken when main tells of it', async () => {
    let waiting: string | null = null
    const fake = createFakeBridge({
      overrides: {
        'bundle.pending': async () => {
          const path = waiting
          waiting = null
          return path
        },
      },
    })
    await openApp(fake)
    await screen.findByRole('article', { name: 'CSV profile' })
    waiting = '/a/link-check-1.2.0.skillet'
    act(() => fake.emit('bundle.opened', { path: '/a/link-check-1.2.0.skillet' }))
    await screen.findByRole('dialog', { name: 'Install Link check' })
  })

  it('that can’t be used says why and what to do', async () => {
    const fake = createFakeBridge({
      opened: ['/a/old.skillet'],
      overrides: {
        'install.planFile': async () => {
          throw new SkilletError('METADATA_EXPIRED', 'This file was made too long ago.', {
            remedy: 'Ask for a newer one.',
          })
        },
      },
    })
    await openApp(fake)
    const dialog = await screen.findByRole('dialog', { name: 'Install old.skillet' })
    await within(dialog).findByText('This file was made too long ago.')
    expect(within(dialog).getByText('Ask for a newer one.')).toBeTruthy()
    expect(within(dialog).getByText(': failed').parentElement!.textContent).toBe('Genuine: failed')
  })

  it('can be chosen instead of dropped', async () => {
    const fake = createFakeBridge({
      overrides: { 'dialog.choose': async () => '/home/kim/link-check-1.2.0.skillet' },
    })
    const { user } = await openApp(fake, '#/library')
    await user.click(await screen.findByRole('button', { name: 'Install from a file…' }))
    await screen.findByRole('dialog', { name: 'Install Link check' })
    expect(fake.callsOf('dialog.choose')).toEqual([
      { kind: 'file', title: 'Choose a .skillet file', extensions: ['skillet'] },
    ])
  })
})

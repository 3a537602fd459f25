import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import { late } from '../../src/renderer/late.tsx'
import { PageBoundary } from '../../src/renderer/ui/page-boundary.tsx'

afterEach(cleanup)

it('a part is drawn once its file is there, and from then on in the same turn; a failure is tried again', async () => {
  let fetched = 0
  const Part = late(async () => {
    fetched += 1
    if (fetched === 1) throw new Error('the file can’t be read')
    return () => <p>Here</p>
  })
  await expect(Part.load()).rejects.toThrow('can’t be read')
  let shown = 0
  const page = (
    <PageBoundary onBroken={() => {}} onStartAgain={() => {}}>
      <Part onShown={() => (shown += 1)} />
    </PageBoundary>
  )
  const first = render(page)
  expect([screen.queryByText('Here'), shown]).toEqual([null, 0])
  await screen.findByText('Here')
  await vi.waitFor(() => expect([fetched, shown]).toEqual([2, 1]))
  first.unmount()
  render(page)
  screen.getByText('Here')
  expect([fetched, shown]).toEqual([2, 2])
})

it('a dialog that breaks above every page takes the window no further than to a way back', () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  let isBroken = true
  const Dialog = () => {
    if (isBroken) throw new Error('the file can’t be read')
    return <p>The window</p>
  }
  render(
    <PageBoundary isWhole onStartAgain={() => (isBroken = false)}>
      <Dialog />
    </PageBoundary>,
  )
  expect(screen.getByRole('alert').textContent).toBe('Your skills and keys are as they were.')
  fireEvent.click(screen.getByRole('button', { name: 'Start again' }))
  screen.getByText('The window')
})

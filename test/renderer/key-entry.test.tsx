import { fireEvent, render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import { KeyEntry } from '../../src/renderer/features/install/key-entry.tsx'

it('says of a key that is added on the way, and of no other, that the skill never sees it', () => {
  const secret = { required: true, hosts: ['api.example.com'], present: false }
  const secrets = [
    { ...secret, name: 'ONE_KEY', title: 'One', unseen: true },
    { ...secret, name: 'TWO_KEY', title: 'Two', unseen: false },
  ]
  const chosen: ReadonlySet<string>[] = []
  render(
    <KeyEntry
      secrets={secrets}
      keys={{}}
      onKeys={() => {}}
      unseen={new Set()}
      onUnseen={(unseen) => chosen.push(unseen)}
    />,
  )
  const said = screen.getAllByText(/Meant for/).map(({ textContent }) => textContent)
  expect(said).toEqual([
    expect.stringContaining('Skillet adds the key on the way; the skill never sees it.'),
    expect.not.stringContaining('never sees it'),
  ])
  // For the other one the person may say so.
  const [only, ...others] = screen.getAllByRole('switch')
  expect(others).toEqual([])
  fireEvent.click(only!)
  expect(chosen).toEqual([new Set(['TWO_KEY'])])
})

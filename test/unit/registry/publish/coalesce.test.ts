import { expect, it } from 'vitest'
import { coalesce } from '../../../../src/registry/publish/coalesce.ts'

function controlled() {
  const runs: { resolve: () => void; reject: (error: Error) => void }[] = []
  const ask = coalesce(() => new Promise<void>((resolve, reject) => runs.push({ resolve, reject })))
  return { runs, ask }
}
const settle = () => new Promise((resolve) => setImmediate(resolve))

it('shares one run between all who ask while another is under way, and starts it after that', async () => {
  const { runs, ask } = controlled()
  const first = ask()
  await settle()
  const later = [ask(), ask(), ask()]
  await settle()
  expect(runs).toHaveLength(1)
  runs[0]!.resolve()
  await first
  await settle()
  expect(runs).toHaveLength(2)
  // Who asks now did something that the second run may have missed.
  const last = ask()
  runs[1]!.resolve()
  await Promise.all(later)
  await settle()
  expect(runs).toHaveLength(3)
  runs[2]!.resolve()
  await last
})

it('tells those who asked of a failure, and nobody after them', async () => {
  const { runs, ask } = controlled()
  const first = ask()
  await settle()
  const second = ask()
  runs[0]!.reject(new Error('the disk is full'))
  await expect(first).rejects.toThrow('the disk is full')
  await settle()
  runs[1]!.resolve()
  await expect(second).resolves.toBeUndefined()
})

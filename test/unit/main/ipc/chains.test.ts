import { expect, it } from 'vitest'
import type { Engine } from '../../../../src/engine/api.ts'
import type { ChainRuns } from '../../../../src/main/chain-runs.ts'
import { chainHandlers } from '../../../../src/main/ipc/handlers/chains.ts'

it('adds only .toml files that the person chose or dropped', async () => {
  const added: string[] = []
  const engine = {
    addChain(file: string) {
      added.push(file)
      return Promise.resolve({ id: 'notes' })
    },
  } as unknown as Engine
  const handlers = chainHandlers({
    engine: { get: () => Promise.resolve(engine), close: () => Promise.resolve() },
    runs: {} as ChainRuns,
    mayOpen: (path) => path.startsWith('/home/me/'),
  })
  const add = (path: string) => handlers['chain.add']({ path })
  await add('/home/me/notes.toml')
  await expect(add('/etc/app.toml')).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  await expect(add('/home/me/secret.txt')).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  expect(added).toEqual(['/home/me/notes.toml'])
})

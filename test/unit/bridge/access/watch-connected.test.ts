import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTokens, type Tokens } from '../../../../src/bridge/access/tokens.ts'
import { watchConnected } from '../../../../src/bridge/access/watch-connected.ts'

let folder: string
let tokens: Tokens
let stop: () => void
let kept: string[][]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-connected-'))
  tokens = createTokens({
    file: join(folder, 'tokens.json'),
    managed: async () => null,
    now: () => new Date(),
    log: (line) => {
      throw new Error(line)
    },
  })
  kept = []
})
afterEach(async () => {
  stop()
  await rm(folder, { recursive: true, force: true })
})

const watch = () => {
  const keepOnly = (agents: ReadonlySet<string>) => void kept.push([...agents])
  stop = watchConnected({ tokens, onChange: tokens.onChange, keepOnly, log: () => undefined })
}
const issue = (days: number) => tokens.issue({ name: 'Reader', scopes: ['catalog:read'], days })
const second = 1 / (24 * 60 * 60)

test('an agent whose time is over is cut off, though nothing changes and nobody asks', async () => {
  const stays = (await issue(1)).agent.id
  const goes = (await issue(0.4 * second)).agent.id
  watch()
  await expect.poll(() => kept.find((agents) => agents.length === 2)?.sort()).toEqual([stays, goes].sort())
  await expect.poll(() => kept.at(-1)).toEqual([stays])
})

test('one whose token is taken back, too', async () => {
  const { id } = (await issue(1)).agent
  watch()
  await expect.poll(() => kept.at(-1)).toEqual([id])
  await tokens.revoke(id)
  await expect.poll(() => kept.at(-1)).toEqual([])
})

test('where nobody can say who is connected, nobody is', async () => {
  const { id } = (await issue(1)).agent
  watch()
  await expect.poll(() => kept.at(-1)).toEqual([id])
  await writeFile(join(folder, 'tokens.json'), 'not what Skillet wrote')
  await expect.poll(() => kept.at(-1)).toEqual([])
})

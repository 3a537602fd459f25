import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { markerName } from '../../src/engine/agents/own-copy.ts'
import type { StoreStep } from '../support/faults/store-child.ts'
import { countTo, createStoreLab, forEachPoint, slug, type StoreLab } from '../support/faults/store-lab.ts'
import { placingIn } from '../support/placing-in.ts'
import { openStore } from '../support/store-home.ts'

let lab: StoreLab
beforeAll(async () => {
  lab = await createStoreLab()
})
afterAll(() => lab.stop())

const installed: StoreStep[] = [{ do: 'install', version: '1.0.0' }]

/** A store with a skill that a linked and a copying agent have, of a user in the store's folder. */
async function homeWith(base: string, placed: boolean): Promise<string> {
  const home = await lab.copyOf(base)
  for (const agent of ['.claude', '.cursor']) await mkdir(join(home, 'user', agent), { recursive: true })
  if (placed) await placingIn(await openStore(home, lab.keys)).place(slug, ['claude-code', 'cursor'])
  return home
}

/** What each agent sees once Skillet has been started again: the version of a whole skill, or nothing. */
async function seenIn(home: string): Promise<(string | null)[]> {
  const opened = await openStore(home, lab.keys)
  expect(opened.putOff).toBeNull()
  return Promise.all(
    ['.claude', '.cursor'].map(async (agent) => {
      const skills = join(home, 'user', agent, 'skills')
      const names = await readdir(skills).catch(() => [])
      if (names.length === 0) return null
      expect(names).toEqual([slug])
      const files = (await readdir(join(skills, slug))).filter((name) => !name.startsWith('.made-'))
      expect(files.filter((name) => name !== markerName).toSorted()).toEqual(['SKILL.md', 'notes'])
      expect(await readdir(join(skills, slug, 'notes'))).toHaveLength(4)
      return /Counts words, (\d+\.\d+\.\d+)/.exec(await readFile(join(skills, slug, 'SKILL.md'), 'utf8'))![1]!
    }),
  )
}

const inForce = async (home: string) => {
  const record = await (await openStore(home, lab.keys)).store.get(slug)
  return record === null || record.withdrawn !== null ? null : record.version
}

it.each([
  { step: { do: 'place' }, placed: false, every: 17 },
  { step: { do: 'install', version: '2.0.0' }, placed: true, every: 23 },
  { step: { do: 'quarantine', version: '1.0.0' }, placed: true, every: 11 },
  { step: { do: 'remove' }, placed: true, every: 11 },
] satisfies { step: StoreStep; placed: boolean; every: number }[])(
  'kill -9 during $step.do: after the next start both agents see what is in force, whole, or nothing',
  async ({ step, placed, every }) => {
    const base = await lab.storeAfter(installed)
    const whole = await homeWith(base, placed)
    const log = `${whole}.log`
    const end = await lab.start(whole, [step], { fault: { at: 0, log } })
    expect(end.report?.outcomes, end.stderr).toEqual(['done'])
    const calls = (await readFile(log, 'utf8')).split('\n').length - 1
    expect(calls).toBeGreaterThan(15)
    expect(await seenIn(whole)).toEqual([await inForce(whole), await inForce(whole)])

    const ends = new Set<string>()
    await forEachPoint(countTo(calls, every), async (at) => {
      const home = await homeWith(base, placed)
      const killed = await lab.start(home, [step], { fault: { at } })
      expect(killed.signal, `${at}: ${killed.stderr}`).toBe('SIGKILL')
      const seen = await seenIn(home)
      const version = await inForce(home)
      ends.add(String(version))
      // Placing that was not yet written down has not happened.
      if (step.do === 'place' && seen[0] === null) expect(seen, `${at}`).toEqual([null, null])
      else expect(seen, `${at}`).toEqual([version, version])
      await lab.discard(home)
    })
    expect(ends.size).toBe(step.do === 'place' ? 1 : 2)
  },
  120_000,
)

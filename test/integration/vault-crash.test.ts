import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { notOnDisk, toCalls, type DiskCall } from '../support/faults/disk-calls.ts'
import { countTo, forEachPoint } from '../support/faults/store-lab.ts'
import { buildChild, type Fault } from '../support/faults/store-process.ts'
import type { VaultJob } from '../support/faults/vault-child.ts'
import { cheapVault, passphrase } from '../support/vault.ts'

const newPassphrase = 'another passphrase'
const values = { A_KEY: 'the value of a', B_KEY: 'the value of b' }
const changes: { title: string; step: VaultJob['step'] }[] = [
  { title: 'replacing a key', step: { do: 'set', entry: 'A_KEY', value: 'its replacement' } },
  { title: 'changing the passphrase', step: { do: 'rekey', next: newPassphrase } },
]

let scratch: string
let base: string
let child: Awaited<ReturnType<typeof buildChild<VaultJob, { outcome: string }>>>
let copies = 0
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'skillet-vault-crash-'))
  base = join(scratch, 'base')
  child = await buildChild('vault-child.ts')
  const vault = cheapVault(base)
  await vault.create(passphrase)
  for (const [entry, value] of Object.entries(values)) await vault.set(entry, value)
  await vault.close()
})
afterAll(async () => {
  await child.remove()
  await rm(scratch, { recursive: true, force: true })
})

async function change(step: VaultJob['step'], fault: Omit<Fault, 'folder'>) {
  const folder = join(scratch, `copy-${++copies}`)
  await cp(base, folder, { recursive: true })
  const end = await child.start(
    { folder, started: `${folder}.started`, step },
    { fault: { folder, ...fault } },
  )
  return { folder, end }
}

/** What is kept, as the next start finds it; it must be sound, and go on. */
async function stateOf(folder: string): Promise<string> {
  const vault = cheapVault(folder)
  try {
    const word = await vault.unlock(passphrase).then(
      () => 'old',
      async () => {
        await vault.unlock(newPassphrase)
        return 'new'
      },
    )
    expect(await vault.damaged()).toEqual([])
    const kept = Object.fromEntries(await vault.all())
    await vault.set('C_KEY', 'a further one')
    expect((await readdir(folder)).sort()).toEqual(['keys.vault', 'seen.json'])
    return JSON.stringify({ word, kept })
  } finally {
    await vault.close()
  }
}

async function callsOf(step: VaultJob['step']): Promise<{ calls: DiskCall[]; done: string }> {
  const log = join(scratch, `log-${++copies}`)
  const { folder, end } = await change(step, { at: 0, log })
  expect(end.report?.outcome, end.stderr).toBe('done')
  return { calls: toCalls(await readFile(log, 'utf8'), folder), done: await stateOf(folder) }
}

describe.each(changes)('$title', ({ step }) => {
  it('killed at any system call that changes the disk: all of it or nothing of it', async () => {
    const old = JSON.stringify({ word: 'old', kept: values })
    const { calls, done } = await callsOf(step)
    expect(calls.length).toBeGreaterThan(5)
    const seen: string[] = []
    await forEachPoint(countTo(calls.length), async (at) => {
      const { folder, end } = await change(step, { at })
      expect(end.signal, `${at}: ${end.stderr}`).toBe('SIGKILL')
      const state = await stateOf(folder)
      seen[at - 1] = state === done ? 'new' : state === old ? 'old' : state
    })
    const decided = calls.findIndex(({ call, to }) => call === 'rename' && to === 'keys.vault')
    expect(decided).toBeGreaterThan(0)
    // The kill comes before the call.
    expect(seen).toEqual(seen.map((_, index) => (index <= decided ? 'old' : 'new')))
  })

  it('cut off from power: the new content is on the disk before it takes the old one’s place', async () => {
    const { calls } = await callsOf(step)
    const decided = calls.findIndex(({ call, to }) => call === 'rename' && to === 'keys.vault')
    expect(notOnDisk(calls.slice(0, decided)).filter((path) => path.startsWith('keys.vault'))).toEqual([])
    expect(notOnDisk(calls.slice(0, decided - 1))).not.toEqual([])
    expect(notOnDisk(calls).filter((path) => path.startsWith('keys.vault'))).toEqual([])
  })

  it('on a disk that is full at any point: said so, and as it was, or done', async () => {
    const old = JSON.stringify({ word: 'old', kept: values })
    const { calls, done } = await callsOf(step)
    await forEachPoint(countTo(calls.length, 2), async (at) => {
      const { folder, end } = await change(step, { at, error: constants.errno.ENOSPC })
      const outcome = end.report?.outcome
      expect(['done', 'NO_SPACE'], `${at}: ${end.stderr}`).toContain(outcome)
      // What was written before the disk was full stays, also where only the note about it failed.
      expect(outcome === 'done' ? [done] : [old, done], `${at}`).toContain(await stateOf(folder))
    })
  })
})

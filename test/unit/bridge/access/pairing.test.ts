import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAccess, type Access } from '../../../../src/bridge/access/access.ts'
import type { AgentScope } from '../../../../src/shared/agent-scope.ts'
import type { ManagedPolicy } from '../../../../src/shared/managed-policy.ts'

const wanted = { name: 'Claude Code', scopes: ['catalog:read', 'skills:run'] as AgentScope[] }
const peer = (pid: number | null) => ({ pid, name: 'node', path: '/usr/bin/node' })

describe('pairing', () => {
  let home: string
  let time: number
  let policy: ManagedPolicy | null
  let access: Access
  const open = () =>
    createAccess({
      home,
      engine: () => Promise.reject(new Error('not needed here')),
      managed: async () => policy,
      now: () => new Date(time),
      log: (line) => {
        throw new Error(line)
      },
    })

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'skillet-pairing-'))
    time = Date.now()
    policy = null
    access = open()
  })
  afterEach(async () => {
    await access.close()
    await rm(home, { recursive: true, force: true })
  })

  it('gives a token once, for no more than the person allowed, to whoever asked', async () => {
    const { id, secret, code } = await access.pairings.ask(wanted, peer(11))
    expect(code).toMatch(/^\d{6}$/)
    const [shown] = await access.pairings.waiting()
    expect(shown).toMatchObject({ id, code, name: 'Claude Code', peer: peer(11), nameTaken: false })
    expect(JSON.stringify(shown)).not.toContain(secret)
    expect(await access.pairings.collect(id, secret)).toMatchObject({ state: 'pending' })

    await access.pairings.approve(id, { scopes: ['catalog:read'], days: 7 })
    expect(await access.pairings.waiting()).toEqual([])
    const collected = await access.pairings.collect(id, secret)
    if (collected.state !== 'approved') throw new Error(collected.state)
    expect((await access.tokens.verify(collected.token)).scopes).toEqual(['catalog:read'])
    // A replay.
    await expect(access.pairings.collect(id, secret)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const files = ['tokens', 'pairings'].map((name) => readFile(join(home, 'access', `${name}.json`), 'utf8'))
    for (const text of await Promise.all(files)) {
      expect(text).not.toContain(secret)
      expect(text).not.toContain(collected.token)
    }
  })

  it('is answered by another Skillet on this computer while the agent waits', async () => {
    const { id, secret } = await access.pairings.ask(wanted, peer(11))
    const waiting = access.pairings.collect(id, secret, { waitMs: 60_000 })
    const app = open()
    await app.pairings.approve(id, { scopes: wanted.scopes, days: 1 })
    expect((await waiting).state).toBe('approved')
    await app.close()
  })

  it('stops waiting with whoever waits', async () => {
    const { id, secret } = await access.pairings.ask(wanted, peer(11))
    const stop = new AbortController()
    const waiting = access.pairings.collect(id, secret, { waitMs: 60_000, signal: stop.signal })
    stop.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' })
  })

  it('allows nothing that was not asked for', async () => {
    const { id } = await access.pairings.ask({ ...wanted, scopes: ['catalog:read'] }, peer(11))
    for (const scopes of [['skills:run'], ['catalog:read', 'runs:read'], []] as AgentScope[][])
      await expect(access.pairings.approve(id, { scopes, days: 1 })).rejects.toMatchObject({
        code: 'INPUT_INVALID',
      })
  })

  it('tells a denial, and does not show that process again for a while', async () => {
    const { id, secret } = await access.pairings.ask(wanted, peer(11))
    await access.pairings.deny(id)
    expect(await access.pairings.collect(id, secret)).toEqual({ state: 'denied' })
    await expect(access.pairings.ask(wanted, peer(11))).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    await access.pairings.ask(wanted, peer(12))
    time += 10 * 60_000
    await access.pairings.ask(wanted, peer(11))
  })

  it('ends after five minutes, and what was allowed waits two more', async () => {
    const first = await access.pairings.ask(wanted, peer(11))
    time += 5 * 60_000
    expect(await access.pairings.waiting()).toEqual([])
    await expect(
      access.pairings.approve(first.id, { scopes: ['skills:run'], days: 1 }),
    ).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    expect(await access.pairings.collect(first.id, first.secret)).toEqual({ state: 'expired' })
    const second = await access.pairings.ask(wanted, peer(12))
    await access.pairings.approve(second.id, { scopes: ['skills:run'], days: 1 })
    time += 2 * 60_000
    expect(await access.pairings.collect(second.id, second.secret)).toEqual({ state: 'expired' })
    expect(await access.tokens.list()).toEqual([])
  })

  it('gives nothing to whoever guesses the secret, and ends the pairing after five guesses', async () => {
    const { id, secret } = await access.pairings.ask(wanted, peer(11))
    await access.pairings.approve(id, { scopes: ['catalog:read'], days: 1 })
    for (let guess = 0; guess < 5; guess += 1)
      await expect(access.pairings.collect(id, `guess ${guess}`)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(access.pairings.collect(id, secret)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await access.tokens.list()).toEqual([])
  })

  it('shows three at most, and one of each process, so that none is buried', async () => {
    const real = await access.pairings.ask(wanted, peer(11))
    await access.pairings.ask(wanted, peer(12))
    await access.pairings.ask(wanted, peer(12))
    await access.pairings.ask(wanted, peer(null))
    await expect(access.pairings.ask(wanted, peer(13))).rejects.toMatchObject({ code: 'BUSY' })
    const shown = await access.pairings.waiting()
    expect(shown.map(({ peer: { pid } }) => pid)).toEqual([11, 12, null])
    expect(shown[0]?.id).toBe(real.id)
  })

  it('gives no code twice, and few in a while', async () => {
    const codes = new Set<string>()
    for (let times = 0; times < 20; times += 1) codes.add((await access.pairings.ask(wanted, peer(11))).code)
    expect(codes.size).toBe(20)
    await expect(access.pairings.ask(wanted, peer(11))).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    time += 10 * 60_000
    await access.pairings.ask(wanted, peer(11))
  })

  it('says where an agent of this name is connected already', async () => {
    await connect(access, wanted, peer(11))
    await access.pairings.ask({ ...wanted, name: 'claude code' }, peer(12))
    expect((await access.pairings.waiting())[0]?.nameTaken).toBe(true)
  })

  it('shows a process’s own words on one line, without what turns their direction', async () => {
    await access.pairings.ask(wanted, {
      pid: 11,
      name: 'no\u202ede\n',
      path: `/tmp/\u200b${'a'.repeat(2000)}`,
    })
    const [shown] = await access.pairings.waiting()
    expect(shown?.peer.name).toBe('no de')
    expect(shown?.peer.path).toMatch(/^\/tmp\/ a+$/)
    expect(shown?.peer.path).toHaveLength(1024)
  })

  it('is closed where administrators close the bridge', async () => {
    policy = { bridge: { enabled: false } }
    await expect(access.pairings.ask(wanted, peer(11))).rejects.toMatchObject({ code: 'POLICY_DENIED' })
  })

  it('writes down who was let in, and who removed', async () => {
    const agent = await connect(access, wanted, peer(11))
    await access.disconnect(agent.id)
    await expect(access.disconnect(agent.id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const month = new Date().toISOString().slice(0, 7)
    const journal = await readFile(join(home, 'audit', `${month}.jsonl`), 'utf8')
    expect(journal).toContain('You let Claude Code connect to Skillet.')
    expect(journal).toContain('You removed Claude Code.')
  })
})

async function connect(access: Access, request: typeof wanted, from: ReturnType<typeof peer>) {
  const { id, secret } = await access.pairings.ask(request, from)
  await access.pairings.approve(id, { scopes: request.scopes, days: 1 })
  const collected = await access.pairings.collect(id, secret)
  if (collected.state !== 'approved') throw new Error(collected.state)
  return collected.agent
}

import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { assertScope, createTokens, type Tokens } from '../../../../src/bridge/access/tokens.ts'
import { maxTokenDays } from '../../../../src/shared/agent-access.ts'
import type { ManagedPolicy } from '../../../../src/shared/managed-policy.ts'

const claude = { name: 'Claude Code', scopes: ['catalog:read'] as const, days: 30 }

describe('createTokens', () => {
  let folder: string
  let file: string
  let time: number
  let policy: ManagedPolicy | null
  let tokens: Tokens
  const open = () =>
    createTokens({
      file,
      managed: async () => policy,
      now: () => new Date(time),
      log: (line) => {
        throw new Error(line)
      },
    })

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skillet-tokens-'))
    file = join(folder, 'access', 'tokens.json')
    time = Date.parse('2026-03-01T10:00:00.000Z')
    policy = null
    tokens = open()
  })
  afterEach(async () => {
    await tokens.settled()
    await rm(folder, { recursive: true, force: true })
  })

  it('keeps the digest of a token, never the token, for nobody else to read', async () => {
    const { token, agent } = await tokens.issue(claude)
    expect(token).toMatch(/^sba_[A-Za-z0-9]{43}$/)
    expect(token.slice(4, 10)).toBe(agent.prefix)
    const text = await readFile(file, 'utf8')
    expect(text).not.toContain(token)
    expect(text).not.toContain(token.slice(10))
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(join(folder, 'access'))).mode & 0o777).toBe(0o700)
    expect(Object.keys(agent)).not.toContain('sha256')
  })

  it('knows whose it is, and nobody else’s', async () => {
    const { token, agent } = await tokens.issue(claude)
    const { token: other } = await tokens.issue({ ...claude, name: 'Codex' })
    expect(await tokens.verify(token)).toEqual({
      id: agent.id,
      name: 'Claude Code',
      scopes: ['catalog:read'],
    })
    expect((await tokens.verify(other)).name).toBe('Codex')
    const last = token.at(-1) === 'A' ? 'B' : 'A'
    for (const wrong of [
      '',
      'sba_',
      token.slice(0, -1),
      `${token.slice(0, -1)}${last}`,
      `${token} `,
      agent.id,
    ])
      await expect(tokens.verify(wrong)).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  })

  it('ends with its time, not a moment later, and is not listed then', async () => {
    const { token } = await tokens.issue({ ...claude, days: 1 })
    time += 24 * 60 * 60_000 - 1
    await tokens.verify(token)
    time += 1
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    expect(await tokens.list()).toEqual([])
  })

  it('ends at once where another Skillet removes it', async () => {
    const { token, agent } = await tokens.issue(claude)
    await tokens.verify(token)
    await tokens.settled()
    // From here on what it knows is what it has read.
    await tokens.verify(token)
    const other = open()
    expect((await other.revoke(agent.id))?.name).toBe('Claude Code')
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    expect(await other.revoke(agent.id)).toBeNull()
    await other.settled()
  })

  it('holds no longer than administrators say, also one that was made before they did', async () => {
    const { token } = await tokens.issue({ ...claude, days: 400 })
    expect((await tokens.list())[0]?.expiresAt).toBe(new Date(time + maxTokenDays * 86_400_000).toISOString())
    policy = { bridge: { token_days: 7 } }
    expect((await tokens.list())[0]?.expiresAt).toBe('2026-03-08T10:00:00.000Z')
    time += 7 * 86_400_000
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    const { agent } = await tokens.issue(claude)
    expect(agent.expiresAt).toBe('2026-03-15T10:00:00.000Z')
  })

  it('lets nobody in where administrators close the bridge', async () => {
    const { token } = await tokens.issue(claude)
    policy = { bridge: { enabled: false } }
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'POLICY_DENIED' })
    await expect(tokens.issue(claude)).rejects.toMatchObject({ code: 'POLICY_DENIED' })
  })

  it('lets nobody in by a file that is damaged, or a link', async () => {
    const { token } = await tokens.issue(claude)
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.slice(0, -20))
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
    await rm(file)
    const elsewhere = join(folder, 'elsewhere.json')
    await writeFile(elsewhere, text)
    await symlink(elsewhere, file)
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
    await rm(file)
    await writeFile(file, text)
    expect((await tokens.verify(token)).name).toBe('Claude Code')
  })

  it('notes the last use, seldom', async () => {
    const { token } = await tokens.issue(claude)
    await tokens.verify(token)
    await tokens.settled()
    const written = await readFile(file, 'utf8')
    expect((await open().list())[0]?.lastUsedAt).toBe('2026-03-01T10:00:00.000Z')
    time += 9 * 60_000
    await tokens.verify(token)
    await tokens.settled()
    expect(await readFile(file, 'utf8')).toBe(written)
    time += 60_000
    await tokens.verify(token)
    await tokens.settled()
    expect((await open().list())[0]?.lastUsedAt).toBe('2026-03-01T10:10:00.000Z')
  })

  it('is good for what it was made for', async () => {
    const agent = await tokens.verify((await tokens.issue(claude)).token)
    assertScope(agent, 'catalog:read')
    expect(() => assertScope(agent, 'skills:run')).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }))
  })
})

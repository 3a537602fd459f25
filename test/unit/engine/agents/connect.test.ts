import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { agentPlaces } from '../../../../src/engine/agents/agent-places.ts'
import { readConfigFile, replaceConfigFile } from '../../../../src/engine/agents/config-file.ts'
import { createConnecting } from '../../../../src/engine/agents/connect.ts'
import { mcpCommand } from '../../../../src/engine/agents/own-command.ts'
import { createJournal } from '../../../../src/engine/audit/journal.ts'
import { exists } from '../../../../src/engine/disk.ts'
import { agentIds, type AgentId } from '../../../../src/shared/contract/agents.ts'
import type { ManagedPolicy } from '../../../../src/shared/managed-policy.ts'
import { codeOf } from '../../trust/code.ts'

let folder: string
let user: string
let policy: ManagedPolicy | null
let program: string

const places = () => agentPlaces({ home: user, env: {}, platform: 'linux' })
const connecting = () =>
  createConnecting({
    paths: { home: join(folder, 'skillet') },
    journal: createJournal({ dir: join(folder, 'audit') }),
    places: places(),
    command: ({ id }) => ({ command: program, args: ['mcp', '--agent', id] }),
    managed: async () => policy,
  })
async function change(agent: AgentId, connect: boolean): Promise<void> {
  const { digest } = await connecting().plan(agent, connect)
  await connecting().apply(agent, connect, digest)
}
const stateOf = async (agent: AgentId) => (await connecting().state(agent))?.state
const claude = () => join(user, '.claude.json')
const backups = async (of: string) =>
  (await readdir(dirname(of))).filter((name) => name.includes('skillet-backup'))

const server = (agent: AgentId, extra: object = {}) => ({
  skillet: { ...extra, command: '/opt/Skillet/skillet', args: ['mcp', '--agent', agent] },
})
/** What each agent's own documentation asks for. */
const forms: Partial<Record<AgentId, object>> = {
  'claude-code': { mcpServers: server('claude-code', { type: 'stdio' }) },
  'claude-desktop': { mcpServers: server('claude-desktop') },
  cursor: { mcpServers: server('cursor') },
  'gemini-cli': { mcpServers: server('gemini-cli') },
  'github-copilot': { mcpServers: server('github-copilot', { type: 'local', tools: ['*'] }) },
  openclaw: { mcp: { servers: server('openclaw') } },
  opencode: {
    mcp: {
      skillet: {
        type: 'local',
        enabled: true,
        command: ['/opt/Skillet/skillet', 'mcp', '--agent', 'opencode'],
      },
    },
  },
  'vs-code': { servers: server('vs-code', { type: 'stdio' }) },
  windsurf: { mcpServers: server('windsurf') },
}

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'skillet-connect-')))
  user = join(folder, 'user')
  policy = null
  program = '/opt/Skillet/skillet'
  await mkdir(user)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('connecting an agent', () => {
  it.each(agentIds.filter((id) => id !== 'shared'))(
    '%s: in its own form, and away again without a trace',
    async (agent) => {
      expect(await stateOf(agent)).toBe('absent')
      await change(agent, true)
      expect(await stateOf(agent)).toBe('connected')
      const { file } = (await connecting().state(agent))!
      const text = await readFile(file, 'utf8')
      if (agent === 'codex')
        expect(text).toBe(
          '[mcp_servers.skillet]\ncommand = "/opt/Skillet/skillet"\nargs = [ "mcp", "--agent", "codex" ]\n',
        )
      else expect(JSON.parse(text)).toEqual(forms[agent])
      expect((await stat(file)).mode & 0o777).toBe(0o600)
      await change(agent, false)
      expect(await exists(file)).toBe(false)
      expect(await readdir(dirname(file))).toEqual([])
    },
  )

  it('keeps mode and content, and a copy of what was there that nobody else may read', async () => {
    const text = '{\n\t// mine\n\t"numStartups": 3\n}'
    await writeFile(claude(), text)
    await chmod(claude(), 0o640)
    for (let turn = 0; turn < 3; turn += 1) {
      await change('claude-code', true)
      await change('claude-code', false)
    }
    expect(await readFile(claude(), 'utf8')).toBe(text)
    expect((await stat(claude())).mode & 0o777).toBe(0o640)
    const kept = await backups(claude())
    expect(kept).toHaveLength(3)
    for (const name of kept) expect((await stat(join(user, name))).mode & 0o777).toBe(0o600)
  })

  it('shows the change as it will be, without the keys around it', async () => {
    const token = `ghp_${'Zk9'.repeat(12)}`
    await writeFile(
      claude(),
      `{\n  "mcpServers": {\n    "other": { "env": { "GITHUB_TOKEN": "${token}" } }\n  }\n}\n`,
    )
    const plan = await connecting().plan('claude-code', true)
    expect(JSON.stringify(plan)).not.toContain(token)
    expect(plan.diff.filter(({ kind }) => kind === 'added').map(({ text }) => text.trim())).toContain(
      '"type": "stdio",',
    )
    expect(await readFile(claude(), 'utf8')).toContain(token)
    await change('claude-code', true)
    expect(await readFile(claude(), 'utf8')).toContain(token)
  })

  it('puts a new path in place of its old one, and still goes without a trace', async () => {
    const text = '{ "a": 1 }'
    await writeFile(claude(), text)
    await change('claude-code', true)
    program = '/new/skillet'
    await change('claude-code', true)
    expect(JSON.parse(await readFile(claude(), 'utf8')).mcpServers.skillet.command).toBe('/new/skillet')
    await change('claude-code', false)
    expect(await readFile(claude(), 'utf8')).toBe(text)
  })

  it('keeps to what administrators allow', async () => {
    policy = { schema: 1, bridge: { enabled: false } } as ManagedPolicy
    expect(await codeOf(connecting().plan('codex', true))).toBe('POLICY_DENIED')
    policy = { schema: 1, agents: { allow: ['cursor'] } } as ManagedPolicy
    expect(await codeOf(connecting().plan('vs-code', true))).toBe('POLICY_DENIED')
    await change('cursor', true)
    policy = { schema: 1, agents: { allow: [] } } as ManagedPolicy
    await change('cursor', false)
    expect(await stateOf('cursor')).toBe('absent')
  })
})

describe('settings that are left alone', () => {
  const seen = '{ "mcpServers": {} }'
  const swapped = '{ "mcpServers": { "skillet": { "command": "/tmp/evil" } } }'

  it('that were swapped between the preview and the change', async () => {
    await writeFile(claude(), seen)
    const { digest } = await connecting().plan('claude-code', true)
    await writeFile(claude(), '{ "theirs": true }')
    // What a program does that writes what it made of what it had read.
    const naive = async () => writeFile(claude(), seen.replace('{}', '{ "skillet": {} }'))
    expect(await codeOf(connecting().apply('claude-code', true, digest))).toBe('CONFIG_REFUSED')
    expect(await readFile(claude(), 'utf8')).toBe('{ "theirs": true }')
    await naive()
    expect(await readFile(claude(), 'utf8')).not.toContain('theirs')
  })

  it('that somebody writes to while they are being changed', async () => {
    await writeFile(claude(), seen)
    const read = await readConfigFile(claude())
    await writeFile(claude(), '{ "theirs": true }')
    expect(await codeOf(replaceConfigFile(read, '{}'))).toBe('CONFIG_REFUSED')
    expect(await readFile(claude(), 'utf8')).toBe('{ "theirs": true }')
    expect((await readdir(user)).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('that are a link, a second name, no file, no text', async () => {
    const victim = join(folder, 'victim.json')
    await writeFile(victim, seen)
    await symlink(victim, claude())
    expect(await codeOf(connecting().plan('claude-code', true))).toBe('CONFIG_REFUSED')
    await rm(claude())
    await link(victim, claude())
    expect(await codeOf(connecting().plan('claude-code', true))).toBe('CONFIG_REFUSED')
    await rm(claude())
    await mkdir(claude())
    expect(await codeOf(connecting().plan('claude-code', true))).toBe('CONFIG_REFUSED')
    await rm(claude(), { recursive: true })
    await writeFile(claude(), Buffer.from('{ "name": "Zoë" }', 'latin1'))
    expect(await codeOf(connecting().plan('claude-code', true))).toBe('CONFIG_REFUSED')
    expect(await stateOf('claude-code')).toBe('unreadable')
    expect(await readFile(victim, 'utf8')).toBe(seen)
  })

  it('that nobody can read, or that have another program of that name', async () => {
    await writeFile(claude(), '{ "mcpServers": ')
    expect(await codeOf(connecting().plan('claude-code', true))).toBe('CONFIG_REFUSED')
    await writeFile(claude(), swapped)
    expect(await stateOf('claude-code')).toBe('other')
    expect(await codeOf(connecting().plan('claude-code', true))).toBe('PLACE_TAKEN')
    expect(await codeOf(connecting().plan('claude-code', false))).toBe('PLACE_TAKEN')
    expect(await readFile(claude(), 'utf8')).toBe(swapped)
  })
})

it('an agent starts the installed program itself, wherever it lies, and over the same folder', () => {
  const process = (versions: object, env = {}) => ({
    execPath: '/opt/Skillet/skillet',
    versions: versions as NodeJS.ProcessVersions,
    env,
    platform: 'linux' as const,
  })
  const packed = '/opt/Skillet/resources/app.asar.unpacked/out/sandbox/skillet-launcher'
  const built = '/src/out/sandbox/skillet-launcher'
  expect(mcpCommand({ title: 'Codex' }, '/h', packed, process({ electron: '45' }))).toEqual({
    command: '/opt/Skillet/skillet',
    args: ['mcp', '--name', 'Codex', '--home', '/h'],
  })
  expect(
    mcpCommand({ title: 'Codex' }, '/h', packed, process({}, { APPIMAGE: '/home/a/S.AppImage' })).command,
  ).toBe('/home/a/S.AppImage')
  expect(mcpCommand({ title: 'Codex' }, '/h', built, process({ electron: '45' }))).toMatchObject({
    command: 'node',
    args: [expect.stringMatching(/out.cli.index\.cjs$/), 'mcp', '--name', 'Codex', '--home', '/h'],
  })
})

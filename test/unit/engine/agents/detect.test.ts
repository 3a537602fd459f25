import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { detectAgents } from '../../../../src/engine/agents/detect.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'skillet-home-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

it('finds no agents in an empty home', async () => {
  expect(await detectAgents(home, {})).toEqual([])
})

it('finds agents by their folders, and says where each looks for skills', async () => {
  for (const folder of [
    '.claude',
    '.codex',
    '.cursor',
    '.gemini',
    '.copilot',
    '.openclaw',
    '.config/opencode',
    '.codeium/windsurf',
    '.agents',
  ])
    await mkdir(join(home, folder), { recursive: true })
  const found = await detectAgents(home, {})
  expect(Object.fromEntries(found.map(({ name, folder }) => [name, folder.slice(home.length + 1)]))).toEqual({
    'Claude Code': '.claude/skills',
    Codex: '.agents/skills',
    Cursor: '.cursor/skills',
    'Gemini CLI': '.gemini/skills',
    'GitHub Copilot': '.copilot/skills',
    OpenClaw: '.openclaw/skills',
    OpenCode: '.config/opencode/skills',
    Windsurf: '.codeium/windsurf/skills',
    'Shared by several agents': '.agents/skills',
  })
})

it('follows the variables by which people move those folders, and takes no file for one', async () => {
  await mkdir(join(home, 'moved'))
  await writeFile(join(home, '.cursor'), '')
  expect(await detectAgents(home, { CLAUDE_CONFIG_DIR: join(home, 'moved') })).toEqual([
    { name: 'Claude Code', folder: join(home, 'moved', 'skills') },
  ])
})

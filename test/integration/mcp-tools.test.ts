import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operations } from '../../src/bridge/operations/operations.ts'
import { addConformanceTools, conformanceOperations } from '../support/mcp-conformance-tools.ts'
import { openMcpEngine, type McpEngine } from '../support/mcp-engine.ts'
import { allScopes, startMcpHost, type McpHost } from '../support/mcp-host.ts'
import { conform, inspect } from '../support/mcp-tools.ts'
import { startTokenFront } from '../support/token-front.ts'

// Clients that nobody here wrote, against the real bridge over the real engine. They are programs of their own under Node
// 24, so those of a kind run side by side.

const agents = new Map([['token', allScopes]])
let parts: McpEngine
beforeAll(async () => {
  parts = await openMcpEngine()
  await parts.install('count-words')
})
afterAll(async () => {
  await parts.stop()
})

describe('the inspector', () => {
  let host: McpHost
  beforeAll(async () => {
    host = await startMcpHost(parts.engine, operations, agents)
  })
  afterAll(async () => {
    await host.bridge.stop()
  })
  const call = async (name: string, args: Record<string, string> = {}) => {
    const pairs = Object.entries(args).flatMap(([key, value]) => ['--tool-arg', `${key}=${value}`])
    const { stdout } = await inspect(host.url, 'token', [
      '--method',
      'tools/call',
      '--tool-name',
      name,
      ...pairs,
    ])
    return JSON.parse(stdout) as { structuredContent: Record<string, unknown>; isError?: boolean }
  }

  test.concurrent(
    'finds the tools, and nothing in their schemas that some client could not read',
    async () => {
      const { code, stdout } = await inspect(host.url, 'token', ['--method', 'tools/list', '--strict'])
      expect(code).toBe(0)
      const { tools } = JSON.parse(stdout) as { tools: { name: string }[] }
      expect(tools.map(({ name }) => name)).toEqual(operations.map(({ name }) => name))
    },
  )

  test.concurrent('searches, and asks for an install that then waits for the person', async () => {
    expect((await call('search_skills', { text: 'sort' })).structuredContent).toMatchObject({
      skills: [{ slug: 'sort-words' }],
    })
    const { structuredContent } = await call('request_install', { slug: 'sort-words' })
    expect(structuredContent).toMatchObject({ request: { slug: 'sort-words', state: 'pending' } })
    expect((await parts.engine.installed()).map(({ slug }) => slug)).toEqual(['count-words'])
  })

  test.concurrent(
    'reads installed skills, whose files have the digests that they are listed with',
    async () => {
      const { code, stdout } = await inspect(host.url, 'token', ['--method', 'skills/list', '--verify'])
      expect(code).toBe(0)
      expect(stdout).toContain('skill://count-words/SKILL.md')
    },
  )

  test.concurrent('gets nowhere without a token', async () => {
    const { code, stderr, stdout } = await inspect(host.url, 'wrong', ['--method', 'tools/list'])
    expect(code).not.toBe(0)
    expect(stdout + stderr).not.toContain('search_skills')
  })
})

describe('the conformance suite', () => {
  let host: McpHost
  let front: Awaited<ReturnType<typeof startTokenFront>>
  beforeAll(async () => {
    const all = [...operations, ...conformanceOperations]
    host = await startMcpHost(parts.engine, all, agents, addConformanceTools)
    front = await startTokenFront(host.url, 'token')
  })
  afterAll(async () => {
    front.stop()
    await host.bridge.stop()
  })
  const passed = async (...words: string[]) => {
    const { code, stdout, stderr } = await conform(['server', '--url', front.url.href, ...words])
    return { code, said: code === 0 ? '' : `${stdout.slice(stdout.indexOf('=== SUMMARY'))}\n${stderr}` }
  }
  const baseline = (version: string) =>
    fileURLToPath(new URL(`../fixtures/mcp/expected-failures-${version}.yml`, import.meta.url))

  test.concurrent.each(['2025-11-25', '2026-07-28'])('%s', async (version) => {
    const words = ['--suite', 'all', '--spec-version', version, '--expected-failures', baseline(version)]
    expect(await passed(...words)).toEqual({ code: 0, said: '' })
  })

  test.concurrent.each(['sep-2640-skills-enumeration', 'sep-2640-skills-manifest'])(
    '%s',
    async (scenario) => {
      expect(await passed('--scenario', scenario)).toEqual({ code: 0, said: '' })
    },
  )
})

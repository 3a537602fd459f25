import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import { describe, expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { SKILLS_FOLDER } from '../../support/run-skill'

interface Manifest {
  slug: string
  version: string
  publisher: string
  license: string
  category: string
  alternatives?: string[]
  requires: { executables: string[] }
  capabilities?: Record<string, string>
  sandbox: { network?: string[]; write?: string[]; exec: string[]; timeout_s?: number; memory_mb?: number }
  secrets?: Record<string, { hosts: string[] }>
  run: { command: string[]; inputs?: Record<string, { type: string; title: string; options?: string[]; default?: unknown; writable?: boolean }> }
}

const slugs = readdirSync(SKILLS_FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
const manifests = new Map(
  slugs.map((slug) => [slug, parse(readFileSync(join(SKILLS_FOLDER, slug, 'skill.toml'), 'utf8')) as unknown as Manifest]),
)

test('the catalog has its eighteen skills', () => {
  expect(slugs.length).toBeGreaterThanOrEqual(18)
})

describe.each(slugs)('%s', (slug) => {
  const manifest = manifests.get(slug)!
  const inputs = Object.values(manifest.run.inputs ?? {})
  const has = (capability: string) => capability in (manifest.capabilities ?? {})

  test('is what its name says, in both files', () => {
    const text = readFileSync(join(SKILLS_FOLDER, slug, 'SKILL.md'), 'utf8')
    const [, front, body] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text)!
    const fields = parseYaml(front!) as Record<string, string>
    expect(fields).toMatchObject({ name: slug, license: 'Apache-2.0' })
    expect(Object.keys(fields).every((key) => ['name', 'description', 'license', 'compatibility'].includes(key))).toBe(true)
    expect(fields['description']!.length).toBeLessThanOrEqual(1024)
    expect(body!.split('\n').length).toBeLessThan(500)
    expect(manifest).toMatchObject({ slug, license: 'Apache-2.0' })
    expect(manifest.version).toMatch(/^1\.\d+\.\d+$/)
    expect(['skillet-labs', 'northwind', 'fjord', 'pixel-works']).toContain(manifest.publisher)
    expect(['documents', 'data', 'writing', 'photos', 'files', 'developer']).toContain(manifest.category)
    for (const alternative of manifest.alternatives ?? []) expect(slugs).toContain(alternative)
  })

  test('asks for exactly what it uses', () => {
    const { sandbox, run } = manifest
    expect(has('net')).toBe((sandbox.network ?? []).length > 0)
    expect(has('fs:write')).toBe((sandbox.write ?? []).length > 0 || inputs.some(({ writable }) => writable === true))
    expect(has('env:read')).toBe(Object.keys(manifest.secrets ?? {}).length > 0)
    expect(sandbox.exec).toContain(run.command[0])
    expect(has('exec')).toBe(sandbox.exec.length > 1)
    expect([...manifest.requires.executables].sort()).toEqual([...sandbox.exec].sort())
    if (inputs.some(({ type }) => type === 'file' || type === 'folder')) expect(has('fs:read')).toBe(true)
    for (const secret of Object.values(manifest.secrets ?? {})) {
      for (const host of secret.hosts) expect(sandbox.network).toContain(host)
    }
    for (const reason of Object.values(manifest.capabilities ?? {})) expect(reason).toMatch(/^[A-Z].{10,140}\.$/)
    expect(sandbox.timeout_s ?? 30).toBeLessThanOrEqual(300)
    expect(sandbox.memory_mb ?? 512).toBeLessThanOrEqual(4096)
  })

  test('has inputs that a form can show', () => {
    for (const input of inputs) {
      expect(['file', 'folder', 'string', 'number', 'boolean', 'choice']).toContain(input.type)
      expect(input.title).toBeTruthy()
      if (input.type === 'choice') {
        expect(new Set(input.options).size).toBe(input.options!.length)
        if (input.default !== undefined) expect(input.options).toContain(input.default)
      }
    }
  })

  test('holds plain text alone', () => {
    for (const entry of readdirSync(join(SKILLS_FOLDER, slug), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const data = readFileSync(join(entry.parentPath, entry.name))
      expect(data.includes(0), entry.name).toBe(false)
      expect(data.length).toBeLessThan(100_000)
    }
  })
})

import { describe, expect, it } from 'vitest'
import { parseSkillRef } from '../../../src/cli/context.ts'
import { runCliWith } from '../../support/cli-run.ts'

describe('a skill named on the line', () => {
  it('is a name, with a version or without', () => {
    expect(parseSkillRef('csv-profile')).toEqual({ slug: 'csv-profile' })
    expect(parseSkillRef('csv-profile@1.2.0-beta.1')).toEqual({
      slug: 'csv-profile',
      version: '1.2.0-beta.1',
    })
  })

  it.each([
    [['show', 'Foo'], 'name'],
    [['show', '../x'], 'name'],
    [['show', ''], 'name'],
    [['show', 'csv-profile@'], 'version'],
    [['show', 'csv-profile@1'], 'version'],
    [['install', '../x'], 'name'],
    [['install', '@1.0.0'], 'name'],
    [['inspect', 'csv-profile@../x'], 'version'],
    [['registry', 'revoke', '../x', '--reason', 'r'], 'name'],
  ])('%j exits 2 before anything is asked for', async (argv, what) => {
    const result = await runCliWith(argv, {})
    expect(result.status).toBe(2)
    expect(result.stderr).toMatch(/^USAGE: /)
    expect(result.stderr).toContain(what)
    expect(result.settings).toBeNull()
  })

  it('may still be a file for install, and a path for inspect', async () => {
    const sources: unknown[] = []
    const engine = {
      planInstall: (source: unknown) => {
        sources.push(source)
        return Promise.reject(new Error('enough'))
      },
    }
    await runCliWith(['install', '/srv/Some@dir/x.skillet'], engine)
    expect(sources).toEqual([{ file: '/srv/Some@dir/x.skillet' }])
    const missing = await runCliWith(['inspect', '../no@such/Folder'], {})
    expect(missing.status).toBe(1)
    expect(missing.stderr).toMatch(/^NOT_FOUND: /)
  })
})

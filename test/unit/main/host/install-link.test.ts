import { describe, expect, it } from 'vitest'
import { createBundleFiles } from '../../../../src/main/host/bundle-files.ts'
import { parseInstallLink } from '../../../../src/main/host/install-link.ts'

describe('parseInstallLink', () => {
  it.each([
    ['skillet://v1/install?id=csv-profile', { slug: 'csv-profile' }],
    ['skillet://v1/install?id=csv-profile&version=1.2.0', { slug: 'csv-profile', version: '1.2.0' }],
    ['skillet://v1/install/?version=1.2.0&id=csv-profile', { slug: 'csv-profile', version: '1.2.0' }],
  ])('%s names a skill', (link, skill) => {
    expect(parseInstallLink(link)).toEqual(skill)
  })

  it.each([
    'skillet:',
    'skillet://v1/install',
    'skillet://v1/install?',
    'skillet://v1/install?id=',
    'skillet://v2/install?id=csv-profile',
    'skillet://v1/run?id=csv-profile',
    'skillet://v1/install?id=csv-profile&id=other',
    'skillet://v1/install?id=csv-profile&registry=example.com',
    'skillet://v1/install?id=csv-profile&grant=net',
    'skillet://v1/install?id=csv-profile=x',
    'skillet://v1/install?id=../../etc/passwd',
    'skillet://v1/install?id=csv%2dprofile',
    'skillet://v1/install?id=csv-profile&version=latest',
    'skillet://v1/install?id=csv-profile#x',
    'skillet://someone@v1/install?id=csv-profile',
    'skillet://v1/install?id=csv-profile --no-sandbox',
    `skillet://v1/install?id=${'a'.repeat(65)}`,
    'skillet://v1/install?id=csv-profile\nskillet://v1/install?id=other',
  ])('%j is refused', (link) => {
    expect(() => parseInstallLink(link)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
  })
})

describe('links among what was opened', () => {
  it('wait like files; a bad one says so when it is taken, and the next comes', async () => {
    const files = createBundleFiles(() => {})
    const take = () => files.handlers['bundle.pending'](null)
    const good = 'skillet://v1/install?id=csv-profile'
    files.open(['skillet://v1/run?id=csv-profile', good, good, 'a.skillet'], '/work')
    await expect(take()).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    expect(await take()).toEqual({ slug: 'csv-profile' })
    expect(await take()).toBe('/work/a.skillet')
    expect(await take()).toBeNull()
    expect(files.wasNamed(good)).toBe(false)
  })

  it('are no more than twenty at a time', async () => {
    const files = createBundleFiles(() => {})
    for (let at = 0; at < 50; at += 1) files.open([`skillet://v1/install?id=skill-${at}`], '/work')
    const taken: unknown[] = []
    for (let next = await files.handlers['bundle.pending'](null); next !== null;)
      next = (taken.push(next), await files.handlers['bundle.pending'](null))
    expect(taken).toHaveLength(20)
  })
})

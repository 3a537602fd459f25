import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openLanguage, type LanguagePorts } from '../../../src/main/language.ts'

let home: string
beforeEach(async () => void (home = await mkdtemp(join(tmpdir(), 'skillet-language-'))))
afterEach(() => rm(home, { recursive: true }))

const open = (ports: Partial<LanguagePorts> = {}) =>
  openLanguage(home, {
    preferred: () => ['de-AT', 'en-US'],
    managed: () => Promise.resolve(null),
    apply: () => {},
    log: () => {},
    ...ports,
  })

describe('openLanguage', () => {
  it('follows the computer until the person chooses, and keeps that between starts', async () => {
    const applied: string[] = []
    const first = await open({ apply: (language) => applied.push(language) })
    expect(await first.get()).toEqual({ choice: 'system', language: 'de', fixed: false })
    expect(await first.set('ar')).toEqual({ choice: 'ar', language: 'ar', fixed: false })
    expect(applied.at(-1)).toBe('ar')
    expect(await (await open()).get()).toEqual({ choice: 'ar', language: 'ar', fixed: false })
  })

  it('takes what administrators chose before anything else', async () => {
    const language = await open({ managed: () => Promise.resolve('en') })
    expect(await language.set('ar')).toEqual({ choice: 'en', language: 'en', fixed: true })
  })
})

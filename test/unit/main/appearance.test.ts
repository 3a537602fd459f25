import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openAppearance } from '../../../src/main/appearance.ts'

let home: string
beforeEach(async () => void (home = await mkdtemp(join(tmpdir(), 'skillet-appearance-'))))
afterEach(() => rm(home, { recursive: true }))

describe('openAppearance', () => {
  it('keeps the choice between starts and applies it', async () => {
    const applied: string[] = []
    const first = await openAppearance(
      home,
      (choice) => applied.push(choice),
      () => {},
    )
    await first.set('dark')
    const second = await openAppearance(
      home,
      (choice) => applied.push(choice),
      () => {},
    )
    expect(second.get()).toBe('dark')
    expect(applied).toEqual(['system', 'dark', 'dark'])
  })

  it('opens with the system colours and says so when the file is damaged', async () => {
    await writeFile(join(home, 'appearance.json'), '{')
    const lines: string[] = []
    const appearance = await openAppearance(
      home,
      () => {},
      (line) => lines.push(line),
    )
    expect(appearance.get()).toBe('system')
    expect(lines).toHaveLength(1)
  })
})

import { describe, expect, it } from 'vitest'
import { isCommandLine } from '../../../src/main/command-line.ts'

describe('isCommandLine', () => {
  it.each([
    [['list']],
    [['--json', 'run', 'csv-profile', '--input', 'file=a.csv', '--', 'b.skillet']],
    [['--version']],
    [['--help']],
    [['install', 'a.skillet']],
    [['lsit']],
  ])('%j asks for an answer', (words) => {
    expect(isCommandLine(words)).toBe(true)
  })

  it.each([
    [[]],
    [['--no-sandbox', '--enable-features=X']],
    [['/home/me/a.SKILLET']],
    [['file:///home/me/a.skillet']],
    [['skillet://v1/install?id=csv-profile']],
    [['--hidden']],
  ])('%j opens the window', (words) => {
    expect(isCommandLine(words)).toBe(false)
  })
})

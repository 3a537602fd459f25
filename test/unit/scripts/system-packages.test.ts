import { describe, expect, it } from 'vitest'

import { loadScript } from './load-script.ts'

const { neededPackages, parseCandidates, parseInstalled } = await loadScript<{
  neededPackages(wanted: { tests?: boolean; window?: boolean; headless?: boolean }): string[][]
  parseInstalled(output: string): Set<string>
  parseCandidates(output: string): Set<string>
}>('system-packages.mjs')

describe('system packages', () => {
  it('asks for a screenless display only where there is no display, and for no window when building', () => {
    expect(neededPackages({ headless: true }).flat()).toContain('xvfb')
    expect(neededPackages({ headless: false }).flat()).not.toContain('xvfb')
    expect(neededPackages({ window: false }).flat()).not.toContain('libgtk-3-0')
  })

  it('asks for firejail for the tests alone: who starts the app gets it where a skill asks for it', () => {
    expect(neededPackages({ tests: true }).flat()).toContain('firejail')
    expect(neededPackages({}).flat()).not.toContain('firejail')
  })

  it('takes a removed package whose settings remain for missing', () => {
    const output = 'bubblewrap installed\nxvfb config-files\nlibnss3 not-installed\n'
    expect([...parseInstalled(output)]).toEqual(['bubblewrap'])
  })

  it('knows a name without a candidate, as renamed libraries have, from one that can be installed', () => {
    const output = `libasound2:
  Installed: (none)
  Candidate: (none)
  Version table:
libasound2t64:
  Installed: (none)
  Candidate: 1.2.11-1
  Version table:
`
    expect([...parseCandidates(output)]).toEqual(['libasound2t64'])
  })
})

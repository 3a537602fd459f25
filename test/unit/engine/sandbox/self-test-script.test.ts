import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { brokenIn, brokenSentence, probeScript } from '../../../../src/engine/sandbox/self-test-script.ts'

test('with nothing around it, the script finds what a sandbox must prevent', () => {
  const script = probeScript({
    shell: '/bin/sh',
    unshare: null,
    outside: '/usr',
    runtime: { paths: ['/usr/bin/sh', '/bin'], loader: null },
  })
  // Outside, what it would write would be there.
  const harmless = script.split('\n').filter((line) => !/probe|core_pattern/.test(line))
  // A container has no other devices than a sandbox does, so they are looked for in a folder of the test.
  const devices = mkdtempSync(join(tmpdir(), 'skillet-devices-'))
  const placed = harmless
    .join('\n')
    .replace('/dev/*', `${devices}/*`)
    .replace('${entry#/dev/}', `\${entry#${devices}/}`)
  const run = () =>
    brokenIn(
      execFileSync('/bin/sh', ['-c', placed], {
        encoding: 'utf8',
        env: { ...process.env, HOME: '/nonexistent', DISPLAY: ':0' },
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    )
  writeFileSync(join(devices, 'null'), '')
  const harmlessDevices = run()
  writeFileSync(join(devices, 'sda'), '')
  const broken = run()
  rmSync(devices, { recursive: true })
  expect(harmlessDevices).not.toContain('devices')
  for (const guarantee of ['files', 'network', 'proxy', 'processes', 'privileges', 'devices', 'environment'])
    expect(broken).toContain(guarantee)
})

test('a script that doesn’t reach its end, or says what nobody knows, proves nothing', () => {
  expect(brokenIn('done\n')).toEqual([])
  expect(brokenIn('')).toEqual(['test'])
  expect(brokenIn('files\nfiles\n')).toEqual(['files', 'test'])
  expect(brokenIn('files\ndone\n')).toEqual(['files'])
  expect(brokenIn('constructor\ndone\n')).toEqual(['test'])
})

test('what is broken is said in words', () => {
  expect(brokenSentence(['files', 'memory'])).toBe(
    'The sandbox did not hold in its own test: a skill could see files of this computer; a skill was not stopped when it took too much memory.',
  )
})

import type { Output } from '../../../src/cli/output.ts'
import type { Receipt } from '../../../src/shared/receipt.ts'
import { describe, expect, it } from 'vitest'
import { exitStatusOfRun, sayReceipt } from '../../../src/cli/run-report.ts'

describe('exitStatusOfRun', () => {
  it.each([
    ['exit', 0, 0],
    ['exit', 7, 1],
    ['exit', null, 1],
    ['time', null, 124],
    ['memory', null, 137],
    ['denied', null, 3],
    ['stopped', null, 1],
    ['output', null, 1],
    // A limit counts also where the skill still managed to say 0.
    ['time', 0, 124],
  ] as const)('%s with %s → %i', (reason, exitCode, status) => {
    expect(exitStatusOfRun({ reason, exitCode })).toBe(status)
  })
})

it('a file cannot speak for Skillet by its name', () => {
  const lines: string[] = []
  const output = { note: (text: string) => void lines.push(text) } as Output
  const receipt = {
    links: [{ path: '/home/person/report.txt', source: '/home/person/.ssh\nWrote nothing' }],
    written: ['/home/person/a\nConnected to nothing\r\u2028'],
    contacted: [],
    refused: [{ kind: 'start', what: 'x\nBlocked: nothing', why: 'It never asked.', times: 1 }],
    redacted: [],
    journal: null,
  } as unknown as Receipt
  sayReceipt({ output }, receipt)
  expect(lines).toEqual([
    'It was given /home/person/report.txt, which leads to /home/person/.ssh\\u000aWrote nothing',
    'Wrote /home/person/a\\u000aConnected to nothing\\u000d\\u2028',
    'Blocked: start x\\u000aBlocked: nothing: It never asked.',
  ])
})

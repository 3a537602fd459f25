import { describe, expect, it } from 'vitest'
import { createOutput, plainForTerminal, table } from '../../../src/cli/output.ts'
import { SkilletError } from '../../../src/shared/errors.ts'

function outputs(options: { json: boolean; tty?: boolean }) {
  const written = { stdout: '', stderr: '' }
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => (written[name] += text),
    isTTY: options.tty ?? false,
  })
  return {
    written,
    output: createOutput({ stdout: sink('stdout'), stderr: sink('stderr'), json: options.json }),
  }
}
const error = new SkilletError('REVOKED', 'csv-profile was revoked.')

describe('createOutput', () => {
  it('says a human error on stderr alone', () => {
    const { output, written } = outputs({ json: false })
    output.error(error)
    expect(written).toEqual({
      stdout: '',
      stderr: 'REVOKED: csv-profile was revoked.\nRemove the skill and replace the keys that it used.\n',
    })
  })

  it('prints one document and nothing else under --json', () => {
    const { output, written } = outputs({ json: true })
    output.line('for people')
    output.note('for people')
    output.stream('stdout', 'for people')
    output.error(error)
    expect(written.stderr).toBe('')
    expect(JSON.parse(written.stdout)).toEqual({ error: error.toPlain() })
  })

  it('keeps a skill from driving the terminal, and leaves its bytes alone in a pipe', () => {
    // Retitles the window, fills the clipboard, wipes the line above.
    const attack = '\u001b]0;x\u0007\u001b]52;c;eA==\u0007\u001b[1A\u001b[2Kall is well\n'
    const piped = outputs({ json: false, tty: false })
    piped.output.stream('stdout', attack)
    expect(piped.written.stdout).toBe(attack)
    const shown = outputs({ json: false, tty: true })
    shown.output.stream('stdout', attack)
    shown.output.line(attack)
    expect(shown.written.stdout).not.toContain('\u001b')
    expect(shown.written.stdout).not.toContain('\u0007')
  })
})

it('plainForTerminal keeps tabs and line ends and drops what reorders text', () => {
  expect(plainForTerminal('a\tb\r\n\u202egnp.exe\u009b1A')).toBe('a\tb\r\ngnp.exe1A')
})

it('table pads all but the last column', () => {
  expect(
    table([
      ['a', 'long', 'x'],
      ['bcd', 'e', ''],
    ]),
  ).toEqual(['a    long  x', 'bcd  e'])
})

import { createInterface } from 'node:readline'
import { SkilletError } from '../shared/errors.ts'
import type { Cli } from './context.ts'
import { plainForTerminal } from './output.ts'

const cancelled = () => new SkilletError('CANCELLED', 'You stopped before the end.')

/** Asks until the answer is y or n: nothing is answered by pressing Enter. Ctrl-C and end of input cancel. */
export function askYesNo(cli: Cli, question: string): Promise<boolean> {
  return askOne(cli, `${question} [y/n]`, { y: true, yes: true, n: false, no: false })
}

/** Whether something is allowed, and for how long. */
export function askHowLong(cli: Cli, question: string): Promise<'always' | 'once' | 'no'> {
  const answers = { y: 'always', yes: 'always', o: 'once', once: 'once', n: 'no', no: 'no' } as const
  return askOne(cli, `${question} [y = yes, always / o = just once / n = no]`, answers)
}

async function askOne<T>(cli: Cli, question: string, answers: Readonly<Record<string, T>>): Promise<T> {
  const known = new Map(Object.entries(answers))
  for (;;) {
    const answer = (await askLine(cli, `${plainForTerminal(question)} `)).trim().toLowerCase()
    if (known.has(answer)) return known.get(answer) as T
  }
}

function askLine(cli: Cli, question: string): Promise<string> {
  const { stdin, stderr } = cli.ports
  return new Promise((resolve, reject) => {
    const reader = createInterface({ input: stdin, output: stderr as unknown as NodeJS.WritableStream })
    let answered = false
    reader.question(question, (answer) => {
      answered = true
      reader.close()
      resolve(answer)
    })
    reader.once('SIGINT', () => reader.close())
    reader.once('close', () => {
      if (!answered) reject(cancelled())
    })
  })
}

/** Reads a value that must not appear on the screen; without a terminal, all of stdin less its last newline. */
export async function readHidden(cli: Cli, question: string): Promise<string> {
  const { stdin, stderr } = cli.ports
  if (stdin.isTTY !== true || stdin.setRawMode === undefined) {
    const chunks: Buffer[] = []
    for await (const chunk of stdin) chunks.push(Buffer.from(chunk))
    return Buffer.concat(chunks)
      .toString('utf8')
      .replace(/\r?\n$/, '')
  }
  stderr.write(plainForTerminal(question))
  stdin.setRawMode(true)
  stdin.resume()
  try {
    return await typedLine(stdin)
  } finally {
    stdin.setRawMode(false)
    stdin.pause()
    stderr.write('\n')
  }
}

/** Collects raw key presses until Enter; Backspace takes one back, Ctrl-C and Ctrl-D cancel. */
function typedLine(stdin: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let value = ''
    const finish = (end: () => void) => {
      stdin.off('data', onData)
      end()
    }
    const onData = (chunk: Buffer | string) => {
      for (const key of chunk.toString()) {
        if (key === '\r' || key === '\n') return finish(() => resolve(value))
        if (key === '\u0003' || key === '\u0004') return finish(() => reject(cancelled()))
        if (key === '\u007f' || key === '\b') value = Array.from(value).slice(0, -1).join('')
        else value += key
      }
    }
    stdin.on('data', onData)
  })
}

import { readFileSync } from 'node:fs'
import { SkilletError } from '../shared/errors.ts'
import type { Cli } from './context.ts'
import { readHidden } from './prompt.ts'

/**
 * Passphrases come from the terminal, unseen, or a line each from an open descriptor (`--passphrase-fd`): never from an
 * argument or the environment, where other programs see them.
 */
export interface Passphrases {
  /** The next line of the descriptor, or what is typed; null where nobody can be asked. @throws SkilletError USAGE, CANCELLED */
  ask(question: string): Promise<string | null>
  /** One that is being chosen: typed twice. @throws SkilletError USAGE, INPUT_INVALID, CANCELLED */
  askNew(question: string): Promise<string>
}

export function createPassphrases(cli: Cli, fd: string | undefined): Passphrases {
  let lines: string[] | null = null
  const nextLine = (descriptor: string): string => {
    lines ??= linesOf(descriptor)
    const line = lines.shift()
    if (line === undefined || line === '')
      throw new SkilletError('USAGE', `Descriptor ${descriptor} has no (further) line with a passphrase.`)
    return line
  }
  const ask = async (question: string) => {
    if (fd !== undefined) return nextLine(fd)
    return cli.canAsk ? readHidden(cli, `${question} (not shown): `) : null
  }
  return {
    ask,
    async askNew(question) {
      const first = await ask(question)
      if (first === null)
        throw new SkilletError('USAGE', 'Nobody can be asked for a passphrase here.', {
          remedy: 'Run this at a terminal, or give it on a descriptor: --passphrase-fd 3 3<FILE',
        })
      if (fd === undefined && (await ask('The same again')) !== first)
        throw new SkilletError('INPUT_INVALID', 'The two are not the same. Nothing was changed.')
      return first
    },
  }
}

function linesOf(descriptor: string): string[] {
  const fd = Number(descriptor)
  if (!/^\d{1,4}$/.test(descriptor) || fd === 1 || fd === 2)
    throw new SkilletError('USAGE', `${descriptor} is no descriptor to read from.`)
  try {
    return readFileSync(fd, 'utf8').split(/\r?\n/)
  } catch (error) {
    throw new SkilletError('USAGE', `Descriptor ${descriptor} can't be read.`, { cause: error })
  }
}

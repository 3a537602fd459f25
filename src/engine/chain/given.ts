import { createHash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { asSkillInput, type ChainDefinition } from '../../shared/chain.ts'
import type { InputValues } from '../../shared/contract/library.ts'
import { SkilletError } from '../../shared/errors.ts'
import { plainValue, resolvePath, stdinBytes } from '../run/inputs.ts'

/** What the person gave a chain. */
export interface Given {
  /** By name; a file as its absolute path. What wasn't given is left out. */
  readonly values: InputValues
  /** SHA-256 over all values, of files over what they hold: the same for the same. */
  readonly sha256: string
  /** What a file holds, read once. @throws SkilletError INPUT_INVALID where it is no text, or too long */
  text(name: string): Promise<string>
}

/**
 * Holds what the person gave against what the chain asks for.
 * @param home Skillet's own folder, from which nothing is handed on
 * @param wasChosen asked for each file before anything looks at it
 * @throws SkilletError INPUT_INVALID that names the input
 */
export async function readGiven(
  chain: ChainDefinition,
  given: InputValues,
  home: string,
  wasChosen: (path: string) => boolean,
): Promise<Given> {
  for (const name of Object.keys(given))
    if (!Object.hasOwn(chain.inputs, name)) {
      const names = Object.keys(chain.inputs).join(', ')
      throw new SkilletError('INPUT_INVALID', `The chain has no input called ${name}.`, {
        remedy: names === '' ? 'It takes no inputs.' : `Its inputs are: ${names}.`,
      })
    }
  const values: InputValues = {}
  const files = new Map<string, { source: string; sha256: string }>()
  const digests: [string, string][] = []
  for (const [name, asked] of Object.entries(chain.inputs)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined
    if (value === undefined || value === '') {
      if (asked.required) throw invalid(name, `${asked.title} is needed.`)
      continue
    }
    const input = asSkillInput(asked)
    if (input.type === 'file') {
      if (typeof value === 'string' && !wasChosen(value))
        throw invalid(name, `Choose ${asked.title} with the file chooser.`)
      const { path, source } = await resolvePath(name, input, value, home)
      values[name] = path
      const sha256 = await sha256OfFile(source)
      files.set(name, { source, sha256 })
      digests.push([name, sha256])
    } else {
      const text = plainValue(name, input, value)
      values[name] =
        input.type === 'number' ? Number(text) : input.type === 'boolean' ? text === 'true' : text
      digests.push([name, JSON.stringify(values[name])])
    }
  }
  const texts = new Map<string, Promise<string>>()
  return {
    values,
    sha256: createHash('sha256').update(JSON.stringify(digests)).digest('hex'),
    text(name) {
      const reading = texts.get(name) ?? readText(name, chain.inputs[name]!.title, files.get(name)!)
      texts.set(name, reading)
      return reading
    },
  }
}

async function readText(
  name: string,
  title: string,
  { source, sha256 }: { source: string; sha256: string },
): Promise<string> {
  const file = await open(source, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  try {
    const { size } = await file.stat()
    if (size > stdinBytes)
      throw invalid(
        name,
        `${title} is ${Math.ceil(size / 1024 / 1024)} MB; a chain hands on up to ${stdinBytes / 1024 / 1024} MB of text.`,
      )
    const content = await file.readFile()
    if (createHash('sha256').update(content).digest('hex') !== sha256)
      throw invalid(name, `${title} was changed just now.`)
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch (error) {
    if (error instanceof SkilletError) throw error
    throw invalid(name, `${title} is not a text file that Skillet can read.`, error)
  } finally {
    await file.close()
  }
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

function invalid(name: string, message: string, cause?: unknown): SkilletError {
  return new SkilletError('INPUT_INVALID', message, {
    remedy: `Correct the value of "${name}" and start again.`,
    ...(cause === undefined ? {} : { cause }),
  })
}

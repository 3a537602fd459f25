import process from 'node:process'

const heartbeatMs = 20_000

/** A stop that a person can act on: one sentence, and the command that would fix it. */
export class Stop extends Error {
  /**
   * @param {string} message one sentence
   * @param {string} [fix] the command, or the sentence, that helps
   * @param {string} [output] what the failed program said
   */
  constructor(message, fix, output) {
    super(message)
    this.name = 'Stop'
    this.fix = fix
    this.output = output
  }
}

/** @param {unknown} error */
export function printStop(error) {
  if (!(error instanceof Stop)) {
    console.error(error)
    return
  }
  if (error.output) console.error(error.output)
  console.error(error.message)
  if (error.fix) console.error(`To fix it: ${error.fix}`)
}

/** @param {() => Promise<void>} main */
export async function runMain(main) {
  try {
    await main()
  } catch (error) {
    printStop(error)
    process.exitCode = 1
  }
}

/** @param {number} ms */
export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`

/**
 * Prints numbered steps: `[2/6] Building the app … 3.1 s`, with what a step has to say indented below it.
 *
 * @param {number} total
 * @param {number} [done] steps that an outer process has already printed
 */
export function createSteps(total, done = 0) {
  let count = done
  return {
    /**
     * @template T
     * @param {string} title
     * @param {(say: (line: string) => void) => Promise<T> | T} work
     * @param {(result: T) => string | undefined} [note] a word after the time
     * @returns {Promise<T>}
     */
    step: async (title, work, note = () => undefined) => {
      count += 1
      const startedAt = Date.now()
      let lineOpen = true
      const say = (/** @type {string} */ line) => {
        if (lineOpen) process.stdout.write('\n')
        lineOpen = false
        process.stdout.write(`      ${line}\n`)
      }
      process.stdout.write(`[${count}/${total}] ${title} … `)
      const heartbeat = setInterval(() => say(`… ${seconds(Date.now() - startedAt)}`), heartbeatMs)
      const end = (/** @type {string} */ word) => {
        clearInterval(heartbeat)
        process.stdout.write(`${lineOpen ? '' : '      '}${word}\n`)
      }
      try {
        const result = await work(say)
        const extra = note(result)
        end(seconds(Date.now() - startedAt) + (extra ? ` (${extra})` : ''))
        return result
      } catch (error) {
        end(`failed after ${seconds(Date.now() - startedAt)}`)
        throw error
      }
    },
    get count() {
      return count
    },
    total,
  }
}

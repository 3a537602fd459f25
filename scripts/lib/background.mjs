import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'

const politeMs = 10_000

/**
 * @typedef {object} Background a program that runs beside this one
 * @property {import('node:child_process').ChildProcess} child
 * @property {Promise<number>} ended its exit code
 * @property {() => Promise<void>} stop asks it to end, insists after ten seconds
 */

/**
 * Starts a program that this script ends again, by its id and nothing else. It does not see the terminal's
 * Ctrl-C (this script decides the order of ending), and on Linux it ends with this script even if that is killed.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, log: string, input?: string, extra?: 'pipe' }} options
 *   `log`: the file for its standard error; `extra`: a pipe on descriptor 3
 * @returns {Background}
 */
export function startInBackground(program, args, { cwd, env = process.env, log, input, extra }) {
  const errors = openSync(log, 'a')
  const linux = process.platform === 'linux'
  const child = spawn(
    linux ? 'setpriv' : program,
    linux ? ['--pdeathsig', 'TERM', '--', program, ...args] : args,
    {
      cwd,
      env,
      detached: process.platform !== 'win32',
      stdio: ['pipe', 'pipe', errors, ...(extra ? [extra] : [])],
    },
  )
  closeSync(errors)
  const ended = new Promise((/** @type {(code: number) => void} */ resolve) => {
    child.on('error', () => resolve(127))
    child.on('exit', (code) => resolve(code ?? 128))
  })
  child.stdin?.on('error', () => {})
  child.stdin?.end(input ?? '')
  return {
    child,
    ended,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      const done = await Promise.race([ended.then(() => true), wait(politeMs, false, { ref: false })])
      if (!done) child.kill('SIGKILL')
      await ended
    },
  }
}

/**
 * The first line that a program prints, or undefined where it ends or the time runs out before that.
 *
 * @param {NodeJS.ReadableStream | null | undefined} stream
 * @param {Background} background
 * @param {number} timeoutMs
 * @returns {Promise<string | undefined>}
 */
export function firstLine(stream, background, timeoutMs) {
  return new Promise((resolve) => {
    let text = ''
    const timer = setTimeout(() => resolve(undefined), timeoutMs)
    const finish = (/** @type {string | undefined} */ line) => {
      clearTimeout(timer)
      resolve(line)
    }
    stream?.setEncoding('utf8')
    stream?.on('data', (/** @type {string} */ part) => {
      text += part
      const end = text.indexOf('\n')
      if (end >= 0) finish(text.slice(0, end))
    })
    void background.ended.then(() => finish(undefined))
  })
}

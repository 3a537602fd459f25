import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'

const progressEveryMs = 15_000

/**
 * Runs a program with its output in a file, and says now and then what its last line was.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, log: string, say: (line: string) => void, timeoutMs: number }} options
 * @returns {Promise<number>} the exit code; 124 when it ran out of time
 */
export function runLogged(program, args, { cwd, env, log, say, timeoutMs }) {
  return new Promise((resolve) => {
    const file = createWriteStream(log, { flags: 'a' })
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let last = ''
    let said = ''
    let timedOut = false
    const take = (/** @type {string} */ text) => {
      file.write(text)
      const lines = stripVTControlCharacters(text)
        .split('\n')
        .map((line) => line.trim())
      last = lines.findLast((line) => line !== '') ?? last
    }
    child.stdout.setEncoding('utf8').on('data', take)
    child.stderr.setEncoding('utf8').on('data', take)
    const progress = setInterval(() => {
      if (last !== said) say(last.slice(0, 120))
      said = last
    }, progressEveryMs)
    const limit = setTimeout(() => {
      timedOut = true
      child.kill('SIGTERM')
      setTimeout(() => child.kill('SIGKILL'), 10_000).unref()
    }, timeoutMs)
    const end = (/** @type {number} */ code) => {
      clearInterval(progress)
      clearTimeout(limit)
      if (timedOut) file.write(`\nStopped after ${timeoutMs / 1000} s.\n`)
      file.end(() => resolve(timedOut ? 124 : code))
    }
    child.on('error', (error) => {
      file.write(String(error))
      end(127)
    })
    child.on('exit', (code) => {
      // Whatever the program left behind may hold its output open; what it wrote until now is what counts.
      setTimeout(() => end(code ?? 128), 200)
    })
  })
}

import { spawn } from 'node:child_process'
import process from 'node:process'

/**
 * @typedef {{ code: number, stdout: string, stderr: string }} Finished
 * @typedef {{ cwd?: string, env?: NodeJS.ProcessEnv, input?: string, timeoutMs?: number }} Options
 */

/**
 * Runs a program to its end and gives its output back. Never throws for a failing program: a program that
 * cannot be started has the code 127, one that ran past `timeoutMs` the code 124.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {Options} [options]
 * @returns {Promise<Finished>}
 */
export function capture(program, args, { cwd, env = process.env, input, timeoutMs } = {}) {
  return new Promise((resolve) => {
    let stdout = ''
    let stderr = ''
    let timedOut = false
    const child = spawn(program, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] })
    const timer = timeoutMs
      ? setTimeout(() => {
          timedOut = true
          child.kill('SIGKILL')
        }, timeoutMs)
      : undefined
    child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => (stderr += text))
    child.on('error', (error) => {
      clearTimeout(timer)
      resolve({ code: 127, stdout, stderr: stderr + String(error) })
    })
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ code: timedOut ? 124 : (code ?? 128), stdout, stderr })
    })
    // A program may end without reading its input.
    child.stdin.on('error', () => {})
    child.stdin.end(input ?? '')
  })
}

/**
 * Runs a program on this terminal and resolves with its exit code. Ctrl-C reaches the program by itself (it is
 * in the same process group); this process waits for it to end in its own way.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {Options} [options]
 * @returns {Promise<number>}
 */
export function runAttached(program, args, { cwd, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: 'inherit' })
    const ignore = () => {}
    const forward = () => child.kill('SIGTERM')
    process.on('SIGINT', ignore).on('SIGTERM', forward)
    const end = () => process.off('SIGINT', ignore).off('SIGTERM', forward)
    child.on('error', (error) => {
      end()
      reject(error)
    })
    child.on('close', (code, signal) => {
      end()
      resolve(code ?? (signal === 'SIGINT' ? 130 : 143))
    })
  })
}

/**
 * @param {string} text
 * @param {number} count
 */
export const lastLines = (text, count) => text.trimEnd().split('\n').slice(-count).join('\n')

/**
 * npm as a program and its leading arguments: the very npm that started this script where there is one, since
 * that needs no shell on Windows.
 */
export function npmCommand() {
  const script = process.env['npm_execpath']
  return script?.endsWith('.js')
    ? { program: process.execPath, args: [script] }
    : { program: process.platform === 'win32' ? 'npm.cmd' : 'npm', args: [] }
}

/**
 * Runs two programs as `first | second`.
 *
 * @param {[string, string[]]} first
 * @param {[string, string[]]} second
 * @param {string} [input] what the first one reads
 * @returns {Promise<{ ok: boolean, stderr: string }>}
 */
export function pipe(first, second, input = '') {
  const reader = spawn(second[0], second[1], { cwd: '/', stdio: ['pipe', 'ignore', 'pipe'] })
  const writer = spawn(first[0], first[1], { cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] })
  let stderr = ''
  for (const stream of [writer.stderr, reader.stderr]) {
    stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => (stderr += text))
  }
  writer.stdin.on('error', () => {}).end(input)
  reader.stdin.on('error', () => {})
  writer.stdout.pipe(reader.stdin)
  const codes = [writer, reader].map(
    (child) =>
      new Promise((resolve) => {
        child.on('error', (error) => {
          stderr += String(error)
          resolve(127)
        })
        child.on('close', resolve)
      }),
  )
  return Promise.all(codes).then((ended) => ({ ok: ended.every((code) => code === 0), stderr }))
}

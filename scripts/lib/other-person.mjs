import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'

import { capture } from './command.mjs'

/** Debian's user who owns nothing. */
const nobody = 65534

/** What the person's own program gets. */
const own = {
  port: 200,
  socket: 200,
  file: 'read',
  naivePort: 200,
  naiveSocket: 200,
  naiveFile: 'read',
}
/** What another person's gets, with the same token. */
const others = { ...own, port: 403, socket: 'EACCES', file: 'EACCES' }

/**
 * Has two real users of this computer try the agents' door: the one who opened it, and another with a stolen token. Needs
 * root, or sudo without a password.
 *
 * @param {import('./unprivileged.mjs').Runner} runner
 * @param {string} folder with the built command line
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string>} what is wrong, empty if nothing
 */
export async function tryOtherPerson(runner, folder, env) {
  const [program, args] = runner.command(runner.node, [join(folder, 'scripts/inside/door.mjs')])
  const door = spawn(program, args, { cwd: folder, env, stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(door, 'close')
  try {
    const said = await Promise.race([once(door.stdout.setEncoding('utf8'), 'data'), ended])
    // The other person may not be able to read this folder.
    const code = await readFile(join(folder, 'scripts/inside/try-door.mjs'), 'utf8')
    const words = ['--input-type=module', '-e', code, String(said[0])]
    const [asOwner, ownWords] = runner.command(runner.node, words)
    const root = process.getuid?.() === 0 ? [] : ['sudo', '--non-interactive']
    const [first = '', ...rest] = [
      ...root,
      ...['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--', runner.node],
      ...words,
    ]
    const mine = await capture(asOwner, ownWords, { cwd: '/', env, timeoutMs: 30_000 })
    const theirs = await capture(first, rest, { cwd: '/', timeoutMs: 30_000 })
    return [differs('the person', mine, own), differs('another person', theirs, others)]
      .filter(Boolean)
      .join('; ')
  } finally {
    door.stdin.end()
    await ended
  }
}

/**
 * @param {string} who
 * @param {import('./command.mjs').Finished} got
 * @param {object} wanted
 */
function differs(who, { stdout, stderr }, wanted) {
  const said = stdout.trim()
  return said === JSON.stringify(wanted) ? '' : `${who} got ${said}${stderr}`
}

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'

import { capture, runAttached } from './command.mjs'
import { Stop } from './say.mjs'

/** @typedef {import('./unprivileged.mjs').Runner} Runner */

/** @param {Runner} runner @param {string[]} words */
async function works(runner, words) {
  const [program, args] = runner.command(words[0] ?? '', words.slice(1))
  return (await capture(program, args, { cwd: '/', env: runner.env })).code === 0
}

/**
 * Both sandboxes stand on user namespaces. Some distributions (Ubuntu since 23.10) keep those from programs they
 * do not know: then Chromium needs its setuid helper, and bubblewrap a rule for AppArmor, which the distribution's own
 * for it is not: that leaves what bubblewrap starts without rights. Neither sandbox is ever switched off.
 *
 * @param {string} electron the executable
 * @param {Runner} runner
 * @param {(line: string) => void} say
 */
export async function ensureSandboxes(electron, runner, say) {
  if (process.platform !== 'linux') return
  if (!(await works(runner, ['bwrap', '--ro-bind', '/', '/', '--unshare-all', 'true']))) {
    say(
      'bubblewrap may not make a sandbox here, so skills will not run. Settings in the app says how to allow it;',
    )
    say('so does: node out/cli/index.cjs doctor')
  }
  if (await works(runner, ['unshare', '--user', '--map-root-user', '--net', 'true'])) return
  const helper = join(dirname(electron), 'chrome-sandbox')
  if (!existsSync(helper)) return
  const fix = `chown root:root '${helper}' && chmod 4755 '${helper}'`
  if (await works(runner, ['test', '-u', helper])) return
  say('user namespaces are restricted here: making Chromium’s own sandbox helper setuid root')
  const root = process.getuid?.() === 0
  const ended = root ? (await capture('sh', ['-c', fix])).code : await runAttached('sudo', ['sh', '-c', fix])
  if (ended !== 0) throw new Stop('Chromium’s sandbox cannot be set up without root.', `sudo sh -c "${fix}"`)
}

import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'

import { firstLine, startInBackground } from './background.mjs'
import { capture } from './command.mjs'
import { Stop } from './say.mjs'

const startTimeoutMs = 20_000
const busName = 'org.freedesktop.secrets'

/** @param {string} method @param {string[]} args @param {NodeJS.ProcessEnv} env */
async function askBus(method, args, env) {
  const call = ['--session', '--print-reply', '--dest=org.freedesktop.DBus', '/org/freedesktop/DBus']
  const answer = await capture('dbus-send', [...call, `org.freedesktop.DBus.${method}`, ...args], {
    env,
    timeoutMs: 5000,
  })
  return answer.code === 0 ? answer.stdout : ''
}

/** Whether the session that this runs in offers a keychain, running or started on demand. */
export async function hasKeychain() {
  if (process.platform !== 'linux') return true
  if (!process.env['DBUS_SESSION_BUS_ADDRESS']) return false
  const running = await askBus('NameHasOwner', [`string:${busName}`], process.env)
  if (running.includes('boolean true')) return true
  return (await askBus('ListActivatableNames', [], process.env)).includes(`"${busName}"`)
}

/** The keyring's password: made once and kept beside it, so that a second start opens the same keyring. @param {string} folder */
async function passwordIn(folder) {
  const path = join(folder, 'password')
  const kept = await readFile(path, 'utf8').catch(() => '')
  if (kept) return kept
  const made = randomBytes(24).toString('hex')
  await writeFile(path, made, { mode: 0o600 })
  return made
}

/**
 * Starts a D-Bus session of its own with a real, unlocked gnome-keyring in it. Only the keyring's process sees
 * `keyringFolder` as its data folder, so the person's own keyrings are neither opened nor changed.
 *
 * @param {string} folder private to this start; short, as sockets lie in it
 * @param {string} keyringFolder where the keyring is kept
 */
export async function startKeyring(folder, keyringFolder) {
  await mkdir(keyringFolder, { recursive: true, mode: 0o700 })
  const log = join(folder, 'keyring.log')
  const bus = startInBackground(
    'dbus-daemon',
    ['--session', '--nofork', '--nopidfile', '--print-address=1'],
    { log },
  )
  const address = await firstLine(bus.child.stdout, bus, startTimeoutMs)
  if (!address) {
    await bus.stop()
    throw new Stop('The D-Bus session did not start.', 'sudo apt-get install dbus')
  }
  const env = { ...process.env, DBUS_SESSION_BUS_ADDRESS: address }
  const daemonEnv = {
    ...env,
    XDG_DATA_HOME: keyringFolder,
    XDG_RUNTIME_DIR: folder,
    GNOME_KEYRING_CONTROL: undefined,
  }
  const input = `${await passwordIn(keyringFolder)}\n`
  const args = ['--foreground', '--unlock', '--components=secrets']
  const daemon = startInBackground('gnome-keyring-daemon', args, { env: daemonEnv, log, input })
  const stop = async () => {
    await daemon.stop()
    await bus.stop()
  }
  const deadline = Date.now() + startTimeoutMs
  while (!(await askBus('NameHasOwner', [`string:${busName}`], env)).includes('boolean true')) {
    if (Date.now() > deadline || daemon.child.exitCode !== null) {
      await stop()
      throw new Stop('The keychain (gnome-keyring) did not start.', 'sudo apt-get install gnome-keyring dbus')
    }
    await wait(50)
  }
  return { env: { DBUS_SESSION_BUS_ADDRESS: address }, stop }
}

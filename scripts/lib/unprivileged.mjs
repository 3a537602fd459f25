import { existsSync } from 'node:fs'
import { chmod, chown, copyFile, lstat, mkdir, mkdtemp, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import process from 'node:process'

import { capture } from './command.mjs'
import { Stop } from './say.mjs'

const systemUser = 'skillet-dev'

/** @typedef {{ name: string, uid: number, gid: number, home: string }} User */

/** @param {string} line of /etc/passwd @returns {User | undefined} */
export function parsePasswd(line) {
  const [name, , uid, gid, , home] = line.trim().split(':')
  return name && uid && gid && home ? { name, uid: Number(uid), gid: Number(gid), home } : undefined
}

/** @param {string} name */
async function findUser(name) {
  return parsePasswd((await capture('getent', ['passwd', name])).stdout)
}

/**
 * The user who runs what root must not: Chromium's sandbox is off as root, PostgreSQL refuses to start, and a
 * skill never runs as root. That is whoever called sudo, or a user made for it.
 *
 * @param {(line: string) => void} say
 * @returns {Promise<User>}
 */
async function findOrCreateUser(say) {
  const caller = process.env['SUDO_USER']
  if (caller && caller !== 'root') {
    const user = await findUser(caller)
    if (user && user.uid !== 0) return user
  }
  const existing = await findUser(systemUser)
  if (existing) return existing
  say(`creating the user ${systemUser}, since nothing of Skillet runs as root`)
  const args = ['--system', '--create-home', '--shell', '/bin/bash', '--user-group', systemUser]
  const made = await capture('useradd', args)
  const user = await findUser(systemUser)
  if (!user)
    throw new Stop(
      `The user ${systemUser} could not be created: ${made.stderr.trim()}`,
      `useradd ${args.join(' ')}`,
    )
  return user
}

/**
 * `setpriv` drops every privilege and then becomes the program, so signals reach it directly.
 *
 * @param {User} user @param {string} program @param {string[]} args
 * @returns {[string, string[]]}
 */
export const commandAs = (user, program, args) => [
  'setpriv',
  [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--init-groups', '--inh-caps=-all', '--', program, ...args],
]

/** @param {User} user @param {string} test `-x`, `-w`, … @param {string} path */
async function can(user, test, path) {
  const [program, args] = commandAs(user, 'test', [test, path])
  return (await capture(program, args, { cwd: '/' })).code === 0
}

/** @param {User} user */
async function runtimeFolder(user) {
  const session = `/run/user/${user.uid}`
  if (existsSync(session)) return session
  const own = `/tmp/skillet-runtime-${user.uid}`
  const found = await lstat(own).catch(() => undefined)
  if (found?.isDirectory() && found.uid === user.uid && (found.mode & 0o077) === 0) return own
  // Someone else may have put something in that place: then a fresh name.
  const made = found ? await mkdtemp(`${own}-`) : own
  if (!found) await mkdir(made, { mode: 0o700 })
  await chmod(made, 0o700)
  await chown(made, user.uid, user.gid)
  return made
}

/**
 * The Node that runs this, or a copy of it where the user cannot reach it (root's nvm).
 *
 * @param {User} user @param {string} cacheFolder
 */
async function reachableNode(user, cacheFolder) {
  if (await can(user, '-x', process.execPath)) return process.execPath
  const copy = join(cacheFolder, `node-${process.versions.node}`, 'node')
  if (!existsSync(copy)) {
    await mkdir(dirname(copy), { recursive: true })
    await copyFile(process.execPath, copy)
    await chmod(copy, 0o755)
  }
  return copy
}

const passedOn = [
  'CI',
  'TERM',
  'COLORTERM',
  'NO_COLOR',
  'FORCE_COLOR',
  'TZ',
  'NODE_EXTRA_CA_CERTS',
  'DISPLAY',
  'WAYLAND_DISPLAY',
]

/**
 * Root's permission to draw on the display, handed on to the user. The user's own folder is written by the user:
 * root never writes where an unprivileged program may have laid a link.
 *
 * @param {User} user @param {string} runtime
 */
async function displayPermission(user, runtime) {
  const file =
    process.env['XAUTHORITY'] ?? (process.env['HOME'] ? join(process.env['HOME'], '.Xauthority') : '')
  if (!process.env['DISPLAY'] || !existsSync(file)) return {}
  const copy = join(runtime, 'skillet-xauthority')
  const [program, args] = commandAs(user, 'sh', ['-c', 'umask 077; base64 -d > "$1"', 'sh', copy])
  await capture(program, args, { cwd: '/', input: (await readFile(file)).toString('base64') })
  return { XAUTHORITY: copy }
}

/** @param {User} user @param {string} node */
async function environmentFor(user, node) {
  const runtime = await runtimeFolder(user)
  const bus = `${runtime}/bus`
  const kept = Object.entries(process.env).filter(
    ([name]) => passedOn.includes(name) || name.startsWith('SKILLET_'),
  )
  return {
    ...Object.fromEntries(kept),
    ...(await displayPermission(user, runtime)),
    ...(existsSync(bus) ? { DBUS_SESSION_BUS_ADDRESS: `unix:path=${bus}` } : {}),
    HOME: user.home,
    USER: user.name,
    LOGNAME: user.name,
    SHELL: '/bin/bash',
    LANG: 'C.UTF-8',
    PATH: [...new Set([dirname(node), '/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'])].join(':'),
    XDG_RUNTIME_DIR: runtime,
  }
}

/**
 * @typedef {object} Identity how to run a program as somebody
 * @property {NodeJS.ProcessEnv} env
 * @property {(program: string, args: string[]) => [string, string[]]} command
 *
 * @typedef {object} Place who runs the product, and where
 * @property {User | undefined} user undefined: whoever runs this script
 * @property {string} node the Node executable to use
 * @property {string} cacheFolder where programs for development are kept
 * @property {boolean} ownsCheckout whether the checkout itself will do, without a copy
 * @property {Identity} owner who writes in the checkout
 *
 * @typedef {Identity & Place} Runner
 */

/** @type {Identity} this very user, with this very environment */
export const self = { env: process.env, command: (program, args) => [program, args] }

/** Where root keeps programs for development: owned by root, readable by the user who runs them. */
const sharedCacheFolder = '/var/cache/skillet-dev'

/**
 * @param {string} checkout
 * @param {(line: string) => void} say
 * @returns {Promise<Runner>}
 */
export async function resolveRunner(checkout, say) {
  if (process.getuid?.() !== 0) {
    const home = process.env['HOME'] ?? process.env['USERPROFILE'] ?? checkout
    return {
      user: undefined,
      node: process.execPath,
      cacheFolder: join(process.env['XDG_CACHE_HOME'] ?? join(home, '.cache'), 'skillet-dev'),
      ownsCheckout: true,
      owner: self,
      ...self,
    }
  }
  const user = await findOrCreateUser(say)
  await mkdir(sharedCacheFolder, { recursive: true, mode: 0o755 })
  const node = await reachableNode(user, sharedCacheFolder)
  const { uid } = await stat(checkout)
  const ownsCheckout = uid === user.uid && (await can(user, '-w', join(checkout, 'package.json')))
  /** @type {Identity} */
  const identity = {
    env: await environmentFor(user, node),
    command: (program, args) => commandAs(user, program, args),
  }
  return {
    user,
    node,
    cacheFolder: sharedCacheFolder,
    ownsCheckout,
    owner: ownsCheckout ? identity : self,
    ...identity,
  }
}

import { existsSync } from 'node:fs'
import process from 'node:process'

import { capture, lastLines, runAttached } from './command.mjs'
import { Stop } from './say.mjs'

/**
 * What a start needs, as Debian packages. Of several names the first that the distribution has is taken:
 * Debian 13 and Ubuntu 24.04 renamed libraries to `…t64`, and there the old name is ambiguous.
 *
 * @param {{ tests?: boolean, window?: boolean, headless?: boolean }} wanted `headless`: no display to show on
 * @returns {string[][]}
 */
export function neededPackages({ tests = false, window = true, headless = false }) {
  const compile = [
    ['build-essential'],
    ['libc6-dev'],
    ['pkgconf', 'pkg-config'],
    ['libsecret-1-dev'],
    ['python3'],
  ]
  const run = [['bubblewrap'], ['libsecret-1-0'], ['dbus'], ['gnome-keyring']]
  const show = [['libgtk-3-0t64', 'libgtk-3-0'], ['libnss3'], ['libasound2t64', 'libasound2'], ['libgbm1']]
  // What our own package depends on beyond these, and what asks the desktop about it.
  const desktop = [['desktop-file-utils'], ['shared-mime-info'], ['xdg-utils'], ['libglib2.0-bin']]
  return [
    ...compile,
    ...run,
    ...(window ? show : []),
    ...(headless ? [['xvfb']] : []),
    ...(tests
      ? [
          ['strace'],
          ['git'],
          ['curl'],
          ['jq'],
          ['gron'],
          ['firejail'],
          ['chromium'],
          ['postgresql'],
          ...desktop,
        ]
      : []),
  ]
}

/** @param {string} output of `dpkg-query -W -f '${Package} ${db:Status-Status}\n'` */
export function parseInstalled(output) {
  const lines = output.split('\n').map((line) => line.trim().split(' '))
  return new Set(lines.filter(([, status]) => status === 'installed').map(([name]) => name))
}

/** @param {string} output of `apt-cache policy NAME…`: the names that can be installed */
export function parseCandidates(output) {
  const found = new Set()
  let name = ''
  for (const line of output.split('\n')) {
    const heading = /^(\S+):$/.exec(line)
    if (heading?.[1]) name = heading[1]
    const candidate = /^\s+Candidate:\s+(.+)$/.exec(line)
    if (candidate && candidate[1] !== '(none)') found.add(name)
  }
  return found
}

/** @param {string[][]} needed */
async function missingPackages(needed) {
  const query = await capture('dpkg-query', [
    '-W',
    '-f',
    '${Package} ${db:Status-Status}\\n',
    ...needed.flat(),
  ])
  const installed = parseInstalled(query.stdout)
  return needed.filter((names) => !names.some((name) => installed.has(name)))
}

/** @returns {string[] | undefined} what comes before `apt-get`, or undefined where there is no way to become root */
function rootPrefix() {
  if (process.getuid?.() === 0) return []
  if (!existsSync('/usr/bin/sudo')) return undefined
  return process.stdin.isTTY ? ['sudo'] : ['sudo', '--non-interactive']
}

/**
 * @param {string[][]} needed
 * @param {(line: string) => void} say
 */
async function installOnDebian(needed, say) {
  const missing = await missingPackages(needed)
  if (missing.length === 0) return
  const words = missing.map((names) => names.at(-1)).join(' ')
  const prefix = rootPrefix()
  if (!prefix) {
    throw new Stop(
      `These system packages are missing and only root may install them: ${words}.`,
      `su -c 'apt-get update && apt-get install -y ${words}'`,
    )
  }
  /** @param {string[]} args */
  const apt = async (args) => {
    const [program, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args]
    // Only sudo's question for a password needs the terminal.
    return prefix.length > 0 && process.stdin.isTTY
      ? { code: await runAttached(program ?? 'env', rest), stderr: '' }
      : capture(program ?? 'env', rest)
  }
  say('reading the package lists (apt-get update)')
  const update = await apt(['update', '-q'])
  if (update.code !== 0) say(`apt-get update: ${lastLines(update.stderr, 1)}`)

  const policy = await capture('apt-cache', ['policy', ...missing.flat()], {
    env: { ...process.env, LC_ALL: 'C' },
  })
  const candidates = parseCandidates(policy.stdout)
  const names = missing.map((choices) => choices.find((name) => candidates.has(name)) ?? choices.at(-1) ?? '')
  for (const name of names) say(`installing ${name}`)
  const install = await apt(['install', '-y', '-q', '--no-install-recommends', ...names])
  const left = await missingPackages(missing)
  if (left.length > 0) {
    for (const line of lastLines(install.stderr, 5).split('\n')) say(line)
    const leftWords = left
      .map((choices) => choices.find((name) => candidates.has(name)) ?? choices.at(-1))
      .join(' ')
    const sudo = prefix.length > 0 ? 'sudo ' : ''
    throw new Stop(
      `These system packages could not be installed: ${leftWords}.`,
      `${sudo}apt-get update && ${sudo}apt-get install -y ${leftWords}`,
    )
  }
}

/** For Linux without dpkg: what the programs above are called by the package managers that people have. */
const otherLinux = {
  dnf: 'sudo dnf install bubblewrap gcc gcc-c++ make glibc-static pkgconf-pkg-config libsecret-devel python3 gtk3 nss alsa-lib mesa-libgbm dbus-daemon gnome-keyring xorg-x11-server-Xvfb strace git',
  pacman:
    'sudo pacman -S --needed bubblewrap base-devel pkgconf libsecret python gtk3 nss alsa-lib mesa dbus gnome-keyring xorg-server-xvfb strace git',
  zypper:
    'sudo zypper install bubblewrap gcc gcc-c++ make glibc-devel-static pkgconf libsecret-devel python3 gtk3 mozilla-nss alsa libgbm1 dbus-1-daemon gnome-keyring xorg-x11-server-Xvfb strace git',
}

/** @param {string} name */
const onPath = (name) =>
  (process.env['PATH'] ?? '').split(':').some((folder) => folder !== '' && existsSync(`${folder}/${name}`))

/** @param {boolean} headless */
function checkOtherLinux(headless) {
  const programs = ['bwrap', 'cc', 'make', 'pkg-config', 'python3', 'dbus-daemon', 'gnome-keyring-daemon']
  const missing = [...programs, ...(headless ? ['Xvfb'] : [])].filter((name) => !onPath(name))
  if (missing.length === 0) return
  const manager = Object.entries(otherLinux).find(([name]) => onPath(name))
  throw new Stop(
    `These programs are missing: ${missing.join(', ')}.`,
    manager?.[1] ?? 'install them with your distribution’s package manager, then start again',
  )
}

/** @param {(line: string) => void} say */
async function checkMac(say) {
  if ((await capture('xcode-select', ['-p'])).code === 0) return
  say(
    'the command line tools are missing; keytar’s prebuilt binary does without them, building it needs: xcode-select --install',
  )
}

/**
 * Makes sure that what npm packages cannot bring is there: installed on Debian-family systems, named elsewhere.
 *
 * @param {Parameters<typeof neededPackages>[0]} wanted
 * @param {(line: string) => void} say
 */
export async function ensureSystemPackages(wanted, say) {
  if (process.platform === 'darwin') return checkMac(say)
  if (process.platform !== 'linux') return
  const debian = existsSync('/usr/bin/dpkg-query') && existsSync('/usr/bin/apt-get')
  return debian ? installOnDebian(neededPackages(wanted), say) : checkOtherLinux(wanted.headless ?? false)
}

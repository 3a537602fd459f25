import { createHash } from 'node:crypto'
import { lstat, mkdir, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { capture, pipe } from './command.mjs'
import { Stop } from './say.mjs'
import { commandAs } from './unprivileged.mjs'

/** @typedef {import('./unprivileged.mjs').User} User */

// Root reads the checkout, the user writes the copy: whatever the user's programs may have laid there (a link to
// /etc, say), root never follows it.

const ignoredFolders = new Set(['.git', 'node_modules', 'out', 'dist', '.cache', '.types', 'test-results'])
const manifestName = '.cache/copied-files.json'
const packagesStampName = '.cache/copied-packages'

/** Where a user's copy of a checkout lies. @param {User} user @param {string} checkout */
export const copyFolderFor = (user, checkout) =>
  join(user.home, 'skillet-dev', createHash('sha256').update(checkout).digest('hex').slice(0, 12))

/** Everything that git tracks or would: without git, everything but what is built. @param {string} checkout */
async function listSources(checkout) {
  const args = [
    '-c',
    `safe.directory=${checkout}`,
    '-C',
    checkout,
    'ls-files',
    '-co',
    '--exclude-standard',
    '-z',
  ]
  const listed = await capture('git', args)
  if (listed.code === 0) return [...new Set(listed.stdout.split('\0').filter(Boolean))].sort()
  /** @param {string} folder @returns {Promise<string[]>} */
  const walk = async (folder) => {
    const entries = await readdir(join(checkout, folder), { withFileTypes: true })
    const found = await Promise.all(
      entries
        .filter((entry) => !ignoredFolders.has(entry.name))
        .map(async (entry) =>
          entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)],
        ),
    )
    return found.flat()
  }
  return (await walk('')).sort()
}

/**
 * Whether a file is to be copied: by size, time and mode. The copy keeps the time, so that incremental builds see
 * what changed and nothing else.
 *
 * @param {string} from @param {string} to
 * @returns {Promise<'new' | 'changed' | 'same' | 'absent'>} absent: tracked, but deleted in the work tree
 */
async function compare(from, to) {
  const source = await lstat(from).catch(() => undefined)
  if (!source || source.isDirectory()) return 'absent'
  const target = await lstat(to).catch(() => undefined)
  if (!target) return 'new'
  if (target.mode !== source.mode) return 'changed'
  const same = source.isSymbolicLink()
    ? (await readlink(to)) === (await readlink(from))
    : target.size === source.size && Math.floor(target.mtimeMs) === Math.floor(source.mtimeMs)
  return same ? 'same' : 'changed'
}

/** @param {User} user @param {string} copy */
function writerIn(user, copy) {
  /** @param {string} script for `sh` in the copy @param {string} [input] @param {string[]} [args] */
  const shell = async (script, input = '', args = []) => {
    const [program, rest] = commandAs(user, 'sh', ['-c', `cd "$0" && ${script}`, copy, ...args])
    const ended = await capture(program, rest, { cwd: '/', input })
    if (ended.code !== 0)
      throw new Stop(
        `The copy of the checkout could not be written: ${ended.stderr.trim()}`,
        `rm -rf ${copy}`,
      )
  }
  return {
    create: () => capture(...commandAs(user, 'mkdir', ['-p', join(copy, '.cache')]), { cwd: '/' }),
    /** @param {string[]} paths */
    remove: (paths) => (paths.length === 0 ? undefined : shell('xargs -0 rm -rf --', paths.join('\0'))),
    /** @param {string} name @param {string} text */
    write: (name, text) => shell('cat > "$1"', text, [name]),
    /** @param {string} from @param {string[]} paths files, or one folder with all that is in it */
    async extract(from, paths) {
      if (paths.length === 0) return
      // The posix format keeps times to the nanosecond. Electron's binary is kept elsewhere: see shareElectron.
      const pack = [
        '--format=posix',
        '-C',
        from,
        '--exclude=node_modules/electron/dist',
        '--null',
        '--files-from=-',
        '-cf',
        '-',
      ]
      const unpack = commandAs(user, 'tar', ['-C', copy, '-xpf', '-'])
      const ended = await pipe(['tar', pack], unpack, paths.join('\0'))
      if (!ended.ok) {
        throw new Stop(
          `The checkout could not be copied: ${ended.stderr.trim()}`,
          `free disk space for ${copy}, or rm -rf ${copy}`,
        )
      }
    },
  }
}

/** @param {string} path @returns {Promise<string[]>} */
const readList = (path) =>
  readFile(path, 'utf8').then(
    (text) => JSON.parse(text),
    () => [],
  )

/** @param {string} checkout @param {string} copy @param {ReturnType<typeof writerIn>} writer */
async function copySources(checkout, copy, writer) {
  const paths = await listSources(checkout)
  const states = await Promise.all(paths.map((path) => compare(join(checkout, path), join(copy, path))))
  const present = paths.filter((_, index) => states[index] !== 'absent')
  const changed = paths.filter((_, index) => states[index] === 'changed')
  const wanted = paths.filter((_, index) => states[index] === 'changed' || states[index] === 'new')
  const known = new Set(present)
  const gone = (await readList(join(copy, manifestName))).filter((path) => !known.has(path))
  await writer.remove([...gone, ...changed])
  await writer.extract(checkout, wanted)
  if (gone.length + wanted.length > 0) await writer.write(manifestName, JSON.stringify(present))
  return { copied: wanted.length, removed: gone.length }
}

/**
 * What the installed packages are: npm's own record, and when keytar was built.
 *
 * @param {string} modules
 */
async function packagesStamp(modules) {
  const read = (/** @type {string} */ name) => readFile(join(modules, name), 'utf8').catch(() => '')
  const keytar = await lstat(join(modules, 'keytar/build/Release/keytar.node')).catch(() => undefined)
  const parts = [await read('.package-lock.json'), String(keytar?.mtimeMs)]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/** @param {string} checkout @param {string} copy @param {ReturnType<typeof writerIn>} writer */
async function copyPackages(checkout, copy, writer) {
  const stamp = await packagesStamp(join(checkout, 'node_modules'))
  const last = await readFile(join(copy, packagesStampName), 'utf8').catch(() => '')
  if (last === stamp) return false
  await writer.remove([packagesStampName, 'node_modules'])
  await writer.extract(checkout, ['node_modules'])
  await writer.write(packagesStampName, stamp)
  return true
}

/**
 * Brings a user's copy of the checkout up to date: sources always, npm packages where they changed. What was
 * built or written in the copy stays.
 *
 * @param {string} checkout
 * @param {User} user
 * @param {(line: string) => void} say
 * @returns {Promise<string>} the copy
 */
export async function copyCheckout(checkout, user, say) {
  const copy = copyFolderFor(user, checkout)
  const writer = writerIn(user, copy)
  await writer.create()
  const { copied, removed } = await copySources(checkout, copy, writer)
  if (copied + removed > 0) say(`${copied} files copied, ${removed} removed in ${copy}`)
  if (await copyPackages(checkout, copy, writer)) say('npm packages copied')
  return copy
}

/**
 * Brings a folder of results back into the checkout, owned as the checkout is.
 *
 * @param {string} copy @param {string} checkout @param {User} user @param {string} name
 */
export async function bringBack(copy, checkout, user, name) {
  const to = join(checkout, name)
  await rm(to, { recursive: true, force: true })
  await mkdir(to)
  await pipe(commandAs(user, 'tar', ['-C', join(copy, name), '-cf', '-', '.']), [
    'tar',
    ['-C', to, '-xf', '-', '--no-same-owner'],
  ])
  const owner = await lstat(checkout)
  await capture('chown', ['-R', '-h', `${owner.uid}:${owner.gid}`, to])
}

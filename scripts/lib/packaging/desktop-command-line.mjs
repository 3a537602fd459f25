import { cp, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What a part of the command line loads, at once or later. @param {string} code */
const loadedBy = (code) =>
  [...code.matchAll(/require\("\.\/([^"]+)"\)/g), ...code.matchAll(/`threads`,`([^`]+)`/g)].map(
    ([, name]) => name ?? '',
  )

/** Where the registry's server begins. @param {string} name */
const isServer = (name) => /^registry-(?:start|worker|key-rotation)-/.test(name)

/**
 * Copies the compiled command line without the registry's server, its database driver and its scanner: what nothing but
 * those loads. What V8 compiled of it stays behind too, since another V8 made it.
 *
 * @param {string} from @param {string} to
 * @returns {Promise<Set<string>>} the chunks that are in the copy, alone or in one with others
 */
export async function copyCommandLine(from, to) {
  const files = new Set(await readdir(from))
  const fileOf = (/** @type {string} */ name) => (files.has(name) ? name : join('threads', name))
  const start = await readFile(join(from, 'start.js'), 'utf8')
  const inStart = new Set([...start.matchAll(/"([\w-]+\.cjs)"\(exports, require,/g)].map(([, name]) => name))
  const wanted = new Set(['index.cjs'])
  const queue = ['main.cjs', 'start.js']
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (wanted.has(name) || inStart.has(name) || isServer(name)) continue
    wanted.add(name)
    queue.push(...loadedBy(await readFile(join(from, fileOf(name)), 'utf8')))
  }
  for (const name of wanted) await cp(join(from, fileOf(name)), join(to, fileOf(name)))
  return new Set([...wanted, ...inStart].filter((name) => name !== undefined))
}

import { execFile } from 'node:child_process'
import { existsSync, realpathSync, statSync } from 'node:fs'
import { readdir, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { SkilletError } from '../../shared/errors.ts'
import { readElfHeader } from './elf.ts'

/** A program by the name that a skill uses, and the real file behind it. */
export interface Program {
  readonly name: string
  readonly path: string
}

/** Everything that a set of programs needs inside an otherwise empty root. Paths are absolute and resolved. */
export interface Runtime {
  /** Files and folders to bind read-only: host path → path inside. */
  readonly binds: ReadonlyMap<string, string>
  /** Links to create inside: link path → target. */
  readonly links: ReadonlyMap<string, string>
  /** Files that may be executed: the programs themselves and their dynamic loaders. */
  readonly executables: readonly string[]
  /** A shell looks for programs without starting them, which is watched too. */
  readonly hasShell: boolean
}

/**
 * Finds what programs need, once a program and change of its file. What is looked at each time is looked at at once: it is in
 * memory, and nothing of a run waits longer than for its sandbox.
 */
export function createRuntimeFinder(): (programs: readonly Program[]) => Promise<Runtime> {
  const known = new Map<string, Promise<Closure>>()
  return async (programs) => {
    const binds = new Map<string, string>()
    const links = new Map<string, string>()
    const executables = new Set<string>()
    for (const { name, path } of programs) {
      const { mtimeMs, size, ino } = statSync(path)
      const key = `${path}:${mtimeMs}:${size}:${ino}`
      let closure = known.get(key)
      if (!closure) {
        closure = closureOf(path)
        known.set(key, closure)
        closure.catch(() => known.delete(key))
      }
      const { files, loader, loaderLink } = await closure
      for (const [source, inside] of files) binds.set(source, inside)
      executables.add(path)
      if (loader) executables.add(loader)
      if (loader && loaderLink) links.set(loaderLink, loader)
      const link = `/usr/bin/${name}`
      if (path !== link) links.set(link, path)
    }
    for (const [link, target] of rootLinks()) links.set(link, target)
    return {
      binds,
      links,
      executables: [...executables],
      hasShell: programs.some(({ path }) => /\/(sh|dash|bash|busybox|zsh|ksh)$/.test(path)),
    }
  }
}

interface Closure {
  readonly files: ReadonlyMap<string, string>
  readonly loader: string | null
  readonly loaderLink: string | null
}

async function closureOf(program: string): Promise<Closure> {
  const files = new Map<string, string>([[program, program]])
  const header = await readElfHeader(program)
  if (!header)
    throw new SkilletError('SANDBOX_UNAVAILABLE', `${program} is not a program that the sandbox can start.`)
  const loader = header.interpreter === null ? null : await realpath(header.interpreter)
  if (!loader) return { files, loader, loaderLink: null }
  // Bound at its resolved place and at the one that programs name, which is often a link.
  files.set(loader, loader)
  const named = join(await realpath(dirname(header.interpreter!)), basename(header.interpreter!))
  await addLibraries(loader, program, files)
  const library = await standardLibrary(program)
  if (library) {
    files.set(library, library)
    const extensions = await sharedObjects(join(library, 'lib-dynload'))
    for (const extension of extensions) await addLibraries(loader, extension, files)
  }
  return { files, loader, loaderLink: named === loader ? null : named }
}

/** Asks the dynamic loader itself, which knows its own search path best. It maps the file but runs none of it. */
async function addLibraries(loader: string, file: string, into: Map<string, string>): Promise<void> {
  const { stdout } = await promisify(execFile)(loader, ['--list', file], {
    env: { LANG: 'C' },
    timeout: 10_000,
  })
  for (const [, library] of stdout.matchAll(/(?:=>\s+|^\s+)(\/\S+)\s+\(0x/gm)) {
    const source = await realpath(library!)
    if (source !== loader) into.set(source, join(await realpath(dirname(library!)), basename(library!)))
  }
}

/** Python's standard library lies beside the interpreter: `<prefix>/lib/python3.N`, on some systems `lib64`. */
async function standardLibrary(program: string): Promise<string | null> {
  const version = /^python(3\.\d+)$/.exec(basename(program))?.[1]
  if (!version) return null
  const places = ['lib', 'lib64'].map((name) => join(dirname(program), '..', name, `python${version}`))
  const folder = places.find((place) => existsSync(join(place, 'os.py')))
  if (folder === undefined)
    throw new SkilletError(
      'SANDBOX_UNAVAILABLE',
      `Python's standard library was not found beside ${program}.`,
    )
  return realpath(folder)
}

async function sharedObjects(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return []
  return (await readdir(folder)).filter((name) => name.endsWith('.so')).map((name) => join(folder, name))
}

/** `/bin → usr/bin` and its like, as this computer has them: loaders are named by such paths. */
function rootLinks(): [string, string][] {
  const links: [string, string][] = []
  for (const name of ['bin', 'lib', 'lib64']) {
    if (!existsSync(`/${name}`)) continue
    const target = realpathSync.native(`/${name}`)
    if (target !== `/${name}`) links.push([`/${name}`, target.slice(1)])
  }
  return links
}

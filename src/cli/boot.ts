import { readFileSync, writeFileSync } from 'node:fs'
import { sep } from 'node:path'
import { Script } from 'node:vm'
import type { main as start } from './index.ts'

// What `node out/cli/index.cjs` starts. Most of a short command's time goes into starting the program. So no module runs
// before something of it is asked for; the ones that people wait for most lie in one file, beside which the build left
// what V8 compiled of them (`scripts/lib/start-file.mjs`). Only Node 22 keeps compiled code by itself. Code that another
// V8 made, or none at all, only costs the time that it would have saved.

type Wrapper = (
  this: unknown,
  exports: object,
  require: (name: string) => object,
  module: { exports: object },
  filename: string,
  dirname: string,
) => void

/** Parts of Node that take a while to load and that most commands have no use for. Each is an object, not a class. */
const seldomUsed = new Set([
  'child_process',
  'dns/promises',
  'fs/promises',
  'http',
  'https',
  'net',
  'readline',
  'worker_threads',
])

const loaded = new Map<string, object>()
const ran: string[] = []
/** Not `join`, which would look at each character of a path for each of some hundred parts. */
const inFolder = (name: string) => `${__dirname}${sep}${name}`
const startFile = inFolder('start.js')
const together = compile(startFile, (source) => source.toString('latin1'))
const startModules = (together?.runInThisContext() ?? {}) as Record<string, Wrapper | undefined>

/** A module of the program, by its file name in this folder, which runs when something of it is asked for; or of Node. */
function load(name: string): object {
  const known = loaded.get(name)
  if (known !== undefined) return known
  const found = name.startsWith('./') ? partOnFirstUse(name.slice(2)) : nodes(name)
  loaded.set(name, found)
  return found
}

function nodes(name: string): object {
  const whole = () => require(name) as object
  return seldomUsed.has(name.replace(/^node:/, '')) ? onFirstUse(whole) : whole()
}

/** Its exports, which the first question about them fills: from then on nothing stands in between. */
function partOnFirstUse(part: string): object {
  const run = () => {
    Object.setPrototypeOf(exports, Object.prototype)
    ran.push(part)
    const filename = inFolder(part)
    const wrapper = startModules[part] ?? (compile(filename, wrapped)?.runInThisContext() as Wrapper)
    wrapper.call(exports, exports, load, { exports }, filename, __dirname)
    return exports
  }
  const exports = Object.create(onFirstUse(run)) as object
  return exports
}

/** Stands for what is loaded when something of it is asked for. */
function onFirstUse(whole: () => object): object {
  return new Proxy(
    {},
    {
      get: (_, key) => Reflect.get(whole(), key) as unknown,
      has: (_, key) => Reflect.has(whole(), key),
      ownKeys: () => Reflect.ownKeys(whole()),
      getOwnPropertyDescriptor(_, key) {
        const found = Reflect.getOwnPropertyDescriptor(whole(), key)
        // A proxy may not call anything fixed that it doesn't have itself.
        return found && { ...found, configurable: true }
      },
    },
  )
}

/** Null where there is no such file. */
function compile(filename: string, form: (source: Buffer) => string): Script | null {
  const source = readIfThere(filename)
  if (source === null) return null
  const cachedData = readIfThere(`${filename}.code`)
  return new Script(form(source), { filename, ...(cachedData === null ? {} : { cachedData }) })
}

function wrapped(source: Buffer): string {
  return `(function (exports, require, module, __filename, __dirname) {${source.toString()}\n})`
}

function readIfThere(file: string): Buffer | null {
  try {
    return readFileSync(file)
  } catch {
    return null
  }
}

// For the build: what ran, and what was compiled of it. Functions are compiled when they are first called, so at the end
// it is known which ones a command needs.
const recordFile = process.env['SKILLET_RECORD_START']
if (recordFile !== undefined)
  process.once('exit', () =>
    writeFileSync(recordFile, together === null ? JSON.stringify(ran) : together.createCachedData()),
  )
const { main } = load('./main.cjs') as { main: typeof start }
main()

import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Script } from 'node:vm'

// What `node out/cli/index.cjs` starts. Most of a short command's time goes into compiling the program; V8 can keep what
// it compiled, and the build does so beside each part. Only Node 22 does that by itself. Code that another V8 made, or
// none at all, only costs the time that it would have saved.

/** Set by the build, which runs a few commands to have their code compiled. */
const keepCode = process.env['SKILLET_KEEP_CODE'] === '1'

type Wrapper = (
  this: unknown,
  exports: unknown,
  require: (name: string) => unknown,
  module: { exports: unknown },
  filename: string,
  dirname: string,
) => void

const loaded = new Map<string, { exports: unknown }>()
const compiled = new Map<string, Script>()
const outside = createRequire(__filename)
/** Parts of Node that take a while to load and that most commands have no use for. */
const seldomUsed = new Set([
  'child_process',
  'dns/promises',
  'http',
  'https',
  'net',
  'readline',
  'worker_threads',
])

/** One part of the program, by its file name in this folder; everything else is Node's to find. */
function load(name: string): unknown {
  const part = /^\.\/([\w-]+\.cjs)$/.exec(name)?.[1]
  if (part === undefined) return seldomUsed.has(name.replace(/^node:/, '')) ? onFirstUse(name) : outside(name)
  const known = loaded.get(part)
  if (known !== undefined) return known.exports
  const module: { exports: unknown } = { exports: {} }
  loaded.set(part, module)

  const filename = join(__dirname, part)
  const cacheFile = `${filename}.code`
  const cachedData = keepCode ? undefined : readIfThere(cacheFile)
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(filename, 'utf8')}\n})`
  const script = new Script(source, { filename, ...(cachedData === undefined ? {} : { cachedData }) })
  const run = script.runInThisContext() as Wrapper
  run.call(module.exports, module.exports, load, module, filename, __dirname)
  if (keepCode) compiled.set(cacheFile, script)
  return module.exports
}

/** Stands for a part of Node that is loaded when something of it is asked for. */
function onFirstUse(name: string): unknown {
  const whole = () => outside(name) as object
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

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}

// Functions are compiled when they are first called: at the end it is known which ones a command needs.
if (keepCode)
  process.once('exit', () => {
    for (const [file, script] of compiled) writeFileSync(file, script.createCachedData())
  })
load('./main.cjs')

// Skillet's TUF client over the command protocol of the public tuf-conformance suite:
//   --metadata-dir DIR init ROOT
//   --metadata-dir DIR --metadata-url URL refresh
//   --metadata-dir DIR --metadata-url URL --target-name PATH… --target-base-url URL --target-dir DIR download
// Exit status 0 done, 1 not. Nothing of the client is in here: it is src/trust/tuf.ts, bundled once into .cache/.
import { createHash } from 'node:crypto'
import {
  access,
  constants,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** The bundle of what the sources and locked packages are now; its name says so, the clock doesn't matter. */
async function loadClient() {
  const digest = createHash('sha256')
  for (const path of [
    join(checkout, 'package-lock.json'),
    ...(await sources('trust')),
    ...(await sources('shared')),
  ])
    digest.update(path).update(await readFile(path))
  const name = `tuf-client-${digest.digest('hex').slice(0, 16)}.mjs`
  const cache = join(checkout, '.cache/tuf-conformance')
  const client = await import(pathToFileURL(join(cache, name)).href).catch(onlyMissing)
  if (client !== null) return client
  let folder = cache
  try {
    await mkdir(cache, { recursive: true })
    await access(cache, constants.W_OK)
  } catch {
    // Somebody else's checkout: then it is made anew each time.
    folder = await mkdtemp(join(tmpdir(), 'tuf-conformance-'))
  }
  try {
    return await import(pathToFileURL(await bundle(folder, name)).href)
  } finally {
    if (folder !== cache) await rm(folder, { recursive: true, force: true })
  }
}

async function sources(layer) {
  const folder = join(checkout, 'src', layer)
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts')).sort()
  return names.map((name) => join(folder, name))
}

function onlyMissing(error) {
  if (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'EACCES') return null
  throw error
}

async function bundle(folder, name) {
  const { build } = await import('vite')
  const half = join(folder, `${process.pid}-${Date.now()}`)
  await build({
    root: checkout,
    configFile: false,
    logLevel: 'error',
    cacheDir: join(half, 'cache'),
    ssr: { noExternal: true },
    build: {
      ssr: join(checkout, 'src/trust/tuf.ts'),
      target: 'node20',
      outDir: half,
      emptyOutDir: true,
      rollupOptions: { output: { format: 'es', entryFileNames: 'client.mjs', codeSplitting: false } },
    },
  })
  await rename(join(half, 'client.mjs'), join(folder, name))
  await rm(half, { recursive: true, force: true })
  return join(folder, name)
}

/** A web server as the client's source. What isn't there is not there, whichever way the server says so. */
function createWebSource(metadataUrl, targetUrl) {
  const base = { metadata: metadataUrl, target: targetUrl }
  return {
    async open(kind, name) {
      const url = `${base[kind].replace(/\/*$/, '/')}${kind === 'metadata' ? name : name.split('/').map(encodeURIComponent).join('/')}`
      const response = await fetch(url)
      if (response.status === 403 || response.status === 404) return null
      if (!response.ok) throw new Error(`${url} answered ${response.status}`)
      return response.body
    },
  }
}

/** The suite looks at the files of a folder: each target under one name, however often it changes. */
async function place(file, folder, targetPath) {
  const to = join(folder, encodeURIComponent(targetPath))
  const before = await readFile(to).catch(() => null)
  if (before?.equals(await readFile(file))) return
  await mkdir(folder, { recursive: true })
  await copyFile(file, `${to}.part`)
  await rename(`${to}.part`, to)
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'metadata-dir': { type: 'string' },
      'metadata-url': { type: 'string' },
      'target-name': { type: 'string', multiple: true },
      'target-base-url': { type: 'string' },
      'target-dir': { type: 'string' },
    },
  })
  const [command, rootFile] = positionals
  const folder = need(values, 'metadata-dir')
  const { createTufClient } = await loadClient()
  const trustedRoot = join(folder, 'root.json')

  if (command === 'init') {
    if (rootFile === undefined) throw new Error('init needs the trusted root')
    const pinnedRoot = await readFile(rootFile)
    await createTufClient({ folder, pinnedRoot }).load()
    await mkdir(folder, { recursive: true })
    await writeFile(trustedRoot, pinnedRoot)
    return
  }

  const client = createTufClient({ folder, pinnedRoot: await readFile(trustedRoot) })
  const targetUrl = values['target-base-url'] ?? ''
  const source = createWebSource(need(values, 'metadata-url'), targetUrl)
  if (command !== 'refresh' && command !== 'download') throw new Error(`unknown command: ${command}`)
  await client.refresh(source)
  if (command === 'refresh') return
  const targetFolder = need(values, 'target-dir')
  need(values, 'target-base-url')
  for (const targetPath of values['target-name'] ?? [need(values, 'target-name')])
    await place(await client.fetch(targetPath, source), targetFolder, targetPath)
}

function need(values, name) {
  const value = values[name]
  if (value === undefined) throw new Error(`--${name} is missing`)
  return value
}

main().catch((error) => {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    process.stderr.write(`${cause.code ? `${cause.code}: ` : ''}${cause.message}\n`)
  process.exitCode = 1
})

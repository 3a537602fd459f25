import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'

// In processes of their own: it is about descriptors 1 and 2.

const folder = mkdtempSync(join(tmpdir(), 'skillet-sink-'))
const lines = 20_000
const text = (name: string) => Array.from({ length: lines }, (_, n) => `${name} ${n}\n`).join('')

beforeAll(async () => {
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(import.meta.dirname, '../../../src/cli/std-sink.ts'),
      outDir: folder,
      rollupOptions: { output: { entryFileNames: 'std-sink.mjs' } },
    },
  })
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Writes many lines to both, and says at the end which stream of Node's it opened. */
function start(before: string, stdout: 'pipe' | number) {
  const script = `
    import { createStdSink } from ${JSON.stringify(join(folder, 'std-sink.mjs'))}
    ${before}
    const opened = []
    const out = createStdSink(1, () => {
      opened.push('stdout')
      process.stdout.on('error', ({ code }) => process.exit(code === 'EPIPE' ? 7 : 8))
      return process.stdout
    })
    const err = createStdSink(2, () => (opened.push('stderr'), process.stderr))
    for (let n = 0; n < ${lines}; n++) out.sink.write('out ' + n + '\\n')
    await out.flushed()
    err.sink.write('opened: ' + opened.join())
    await err.flushed()
    process.exit(0)`
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', stdout, 'pipe'] })
}

async function heard(stream: NodeJS.ReadableStream): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

test('writes all of it into a pipe, in order, without opening a stream', async () => {
  const child = start('', 'pipe')
  const [out, err] = await Promise.all([heard(child.stdout!), heard(child.stderr!)])
  expect(out).toBe(text('out'))
  expect(err).toBe('opened: ')
})

test('writes all of it into a pipe that does not wait, which is full before anybody reads', async () => {
  // Opening the stream is what makes Node set the pipe up not to wait.
  const child = start('process.stdout._handle.setBlocking(false)', 'pipe')
  await new Promise((resolve) => setTimeout(resolve, 200))
  const [out, err] = await Promise.all([heard(child.stdout!), heard(child.stderr!)])
  expect(out).toBe(text('out'))
  expect(err).toBe('opened: stdout')
})

test('writes all of it into a file', async () => {
  const path = join(folder, 'out.txt')
  const child = start('', openSync(path, 'w'))
  expect(await heard(child.stderr!)).toBe('opened: ')
  expect(readFileSync(path, 'utf8')).toBe(text('out'))
})

test('a pipe that nobody reads any more is an error of the stream', async () => {
  const child = start('', 'pipe')
  child.stdout!.destroy()
  const [status] = (await once(child, 'exit')) as [number]
  expect(status).toBe(7)
})

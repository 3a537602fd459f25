import { spawn } from 'node:child_process'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { fixture, runDirectly, runSkill, SKILLS_FOLDER, temporaryFolder } from '../../support/run-skill'

interface Seen {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: string
}
interface Answer {
  status?: number
  headers?: Record<string, string>
  json: unknown
}

/** A server on this machine that answers in the place of the real one, and remembers what it was asked. */
async function serverOf(answer: (request: Seen) => Answer) {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => (body += part))
    request.on('end', () => {
      const asked = { method: request.method!, url: request.url!, headers: request.headers, body }
      seen.push(asked)
      const { status = 200, headers = {}, json } = answer(asked)
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(json))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

/** Runs a skill's `run` function with another base URL: the skills themselves have no way to be pointed elsewhere. */
async function runAgainst(
  slug: string,
  module: string,
  base: string,
  words: string[],
  { env = {}, state = '' }: { env?: Record<string, string>; state?: string } = {},
) {
  const folder = state || (await temporaryFolder())
  if (!state) await cp(join(SKILLS_FOLDER, slug), folder, { recursive: true })
  const code = `import sys; sys.path.insert(0, 'scripts'); import ${module}; sys.exit(${module}.run(sys.argv[2:], base_url=sys.argv[1]))`
  const child = spawn('python3', ['-B', '-c', code, base, ...words], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, LANG: 'C.UTF-8', ...env },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (part) => (stdout += part))
  child.stderr.on('data', (part) => (stderr += part))
  const exitCode = await new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)))
  return { exitCode, stdout, stderr, state: folder }
}

const key = { DEEPL_API_KEY: 'test-key:fx' }
/** "Translates" by putting words in capitals, and leaves what is in <x> as DeepL does. */
const shout = ({ body }: Seen): Answer => ({
  json: {
    translations: (JSON.parse(body).text as string[]).map((text) => ({
      detected_source_language: 'EN',
      text: text.replace(/<x>.*?<\/x>|&\w+;|\p{L}+/gu, (part) => (/^[<&]/.test(part) ? part : part.toUpperCase())),
    })),
  },
})

test('translate-document speaks DeepL v2 and keeps the structure of Markdown', async () => {
  const { url, seen } = await serverOf(shout)
  const file = fixture('translate-document', 'readme.md')
  const words = [`--file=${file}`, '--language=DE', '--tone=formal']
  const run = await runAgainst('translate-document', 'translate', url, words, { env: key })
  expect(run).toMatchObject({ exitCode: 0, stderr: '' })
  expect(run.stdout).toContain('readme.md: EN to DE')
  expect(run.stdout.trimEnd().split('\n').pop()).toBe('Written: translations/readme.de.md')
  expect(await readFile(join(run.state, 'translations/readme.de.md'), 'utf8')).toBe(
    await readFile(fixture('translate-document', 'readme.expected.md'), 'utf8'),
  )
  expect(seen).toHaveLength(1)
  expect(seen[0]).toMatchObject({ method: 'POST', url: '/v2/translate' })
  expect(seen[0]!.headers['authorization']).toBe('DeepL-Auth-Key test-key:fx')
  const body = JSON.parse(seen[0]!.body)
  expect(body).toMatchObject({ target_lang: 'DE', tag_handling: 'xml', ignore_tags: ['x'], formality: 'prefer_more' })
  expect(seen[0]!.body).not.toContain('npm install')
  expect(body.text).toContain('Fish &amp; chips cost &lt; 5 euros.')
})

test('translate-document waits when DeepL is busy and asks in batches of 50', async () => {
  let first = true
  const { url, seen } = await serverOf((request) => {
    if (!first) return shout(request)
    first = false
    return { status: 429, headers: { 'retry-after': '0' }, json: {} }
  })
  const file = join(await temporaryFolder(), 'long.txt')
  await writeFile(file, Array.from({ length: 70 }, (_, i) => `Sentence number ${i}.`).join('\n\n'))
  const run = await runAgainst('translate-document', 'translate', url, [`--file=${file}`, '--language=FR'], { env: key })
  expect(run.exitCode).toBe(0)
  expect(seen.map(({ body }) => JSON.parse(body).text.length)).toEqual([50, 50, 20])
  expect(await readFile(join(run.state, 'translations/long.fr.txt'), 'utf8')).toContain('SENTENCE NUMBER 69.')
})

test.each([
  [403, "DeepL doesn't accept the key"],
  [456, "The month's characters of this DeepL account are used up."],
  [400, 'DeepL refused: Value for target_lang not supported.'],
])('translate-document explains answer %d and writes nothing', async (status, message) => {
  const { url } = await serverOf(() => ({ status, json: { message: 'Value for target_lang not supported' } }))
  const words = [`--file=${fixture('translate-document', 'readme.md')}`, '--language=DE']
  const run = await runAgainst('translate-document', 'translate', url, words, { env: key })
  expect(run.exitCode).toBe(1)
  expect(run.stderr).toContain(message)
  await expect(readFile(join(run.state, 'translations/readme.de.md'))).rejects.toThrow('ENOENT')
})

test('translate-document asks for its key', async () => {
  const file = fixture('translate-document', 'readme.md')
  await expect(runSkill('translate-document', { inputs: { file, language: 'DE' } })).rejects.toMatchObject({
    code: 'SECRET_MISSING',
  })
  const run = await runDirectly('translate-document', { inputs: { file, language: 'DE' } })
  expect(run).toMatchObject({ exitCode: 1 })
  expect(run.stderr).toContain('The DeepL key is missing.')
})

const rates = { amount: 1.0, base: 'EUR', date: '2026-03-02', rates: { USD: 1.25, JPY: 160.0, GBP: 0.8 } }

test('exchange-rates converts, sends no amount, and keeps the rates for the day and for later', async () => {
  const { url, seen } = await serverOf(() => ({ json: rates }))
  const words = ['--amount=100', '--from=USD', '--to=GBP']
  const run = await runAgainst('exchange-rates', 'convert', url, words)
  expect(run).toMatchObject({ exitCode: 0, stderr: '' })
  expect(run.stdout).toContain('100.00 USD = 64.00 GBP')
  expect(run.stdout).toContain('1 USD = 0.64 GBP\n1 GBP = 1.5625 USD')
  expect(run.stdout).toContain('European Central Bank reference rates of 2026-03-02')
  expect(seen.map(({ url: path }) => path)).toEqual(['/v1/latest?base=EUR'])

  const again = await runAgainst('exchange-rates', 'convert', url, ['--amount=2', '--to=JPY'], run)
  expect(again.stdout).toContain('2.00 EUR = 320 JPY')
  expect(seen).toHaveLength(1)

  const path = join(run.state, '.cache/rates.json')
  const kept = JSON.parse(await readFile(path, 'utf8'))
  await writeFile(path, JSON.stringify({ ...kept, fetched: '2026-03-02T16:00:00+00:00' }))
  const offline = await runAgainst('exchange-rates', 'convert', 'http://127.0.0.1:1', words, run)
  expect(offline.stdout).toContain('100.00 USD = 64.00 GBP')
  expect(offline.stdout).toContain('Note: There is no connection to the rates. These are the last rates that were kept')
})

test('exchange-rates explains what is wrong', async () => {
  const offline = await runAgainst('exchange-rates', 'convert', 'http://127.0.0.1:1', ['--amount=1'])
  expect(offline).toMatchObject({ exitCode: 1 })
  expect(offline.stderr).toContain('none were kept from an earlier run')
  const { url } = await serverOf(() => ({ json: rates }))
  const unknown = await runAgainst('exchange-rates', 'convert', url, ['--amount=1', '--to=SEK'])
  expect(unknown.stderr).toContain('There is no rate for SEK. There are rates for EUR, GBP, JPY, USD.')
  const odd = await runAgainst('exchange-rates', 'convert', url, ['--amount=many'])
  expect(odd.stderr).toContain('The amount must be a number')
})

const site = fixture('link-check', 'site')

test('link-check finds what is broken within a folder, without a connection', async () => {
  const run = await runSkill('link-check', { inputs: { folder: site, archive: false } })
  expect(run).toMatchObject({ exitCode: 0, stderr: '' })
  const broken = run.stdout.split('\n').filter((line) => line.includes('  –  '))
  expect(broken.map((line) => line.trim().split(/ {2}(?:– {2})?/))).toEqual([
    ['README.md:4', 'guide/missing.md', 'there is no such file'],
    ['README.md:4', 'guide/start.md#third-step', 'there is no “third-step” on guide/start.md'],
    ['README.md:5', 'guide/Start.md', 'it is spelled “start.md” there'],
    ['README.md:5', 'images/lost.png', 'there is no such file'],
    ['README.md:6', '[undefined][nowhere]', 'its reference is not defined'],
    ['README.md:7', '#nothing', 'there is no “nothing” on this page'],
    ['index.html:5', 'contact.html', 'there is no such file'],
  ])
  expect(run.stdout).toContain('Not asked about: 2 addresses')
  expect(run.stdout).toContain("1 link out of the folder can't be checked, such as ../elsewhere.md (README.md:7).")
})

test('link-check asks the archive about public addresses only', async () => {
  const { url, seen } = await serverOf(({ url: path }) => ({
    json: path.includes('rfc3986')
      ? [
          ['timestamp', 'original'],
          ['20260115083000', 'https://www.rfc-editor.org/rfc/rfc3986'],
        ]
      : [],
  }))
  const run = await runAgainst('link-check', 'check', url, [`--folder=${site}`])
  expect(run).toMatchObject({ exitCode: 0, stderr: '' })
  expect(run.stdout).toContain(
    'saved 2026-01-15: https://web.archive.org/web/20260115083000/https://www.rfc-editor.org/rfc/rfc3986',
  )
  expect(run.stdout).toMatch(/example\.com\/docs {2}\(README\.md:6\)\n {6}no saved copy/)
  expect(run.stdout).toContain('1 private address not sent to the archive.')
  expect(seen).toHaveLength(2)
  expect(seen.some(({ url: path }) => path.includes('wiki.corp'))).toBe(false)
  expect(seen[0]!.url).toMatch(/^\/cdx\/search\/cdx\?url=https%3A%2F%2F.*&output=json.*&limit=-1$/)
})

test('link-check goes on without the archive and refuses a folder without pages', async () => {
  const offline = await runAgainst('link-check', 'check', 'http://127.0.0.1:1', [`--folder=${site}`])
  expect(offline.exitCode).toBe(0)
  expect(offline.stdout).toContain('Broken: 7')
  expect(offline.stdout).toContain("The Internet Archive can't be reached")
  const empty = join(await temporaryFolder(), 'empty')
  await mkdir(empty)
  const run = await runSkill('link-check', { inputs: { folder: empty } })
  expect(run).toMatchObject({ exitCode: 1 })
  expect(run.stderr).toContain('There are no Markdown or HTML files in this folder.')
})

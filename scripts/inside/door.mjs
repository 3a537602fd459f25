// Opens the agents' door, and beside it one as it is usually written, until its input ends; says where both are.
import { createHash, randomBytes } from 'node:crypto'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const folder = await mkdtemp(join(tmpdir(), 'skillet-door-'))
// Nothing but what Skillet does itself is to keep others out.
await chmod(folder, 0o755)
const home = join(folder, 'home')
await mkdir(join(home, 'access'), { recursive: true })
const word = randomBytes(32).toString('hex').slice(0, 43)
const token = `sba_${word}`
const day = 24 * 60 * 60_000
const agent = {
  id: 'an-agent',
  name: 'An agent',
  prefix: word.slice(0, 6),
  scopes: ['catalog:read'],
  createdAt: new Date().toISOString(),
  expiresAt: new Date(Date.now() + day).toISOString(),
  lastUsedAt: null,
  sha256: createHash('sha256').update(token).digest('hex'),
}
await writeFile(join(home, 'access', 'tokens.json'), JSON.stringify({ schema: 1, tokens: [agent] }), {
  mode: 0o600,
})

const cli = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'out/cli/index.cjs')
const serve = spawn(process.execPath, [cli, 'serve', '--json', '--home', home], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const [line] = await once(serve.stdout.setEncoding('utf8'), 'data')
const { url, socket } = JSON.parse(line)

const naive = createServer((_, response) => response.end('everything'))
naive.listen(0, '127.0.0.1')
const naiveOnSocket = createServer((_, response) => response.end('everything'))
const naiveSocket = join(folder, 'naive.sock')
naiveOnSocket.listen(naiveSocket)
await Promise.all([once(naive, 'listening'), once(naiveOnSocket, 'listening')])
await chmod(naiveSocket, 0o777)
await writeFile(join(folder, 'naive.json'), '{}')
const address = naive.address()
const naiveUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
process.stdout.write(
  `${JSON.stringify({ token, url, socket, file: join(home, 'bridge.json'), naiveUrl, naiveSocket, naiveFile: join(folder, 'naive.json') })}\n`,
)

await once(process.stdin.resume(), 'end')
serve.kill('SIGINT')
await once(serve, 'close')
naive.close()
naiveOnSocket.close()
await rm(folder, { recursive: true, force: true })

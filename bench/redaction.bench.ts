import { randomBytes } from 'node:crypto'
import { loadavg } from 'node:os'
import { test } from 'vitest'
import { createRedactor } from '../src/engine/secrets/redactor.ts'
import { interleave, median, ratio } from './support/rounds.ts'

// What hiding 50 keys in a run's output costs: streams in pieces of 64 KiB, as they come from a pipe. In turn with the
// floors: the same pieces searched for one key in one form (Buffer.indexOf), and copied. Bar: 200 MB/s.
// npx vitest run --project bench bench/redaction.bench.ts

const rounds = Number(process.env['R'] ?? 15)
const streamBytes = 128 * 2 ** 20
const pieceBytes = 64 * 1024

const makers = [
  () => `sk-proj-${randomBytes(36).toString('base64url')}`,
  () => `ghp_${randomBytes(27).toString('base64url').replace(/[-_]/g, 'x')}`,
  () => randomBytes(20).toString('hex'),
  () => randomBytes(30).toString('base64'),
  () => `postgres://reader:${randomBytes(12).toString('base64url')}@db.example.com:5432/records`,
]
const secrets = Object.fromEntries(
  Array.from({ length: 50 }, (_, index) => [`KEY_${index}`, makers[index % makers.length]!()]),
)

const words =
  'the run has read 1,204 rows of report.csv and wrote a table of 17 columns in 0.84 s, then'.split(' ')
const line = (number: number) =>
  `2026-03-04T05:06:07.089Z INFO step=${number} ${words.slice(number % 9).join(' ')} ok "path":"/home/me/data/${number}"\n`
const someKey = (number: number) => Object.values(secrets)[number % 50]!
const streams: Record<string, (number: number) => string> = {
  'lines of a log': line,
  base64: () => `${randomBytes(57).toString('base64')}\n`,
  'a key every 8 KiB, in turn as it is and in base64': (number) =>
    number % 64 !== 0
      ? line(number)
      : `key ${number % 128 === 0 ? someKey(number >> 6) : Buffer.from(someKey(number >> 6)).toString('base64')}\n`,
}

for (const [what, make] of Object.entries(streams))
  test(what, async () => {
    let text = ''
    for (let number = 1; text.length < streamBytes; number++) text += make(number)
    const whole = Buffer.from(text)
    const buffers = Array.from({ length: Math.ceil(whole.length / pieceBytes) }, (_, index) =>
      whole.subarray(index * pieceBytes, (index + 1) * pieceBytes),
    )
    const pieces = buffers.map((buffer) => buffer.toString('latin1'))
    const one = Buffer.from(`${someKey(0)}x`)
    let found = 0
    let shown = 0
    const times = await interleave(
      [
        {
          name: 'redacted, 50 keys',
          work() {
            const redactor = createRedactor(secrets, () => found++)
            for (const piece of pieces) shown += redactor.push(piece).length
            shown += redactor.flush().length
          },
        },
        {
          name: 'Buffer.indexOf, one key',
          work() {
            for (const buffer of buffers) shown += buffer.indexOf(one)
          },
        },
        {
          name: 'copied',
          work() {
            for (const buffer of buffers) shown += Buffer.from(buffer).length
          },
        },
      ],
      rounds,
    )
    const floor = times.get('Buffer.indexOf, one key')!
    console.log(`${what}; load ${loadavg()[0]!.toFixed(1)}; ${found / (rounds + 1)} keys found each time`)
    console.table(
      [...times].map(([way, values]) => ({
        way,
        'MB/s': Math.round(whole.length / 1e3 / median(values)),
        'times one indexOf': ratio(values, floor).toFixed(1),
      })),
    )
  })

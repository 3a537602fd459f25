import { spawnSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { fixture, runDirectly, runSkill, SKILLS_FOLDER, temporaryFolder } from '../../support/run-skill'

function chunk(name: string, data: Buffer) {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const out = Buffer.alloc(data.length + 12)
  out.writeUInt32BE(data.length)
  body.copy(out, 4)
  out.writeUInt32BE(crc32(body), data.length + 8)
  return out
}

interface Format {
  width: number
  height: number
  type: number
  depth?: number
  interlace?: number
  extra?: Buffer[]
}

/** A PNG file from rows that already begin with their filter byte. */
function pngOf({ width, height, type, depth = 8, interlace = 0, extra = [] }: Format, rows: number[][]) {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  header.set([depth, type, 0, 0, interlace], 8)
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  const data = chunk('IDAT', deflateSync(Buffer.from(rows.flat())))
  return Buffer.concat([signature, chunk('IHDR', header), ...extra, data, chunk('IEND', Buffer.alloc(0))])
}

async function save(name: string, data: Buffer) {
  const path = join(await temporaryFolder(), name)
  await writeFile(path, data)
  return path
}

/** What the GPU skill's Python reader makes of a PNG, and its reference arithmetic on request. */
function readWithPython(path: string, scale?: number) {
  const code = `
import json, sys
sys.path.insert(0, sys.argv[1])
import bicubic, png
p = png.decode(open(sys.argv[2], 'rb').read(), 10**7)
pixels = bicubic.enlarge(p.pixels, p.width, p.height, int(sys.argv[3])) if len(sys.argv) > 3 else bytes(p.pixels)
print(json.dumps([p.width, p.height, p.channels, pixels.hex()]))`
  const scripts = join(SKILLS_FOLDER, 'photo-upscale-gpu/scripts')
  const words = ['-B', '-c', code, scripts, path, ...(scale ? [String(scale)] : [])]
  const done = spawnSync('python3', words, { encoding: 'utf8' })
  if (done.status !== 0) throw new Error(done.stderr)
  const [width, height, channels, hex] = JSON.parse(done.stdout) as [number, number, number, string]
  return { width, height, channels, pixels: Buffer.from(hex, 'hex') }
}

const worst = (a: Buffer, b: Buffer) => a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)

let seed = 5
const noise = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 16 & 0xff
const noisyRow = (bytes: number, filter: number) => [filter, ...Array.from({ length: bytes }, noise)]

const kinds: [string, Format, number[][]][] = [
  ['RGBA, every filter', { width: 7, height: 5, type: 6 }, [0, 1, 2, 3, 4].map((f) => noisyRow(28, f))],
  ['RGB, every filter', { width: 5, height: 5, type: 2 }, [4, 3, 2, 1, 0].map((f) => noisyRow(15, f))],
  ['grey', { width: 6, height: 3, type: 0 }, [0, 1, 4].map((f) => noisyRow(6, f))],
  ['grey and alpha', { width: 3, height: 3, type: 4 }, [0, 2, 3].map((f) => noisyRow(6, f))],
  ['one bit', { width: 9, height: 2, type: 0, depth: 1 }, [[0, 0b10110011, 0b10000000], [0, 0b01001100, 0]]],
  ['16 bits', { width: 2, height: 2, type: 2, depth: 16 }, [noisyRow(12, 0), noisyRow(12, 1)]],
  [
    'palette with transparency',
    {
      width: 4,
      height: 2,
      type: 3,
      depth: 4,
      extra: [chunk('PLTE', Buffer.from([255, 0, 0, 0, 255, 0, 0, 0, 255])), chunk('tRNS', Buffer.from([255, 0]))],
    },
    [
      [0, 0x01, 0x20],
      [0, 0x22, 0x11],
    ],
  ],
  [
    'interlaced',
    { width: 5, height: 5, type: 0, interlace: 1 },
    // Adam7 passes of 5 × 5: 1×1, 1×1, 2×1, 1×2, 3×1, 2×3, 5×2
    [1, 1, 2, 1, 1, 3, 2, 2, 2, 5, 5].map((bytes) => noisyRow(bytes, 0)),
  ],
]

test.each(kinds)('photo-upscale agrees with the reference of the GPU kernel: %s', async (_, format, rows) => {
  const image = await save('in.png', pngOf(format, rows))
  const run = await runSkill('photo-upscale', { inputs: { image, scale: 2, method: 'bicubic' } })
  expect(run).toMatchObject({ exitCode: 0, stderr: '' })
  expect(run.stdout).toContain(`${format.width * 2} × ${format.height * 2} pixels`)
  const result = readWithPython(join(run.state, 'photos/in-2x.png'))
  const reference = readWithPython(image, 2)
  expect(result).toMatchObject({
    width: format.width * 2,
    height: format.height * 2,
    channels: reference.channels,
  })
  expect(worst(result.pixels, reference.pixels)).toBeLessThanOrEqual(1)
})

test('a palette picture is read with its colours', async () => {
  const [, format, rows] = kinds[6]!
  const { pixels } = readWithPython(await save('p.png', pngOf(format, rows)))
  expect([...pixels.subarray(0, 12)]).toEqual([255, 0, 0, 255, 0, 255, 0, 0, 0, 0, 255, 255])
})

test('lanczos3 keeps flat colours flat and edges where they were', async () => {
  const row = [0, ...Array.from({ length: 8 }, (_, x) => (x < 4 ? 40 : 200))]
  const image = await save('edge.png', pngOf({ width: 8, height: 8, type: 0 }, Array(8).fill(row)))
  const run = await runSkill('photo-upscale', { inputs: { image, scale: 4 } })
  const { width, channels, pixels } = readWithPython(join(run.state, 'photos/edge-4x.png'))
  expect([width, channels]).toEqual([32, 1])
  const line = Array.from({ length: 32 }, (_, x) => pixels[4 * x]!)
  expect(line.slice(0, 4)).toEqual([40, 40, 40, 40])
  expect(line[15]! + line[16]!).toBe(240)
  expect(line[15]).toBeLessThan(120)
})

test('hidden colours of clear pixels do not bleed into the edge', async () => {
  const rows = Array(4).fill([0, ...[0, 0, 255, 255], ...[0, 0, 255, 255], ...[255, 255, 255, 0], ...[255, 255, 255, 0]])
  const image = await save('clear.png', pngOf({ width: 4, height: 4, type: 6 }, rows as number[][]))
  const run = await runSkill('photo-upscale', { inputs: { image } })
  const { pixels } = readWithPython(join(run.state, 'photos/clear-2x.png'))
  for (let x = 0; x < 8; x++) if (pixels[4 * x + 3]! > 8) expect([...pixels.subarray(4 * x, 4 * x + 3)]).toEqual([0, 0, 255])
})

test('the colour profile stays, and a damaged picture is refused', async () => {
  const rows = [0, 0, 0].map((f) => noisyRow(9, f))
  const whole = pngOf({ width: 3, height: 3, type: 2, extra: [chunk('gAMA', Buffer.from([0, 0, 177, 143]))] }, rows)
  const run = await runSkill('photo-upscale', { inputs: { image: await save('g.png', whole) } })
  const file = await readFile(join(run.state, 'photos/g-2x.png'))
  expect(file.includes(Buffer.from('gAMA\x00\x00\xb1\x8f', 'latin1'))).toBe(true)

  const broken = Buffer.from(whole)
  broken[broken.length - 20]! ^= 1
  for (const [data, message] of [
    [broken, 'a checksum in it is wrong'],
    [whole.subarray(0, 60), 'cut off before its end'],
    [Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0, 0]), 'This is a JPEG picture'],
    [pngOf({ width: 60_000, height: 60_000, type: 0 }, [[0]]), 'more than can be enlarged'],
    [pngOf({ width: 3, height: 3, type: 2 }, [[0, 1, 2]]), 'rows are missing'],
  ] as const) {
    const image = await save('b.png', data)
    const refused = await runSkill('photo-upscale', { inputs: { image } })
    expect(refused.exitCode).toBe(1)
    expect(refused.stderr).toContain(message)
    expect(() => readWithPython(image)).toThrow()
  }
})

test('the kernel for the graphics card, interpreted instruction by instruction, gives the reference', async () => {
  const [, format, rows] = kinds[0]!
  const image = await save('k.png', pngOf(format, rows))
  const folder = join(SKILLS_FOLDER, 'photo-upscale-gpu')
  for (const [scale, first, count] of [
    [2, 0, 10],
    [4, 7, 6],
  ]) {
    const words = ['-B', fixture('photo-upscale-gpu', 'run_ptx.py'), folder, image, ...[scale, first, count].map(String)]
    const done = spawnSync('python3', words, { encoding: 'utf8' })
    expect(done.stderr).toBe('')
    const { worst: difference, pixels } = JSON.parse(done.stdout)
    expect(pixels).toHaveLength(2 * 4 * 7 * scale! * count!)
    expect(difference).toBeLessThanOrEqual(1)
  }
})

test('photo-upscale-gpu writes what it reads, band by band', async () => {
  const code = `
import io, sys
sys.path.insert(0, sys.argv[1])
import png
p = png.decode(open(sys.argv[2], 'rb').read(), 10**6)
out = io.BytesIO()
half = 4 * p.width * 2
png.write(out, p.width, p.height, p.channels, p.kept, [p.pixels[:half], p.pixels[half:]])
q = png.decode(out.getvalue(), 10**6)
print(p.pixels == q.pixels, p.channels == q.channels)`
  for (const [, format, rows] of kinds) {
    const image = await save('w.png', pngOf(format, rows))
    const scripts = join(SKILLS_FOLDER, 'photo-upscale-gpu/scripts')
    const done = spawnSync('python3', ['-B', '-c', code, scripts, image], { encoding: 'utf8' })
    expect(done.stdout + done.stderr).toBe('True True\n')
  }
})

test('photo-upscale-gpu says what is missing where there is no NVIDIA driver', async () => {
  const code = `
import sys
sys.path.insert(0, sys.argv[1])
import cuda
try:
    cuda.Card('libcuda-that-is-not-there.so.1')
except cuda.Problem as problem:
    print(problem)`
  const scripts = join(SKILLS_FOLDER, 'photo-upscale-gpu/scripts')
  const done = spawnSync('python3', ['-B', '-c', code, scripts], { encoding: 'utf8' })
  expect(done.stdout).toContain('The NVIDIA driver (libcuda-that-is-not-there.so.1) is not on this computer')
  const run = await runDirectly('photo-upscale-gpu', { inputs: { image: '/nowhere.png', scale: 2 } })
  expect(run.exitCode).toBe(1)
  expect(run.stderr).toMatch(/^photo-upscale-gpu: (The NVIDIA driver|The picture can't be read)/)
})

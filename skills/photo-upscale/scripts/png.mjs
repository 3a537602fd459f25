// PNG (W3C Portable Network Graphics, third edition) to 8-bit samples and back.
import { createDeflate, inflateSync } from 'node:zlib'

export class Problem extends Error {}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
/** Chunks that stay true when a picture is enlarged: its colours and its orientation. */
const KEPT = new Set(['sRGB', 'gAMA', 'cHRM', 'iCCP', 'cICP', 'eXIf'])
const SAMPLES = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }
const DEPTHS = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] }
/** Adam7: first column, first row, column step, row step of each pass. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
]

const CRC_TABLE = new Int32Array(256)
for (let n = 0; n < 256; n++) {
  let c = n
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  CRC_TABLE[n] = c
}

function crc32(...parts) {
  let crc = -1
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) crc = CRC_TABLE[(crc ^ part[i]) & 0xff] ^ (crc >>> 8)
  }
  return (crc ^ -1) >>> 0
}

function* chunksOf(file) {
  let at = SIGNATURE.length
  while (at + 12 <= file.length) {
    const length = file.readUInt32BE(at)
    const end = at + 12 + length
    if (length > 0x7fffffff || end > file.length) break
    const type = file.subarray(at + 4, at + 8)
    const data = file.subarray(at + 8, at + 8 + length)
    if (crc32(type, data) !== file.readUInt32BE(at + 8 + length)) {
      throw new Problem('The picture is damaged: a checksum in it is wrong.')
    }
    const name = type.toString('latin1')
    yield { name, data }
    if (name === 'IEND') return
    at = end
  }
  throw new Problem('The picture is cut off before its end.')
}

function formatOf(file) {
  if (file[0] === 0xff && file[1] === 0xd8) return 'a JPEG picture'
  if (file.subarray(0, 4).toString('latin1') === 'GIF8') return 'a GIF picture'
  if (file.subarray(8, 12).toString('latin1') === 'WEBP') return 'a WebP picture'
  if (/^ftyp(hei|mif|avi)/.test(file.subarray(4, 11).toString('latin1'))) return 'a HEIC or AVIF picture'
  return 'not a PNG picture'
}

function readHeader(data) {
  if (data.length !== 13) throw new Problem('The picture is damaged: its header has the wrong size.')
  const header = {
    width: data.readUInt32BE(0),
    height: data.readUInt32BE(4),
    depth: data[8],
    type: data[9],
    interlaced: data[12] === 1,
  }
  const { width, height, depth, type } = header
  const isKnown = DEPTHS[type]?.includes(depth) && data[10] === 0 && data[11] === 0 && data[12] <= 1
  if (!isKnown || width === 0 || height === 0) throw new Problem('The picture is damaged: its header makes no sense.')
  return header
}

/** Undoes the filter of each row in place (§9.2); returns the rows' bytes without their filter bytes. */
function unfilter(data, at, rowBytes, rows, pixelBytes) {
  let previous = new Uint8Array(rowBytes)
  const out = []
  for (let y = 0; y < rows; y++) {
    const filter = data[at]
    const row = data.subarray(at + 1, at + 1 + rowBytes)
    at += 1 + rowBytes
    if (filter === 1) {
      for (let i = pixelBytes; i < rowBytes; i++) row[i] += row[i - pixelBytes]
    } else if (filter === 2) {
      for (let i = 0; i < rowBytes; i++) row[i] += previous[i]
    } else if (filter === 3) {
      for (let i = 0; i < rowBytes; i++) {
        row[i] += ((i >= pixelBytes ? row[i - pixelBytes] : 0) + previous[i]) >> 1
      }
    } else if (filter === 4) {
      for (let i = 0; i < rowBytes; i++) {
        const a = i >= pixelBytes ? row[i - pixelBytes] : 0
        const b = previous[i]
        const c = i >= pixelBytes ? previous[i - pixelBytes] : 0
        row[i] += paeth(a, b, c)
      }
    } else if (filter !== 0) {
      throw new Problem('The picture is damaged: a row has an unknown filter.')
    }
    out.push(row)
    previous = row
  }
  return out
}

function paeth(a, b, c) {
  const toA = Math.abs(b - c)
  const toB = Math.abs(a - c)
  const toC = Math.abs(a + b - 2 * c)
  return toA <= toB && toA <= toC ? a : toB <= toC ? b : c
}

/** One row's samples as whole numbers of the picture's own depth. */
function samplesOf(row, count, depth) {
  if (depth === 8) return row
  const samples = new Uint16Array(count)
  if (depth === 16) {
    for (let i = 0; i < count; i++) samples[i] = (row[2 * i] << 8) | row[2 * i + 1]
  } else {
    const mask = (1 << depth) - 1
    for (let i = 0; i < count; i++) {
      const bit = i * depth
      samples[i] = (row[bit >> 3] >> (8 - depth - (bit & 7))) & mask
    }
  }
  return samples
}

/**
 * Reads a PNG file into `{ width, height, channels, data, kept, wasDeep }`: 8-bit samples, 1 to 4 channels
 * (grey, grey and alpha, RGB, RGBA), and the chunks to write again. Refuses more than `mostPixels`.
 */
export function decodePng(file, mostPixels) {
  if (file.length < 8 || !file.subarray(0, 8).equals(SIGNATURE)) {
    throw new Problem(`This is ${formatOf(file)}. Save it as PNG first.`)
  }
  let header, palette, transparency
  const packed = []
  const kept = []
  for (const { name, data } of chunksOf(file)) {
    if (!header && name !== 'IHDR') throw new Problem('The picture is damaged: it has no header.')
    if (name === 'IHDR') header = readHeader(data)
    else if (name === 'PLTE') palette = data
    else if (name === 'tRNS') transparency = data
    else if (name === 'IDAT') packed.push(data)
    else if (KEPT.has(name)) kept.push({ name, data })
    else if (name !== 'IEND' && name[0] === name[0].toUpperCase()) {
      throw new Problem(`The picture needs a PNG feature that is not known here (${name}).`)
    }
  }
  const { width, height, depth, type, interlaced } = header
  if (width * height > mostPixels) {
    throw new Problem(`The picture has ${width} × ${height} pixels, more than can be enlarged.`)
  }
  if (type === 3 && (!palette || palette.length === 0 || palette.length % 3 !== 0)) {
    throw new Problem('The picture is damaged: its palette is missing.')
  }

  const perPixel = SAMPLES[type]
  const pixelBytes = Math.max(1, (perPixel * depth) >> 3)
  const rowBytesOf = (columns) => Math.ceil((columns * perPixel * depth) / 8)
  const passes = (interlaced ? ADAM7 : [[0, 0, 1, 1]])
    .map(([x, y, dx, dy]) => ({
      x,
      y,
      dx,
      dy,
      columns: Math.ceil((width - x) / dx),
      rows: Math.ceil((height - y) / dy),
    }))
    .filter(({ columns, rows }) => columns > 0 && rows > 0)
  const expected = passes.reduce((sum, pass) => sum + pass.rows * (1 + rowBytesOf(pass.columns)), 0)
  let raw
  try {
    raw = inflateSync(Buffer.concat(packed), { maxOutputLength: expected + 65536 })
  } catch {
    throw new Problem('The picture is damaged: its data can’t be unpacked.')
  }
  if (raw.length < expected) throw new Problem('The picture is damaged: rows are missing.')

  const hasAlpha = type === 4 || type === 6 || transparency !== undefined
  const channels = (type === 0 || type === 4 ? 1 : 3) + (hasAlpha ? 1 : 0)
  const data = new Uint8Array(width * height * channels)
  const most = (1 << depth) - 1
  const toByte =
    depth === 8 ? (v) => v : depth === 16 ? (v) => Math.round(v / 257) : (v) => Math.round((v * 255) / most)
  const clear =
    transparency && type !== 3
      ? Array.from({ length: perPixel }, (_, i) => (transparency.length >= 2 * i + 2 ? transparency.readUInt16BE(2 * i) : -1))
      : undefined

  let at = 0
  for (const pass of passes) {
    const rowBytes = rowBytesOf(pass.columns)
    const rows = unfilter(raw, at, rowBytes, pass.rows, pixelBytes)
    at += pass.rows * (1 + rowBytes)
    rows.forEach((row, r) => {
      const samples = samplesOf(row, pass.columns * perPixel, depth)
      let to = ((pass.y + r * pass.dy) * width + pass.x) * channels
      for (let c = 0; c < pass.columns; c++, to += pass.dx * channels) {
        const from = c * perPixel
        if (type === 3) {
          const index = samples[from]
          if (3 * index + 2 >= palette.length) throw new Problem('The picture is damaged: it names a colour it lacks.')
          data[to] = palette[3 * index]
          data[to + 1] = palette[3 * index + 1]
          data[to + 2] = palette[3 * index + 2]
          if (hasAlpha) data[to + 3] = index < transparency.length ? transparency[index] : 255
          continue
        }
        let isClear = clear !== undefined
        for (let i = 0; i < perPixel; i++) {
          data[to + i] = toByte(samples[from + i])
          if (isClear && samples[from + i] !== clear[i]) isClear = false
        }
        if (clear) data[to + perPixel] = isClear ? 0 : 255
      }
    })
  }
  return { width, height, channels, data, kept, wasDeep: depth === 16 }
}

function chunk(name, data) {
  const type = Buffer.from(name, 'latin1')
  const out = Buffer.alloc(12 + data.length)
  out.writeUInt32BE(data.length, 0)
  type.copy(out, 4)
  Buffer.from(data.buffer, data.byteOffset, data.length).copy(out, 8)
  out.writeUInt32BE(crc32(type, data), 8 + data.length)
  return out
}

/** Filters one row four ways into `tries` and returns the one that is likely to pack best. */
function filterRow(row, previous, channels, tries) {
  let best
  let bestSum = Infinity
  for (const [filter, out] of tries) {
    out[0] = filter
    let sum = 0
    for (let i = 0; i < row.length; i++) {
      const a = i >= channels ? row[i - channels] : 0
      const b = previous[i]
      const guess =
        filter === 0 ? 0 : filter === 1 ? a : filter === 2 ? b : paeth(a, b, i >= channels ? previous[i - channels] : 0)
      const value = (row[i] - guess) & 0xff
      out[i + 1] = value
      sum += value < 128 ? value : 256 - value
    }
    if (sum < bestSum) {
      best = out
      bestSum = sum
    }
  }
  return best
}

/** Packs rows of 8-bit samples, as they come from `rows`, into a PNG file. */
export async function encodePng({ width, height, channels, kept }, rows) {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  header[9] = { 1: 0, 2: 4, 3: 2, 4: 6 }[channels]

  const deflate = createDeflate({ level: 6 })
  const packed = []
  deflate.on('data', (part) => packed.push(part))
  const finished = new Promise((resolve, reject) => deflate.once('end', resolve).once('error', reject))
  const tries = [0, 1, 2, 4].map((filter) => [filter, new Uint8Array(1 + width * channels)])
  let previous = new Uint8Array(width * channels)
  for (const row of rows) {
    const filtered = Buffer.from(filterRow(row, previous, channels, tries))
    if (!deflate.write(filtered)) await new Promise((resolve) => deflate.once('drain', resolve))
    previous = row
  }
  deflate.end()
  await finished
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    ...kept.map(({ name, data }) => chunk(name, data)),
    ...packed.map((part) => chunk('IDAT', part)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

// Enlarges a PNG picture.
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { decodePng, encodePng, Problem } from './png.mjs'
import { enlargedRows, METHODS } from './resample.mjs'

const MOST_PIXELS = 64_000_000
const MOST_FILE_BYTES = 200_000_000

function readArguments() {
  try {
    const text = { type: 'string' }
    const { values } = parseArgs({ options: { image: text, scale: text, method: text }, strict: true })
    return { scale: '2', method: 'lanczos3', ...values }
  } catch (error) {
    throw new Problem(error.message)
  }
}

function readFile(path) {
  try {
    const { size } = statSync(path)
    if (size > MOST_FILE_BYTES) throw new Problem('The file is larger than 200 MB.')
    return readFileSync(path)
  } catch (error) {
    if (error instanceof Problem) throw error
    throw new Problem(`The picture can’t be read: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}.`)
  }
}

async function main() {
  const options = readArguments()
  if (!options.image) throw new Problem('Choose a picture.')
  const method = Object.hasOwn(METHODS, options.method) ? METHODS[options.method] : undefined
  if (!method) throw new Problem('“method” must be lanczos3 or bicubic.')
  if (!['2', '4'].includes(options.scale)) throw new Problem('“scale” must be 2 or 4.')
  const scale = Number(options.scale)

  const picture = decodePng(readFile(options.image), MOST_PIXELS / (scale * scale))
  const width = picture.width * scale
  const height = picture.height * scale
  const file = await encodePng(
    { width, height, channels: picture.channels, kept: picture.kept },
    enlargedRows(picture, scale, method),
  )

  const name = basename(options.image, extname(options.image))
  const path = join('photos', `${name}-${scale}x.png`)
  mkdirSync('photos', { recursive: true })
  writeFileSync(`${path}.new`, file)
  renameSync(`${path}.new`, path)
  console.log(`${basename(options.image)}: ${picture.width} × ${picture.height} pixels`)
  console.log(`Enlarged ${scale} times with ${options.method}: ${width} × ${height} pixels, ${file.length.toLocaleString('en')} bytes`)
  if (picture.wasDeep) console.log('The picture had 16 bits a channel; the enlarged one has 8.')
  console.log(`Written: ${path}`)
}

try {
  await main()
} catch (error) {
  if (!(error instanceof Problem) && typeof error.code !== 'string') throw error
  process.stderr.write(`photo-upscale: ${error.message}\n`)
  process.exitCode = 1
}

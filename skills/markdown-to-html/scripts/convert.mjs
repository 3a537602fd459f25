// Turns a Markdown file into one self-contained web page.
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { renderDocument } from './blocks.mjs'
import { pageOf } from './page.mjs'

const MOST_BYTES = 5_000_000

class Problem extends Error {}

function readArguments() {
  try {
    const text = { type: 'string' }
    return { contents: 'false', ...parseArgs({ options: { file: text, contents: text }, strict: true }).values }
  } catch (error) {
    throw new Problem(error.message)
  }
}

function readText(path) {
  let data
  try {
    const status = statSync(path)
    if (status.isDirectory()) throw new Problem('This is a folder. Choose a Markdown file.')
    if (status.size > MOST_BYTES) throw new Problem('The file is larger than 5 MB.')
    data = readFileSync(path)
  } catch (error) {
    if (error instanceof Problem) throw error
    throw new Problem(error.code === 'ENOENT' ? `There is no file ${path}.` : `The file can’t be read: ${error.message}.`)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data)
  } catch {
    throw new Problem('The file isn’t a UTF-8 text. Save it as UTF-8 first.')
  }
}

const countOf = (number, noun) => `${number} ${noun}${number === 1 ? '' : 's'}`

function main() {
  const options = readArguments()
  if (!options.file) throw new Problem('Choose a Markdown file.')
  if (!['true', 'false'].includes(options.contents)) throw new Problem('“contents” must be true or false.')
  const source = readText(options.file)
  if (!source.trim()) throw new Problem('The file is empty.')
  const name = basename(options.file, extname(options.file))
  const document = renderDocument(source)
  const page = pageOf(document, { name, contents: options.contents === 'true' })

  const path = join('pages', `${name}.html`)
  mkdirSync('pages', { recursive: true })
  writeFileSync(`${path}.new`, page)
  renameSync(`${path}.new`, path)
  const { links, pictures, neutralised } = document.counts
  console.log(document.title || name)
  console.log(`${countOf(document.headings.length, 'heading')}, ${countOf(links, 'link')}, ${countOf(pictures, 'picture')}`)
  if (neutralised) console.log(`${countOf(neutralised, 'address')} of an unsafe kind shown as plain text`.replace('addresss', 'addresses'))
  console.log(`Written: ${path}`)
}

try {
  main()
} catch (error) {
  if (!(error instanceof Problem) && typeof error.code !== 'string') throw error
  process.stderr.write(`markdown-to-html: ${error.message}\n`)
  process.exitCode = 1
}

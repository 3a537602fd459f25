import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import process from 'node:process'

const systems = /** @type {Record<string, string>} */ ({ linux: 'Linux', darwin: 'macOS', win32: 'Windows' })
const parser = `prebuilds/prebuild-${systems[process.platform]}-${process.arch.toUpperCase()}/parser.so`

/** The packages with libraries of their own, and the files of theirs that are read at run time on this platform. */
const packages = /** @type {Record<string, string[]>} */ ({
  keytar: ['lib/keytar.js', 'build/Release/keytar.node'],
  '@ast-grep/napi': ['index.js'],
  [napiLibrary().name]: [napiLibrary().file],
  '@ast-grep/setup-lang': ['index.js'],
  '@ast-grep/lang-bash': ['index.js', parser],
  '@ast-grep/lang-python': ['index.js', parser],
})

export const nativePackages = Object.keys(packages)

/** @ast-grep/napi's own naming of its platforms. */
function napiLibrary() {
  const libc = process.platform === 'linux' ? '-gnu' : process.platform === 'win32' ? '-msvc' : ''
  const platform = `${process.platform}-${process.arch}${libc}`
  return { name: `@ast-grep/napi-${platform}`, file: `ast-grep-napi.${platform}.node` }
}

/**
 * Copies what the packed program can't hold inside its own scripts, and nothing else of these packages.
 *
 * @param {string} checkout
 * @param {string} to the packed program's folder
 */
export async function copyNativePackages(checkout, to) {
  for (const [name, files] of Object.entries(packages)) {
    const from = join(checkout, 'node_modules', name)
    const target = join(to, 'node_modules', name)
    for (const file of files) {
      await mkdir(dirname(join(target, file)), { recursive: true })
      await copyFile(join(from, file), join(target, file))
    }
    const { version, main, license } = JSON.parse(await readFile(join(from, 'package.json'), 'utf8'))
    await writeFile(join(target, 'package.json'), JSON.stringify({ name, version, main, license }))
    if (!existsSync(join(target, main ?? 'index.js')))
      throw new Error(`${name} would start with ${main}, which is not copied.`)
  }
}

import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import process from 'node:process'

/** Where a build leaves the names of the packages that are inside what it made. @param {string} part */
export const packagesFile = (part) => `out/packages/${part}.json`

/**
 * Writes down which npm packages a build took modules from, those of its threads included: the list of licences and the
 * bill of materials are made of it. A package whose code the bundler dropped again stays on it.
 *
 * @param {string} part
 * @returns {import('vite').Plugin}
 */
export function shippedPackages(part) {
  /** @type {Set<string>} */
  const folders = new Set()
  /** @type {Iterable<string>} */
  let inThreads = []
  const add = (/** @type {string} */ id) => {
    const [, folder] = /^\0?(?:[\w-]+:)?.*?(node_modules\/.*?)(?:\?.*)?$/.exec(id.replaceAll('\\', '/')) ?? []
    const own = folder && /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(folder)
    if (own) folders.add(own[0])
  }
  return {
    name: 'skillet:shipped-packages',
    apply: 'build',
    configResolved({ plugins }) {
      inThreads = plugins.find(({ name }) => name === 'skillet:thread-files')?.api.inScripts ?? inThreads
    },
    generateBundle(_options, bundle) {
      for (const id of [...this.getModuleIds(), ...inThreads]) add(id)
      for (const one of Object.values(bundle)) if (one.type === 'asset') one.originalFileNames?.forEach(add)
    },
    async writeBundle() {
      const path = join(process.cwd(), packagesFile(part))
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, `${JSON.stringify([...folders].sort(), null, 1)}\n`)
    },
  }
}

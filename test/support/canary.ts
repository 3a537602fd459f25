import { readdir, readFile } from 'node:fs/promises'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A key that is searched for afterwards, in every form in which it could have been left lying about. */
export function createCanary(value: string) {
  // Written anew here: what redaction knows must not decide what is searched for.
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.from('x'.repeat(offset) + value).toString('base64')
    // Without what depends on its neighbours.
    return text.slice(offset === 0 ? 0 : offset + 1, -4)
  })
  const forms = [
    value,
    value.toLowerCase(),
    value.toUpperCase(),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    Buffer.from(value).toString('hex'),
    Buffer.from(value).toString('hex').toUpperCase(),
    encodeURIComponent(value),
    encodeURIComponent(value).replace(/%../g, (escape) => escape.toLowerCase()),
    JSON.stringify(value).slice(1, -1),
    Buffer.from(value, 'utf16le').toString('latin1'),
  ].map((form) => Buffer.from(form, 'latin1'))
  const isIn = (bytes: Buffer | string) => {
    const where = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
    return forms.some((form) => where.includes(form))
  }

  return {
    value,
    isIn,
    /** The files below a folder that hold it, or have it in their name; those that go away meanwhile don't count. */
    async inFiles(folder: string): Promise<string[]> {
      const found: string[] = []
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name)
        if (isIn(path)) found.push(path)
        else if (entry.isFile()) {
          const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
            if (error.code === 'ENOENT') return ''
            throw error
          })
          if (isIn(bytes)) found.push(path)
        }
      }
      return found
    },
    /**
     * What processes of this user have it in their command line, or in their environment. Inside a sandbox, in a process
     * namespace of its own, is where it may be.
     */
    inProcesses(): string[] {
      const found: string[] = []
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        const look = (name: string) => {
          try {
            return readFileSync(`/proc/${pid}/${name}`)
          } catch (error) {
            // Gone meanwhile, or somebody else's.
            if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code!))
              return Buffer.alloc(0)
            throw error
          }
        }
        if (/^NSpid:\t\d+\t\d/m.test(look('status').toString())) continue
        for (const name of ['cmdline', 'environ']) if (isIn(look(name))) found.push(`${pid} ${name}`)
      }
      return found
    },
  }
}

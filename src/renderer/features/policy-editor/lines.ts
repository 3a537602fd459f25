/** How a list stands in a field of several lines. `earlier`: what the list was, for what a line can't say. */
export interface Lines {
  toText(value: unknown): string
  toValue(text: string, earlier: unknown): unknown
}

const split = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** One text a line. */
export const plainLines: Lines = {
  toText: (value) => listOf(value).map(String).join('\n'),
  toValue: split,
}

interface RegistryEntry {
  readonly url: string
  readonly root_sha256?: string
  readonly root?: unknown
}

/** An address a line, and behind it the SHA-256 of its trust root. A whole root, from a file, stays with its address. */
export const registryLines: Lines = {
  toText: (value) =>
    (listOf(value) as readonly RegistryEntry[])
      .map(({ url, root_sha256: digest }) => [url, digest].filter(Boolean).join(' '))
      .join('\n'),
  toValue: (text, earlier) =>
    split(text).map((line): RegistryEntry => {
      const [url = '', ...digest] = line.split(/\s+/)
      const before = (listOf(earlier) as readonly RegistryEntry[]).find((one) => one.url === url)
      return {
        url,
        ...(digest.length === 0 ? {} : { root_sha256: digest.join(' ') }),
        ...(before?.root === undefined || digest.length > 0 ? {} : { root: before.root }),
      }
    }),
}

interface PreinstallEntry {
  readonly skill: string
  readonly grant?: readonly string[]
  readonly required?: boolean
}

const requiredWord = 'required'

/** A skill a line, and behind it what it is granted: `notes@1.2.0 required fs:write net=api.example.com`. */
export const preinstallLines: Lines = {
  toText: (value) =>
    (listOf(value) as readonly PreinstallEntry[])
      .map(({ skill, grant = [], required }) =>
        [skill, ...(required === true ? [requiredWord] : []), ...grant].join(' '),
      )
      .join('\n'),
  toValue: (text) =>
    split(text).map((line): PreinstallEntry => {
      const [skill = '', ...words] = line.split(/\s+/)
      const grant = words.filter((word) => word !== requiredWord)
      return { skill, grant, ...(grant.length === words.length ? {} : { required: true }) }
    }),
}

const end = '-----END CERTIFICATE-----'

/** Certificates in PEM form, one after the other. */
export const certificateLines: Lines = {
  toText: (value) => listOf(value).map(String).join('\n'),
  toValue: (text) =>
    text
      .split(end)
      .filter((part) => part.trim() !== '')
      .map((part) => (part.includes('-----BEGIN') ? `${part.trim()}\n${end}\n` : part.trim())),
}

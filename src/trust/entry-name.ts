/** Longest path in an archive, in bytes of UTF-8; longer than any that a release may list. */
const maxPathBytes = 1024
/** What ext4, APFS and NTFS all take. */
const maxPartBytes = 255
const maxDepth = 32

const windowsDevice = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])$/i
const windowsForbidden = /[<>:"|?*]/
/** Nearly every name: nothing that Unicode could fold, hide or spell in two ways. */
const plainAscii = /^[\x20-\x7e]*$/
/**
 * Why a path can't be in a skill, in words that follow "its name …"; null for a good one.
 * A good one is relative, NFC, readable, and means the same file on Linux, macOS and Windows.
 */
export function nameProblem(path: string): string | null {
  if (path === '') return 'is empty'
  if (Buffer.byteLength(path) > maxPathBytes) return 'is too long'
  if (path.startsWith('/')) return 'is absolute'
  if (path.includes('\\')) return 'has a backslash'
  const isPlain = plainAscii.test(path)
  const problem = isPlain ? null : unicodeProblem(path)
  if (problem !== null) return problem
  const parts = path.split('/')
  if (parts.length > maxDepth) return 'lies too deep'
  for (const part of parts) {
    // A file system or a tool may fold compatibility forms such as fullwidth dots: both spellings must be good.
    const inPart = partProblem(part) ?? (isPlain ? null : partProblem(part.normalize('NFKC')))
    if (inPart !== null) return inPart
  }
  return null
}

/** For what isn't plain ASCII: Unicode's classes take longer to set up than most archives to read. */
function unicodeProblem(path: string): string | null {
  // Controls, lone surrogates, unassigned and private-use characters, line separators.
  const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u
  // Takes no room on a screen: two names could look the same.
  const invisible = /\p{Default_Ignorable_Code_Point}/u
  const otherSpace = /(?! )\p{Zs}/u
  if (unprintable.test(path) || invisible.test(path) || otherSpace.test(path))
    return 'has characters that cannot be seen'
  // Looks like a slash or a backslash and isn't one.
  const fakeSlash = /[\u2044\u2215\u2216\u29f5\u29f8\u29f9\ufe68\uff0f\uff3c]/u
  if (fakeSlash.test(path)) return 'has a character that only looks like a slash'
  if (path.normalize('NFC') !== path) return 'is not in normal form (NFC)'
  return null
}

function partProblem(part: string): string | null {
  if (part === '') return 'has an empty part'
  if (part === '.' || part === '..') return 'leads out of its folder'
  if (part.includes('/') || part.includes('\\')) return 'has a character that only looks like a slash'
  if (Buffer.byteLength(part) > maxPartBytes) return 'is too long'
  if (windowsForbidden.test(part)) return 'has a character that Windows does not allow'
  if (/^ |[ .]$/.test(part)) return 'begins with a space, or ends with a space or a dot'
  if (windowsDevice.test(part.split('.')[0]!.trimEnd())) return 'is reserved on Windows'
  if (/^\.git$|^git~\d$/i.test(part)) return 'belongs to git'
  return null
}

/**
 * One spelling for all names that some file system takes for the same: Unicode case folding and compatibility normal
 * form. By way of upper case, so that ß and SS, ﬁ and FI meet, from lower case, so that ẞ meets them. It may join more
 * names than a disk would, never fewer.
 */
export function foldName(path: string): string {
  if (plainAscii.test(path)) return path.toUpperCase()
  return path.normalize('NFKC').toUpperCase().toLowerCase().toUpperCase().normalize('NFKC')
}

/** Collects the names of one archive or release and says what is wrong with each new one. */
export function createNameSet(): { add(path: string, kind: 'file' | 'folder'): string | null } {
  const known = new Map<string, { path: string; kind: 'file' | 'folder'; listed: boolean }>()
  /** Folders that were claimed without a clash: again is the same. */
  const parents = new Set<string>()

  function claim(path: string, kind: 'file' | 'folder', listed: boolean): string | null {
    const folded = foldName(path)
    const other = known.get(folded)
    if (other === undefined) {
      known.set(folded, { path, kind, listed })
      return null
    }
    if (other.path !== path) return `differs only in spelling from ${JSON.stringify(other.path)}`
    if (other.kind !== kind) return 'is a file in one place and a folder in another'
    if (listed && other.listed) return 'appears twice'
    other.listed ||= listed
    return null
  }

  return {
    add(path, kind) {
      const problem = nameProblem(path)
      if (problem !== null) return problem
      for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
        const parent = path.slice(0, slash)
        if (parents.has(parent)) continue
        const clash = claim(parent, 'folder', false)
        if (clash !== null) return clash
        parents.add(parent)
      }
      return claim(path, kind, true)
    },
  }
}

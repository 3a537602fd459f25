import { z } from 'zod'

/** `^[a-z0-9]+(-[a-z0-9]+)*$`, at most 64 characters; equals SKILL.md's `name` and the folder (agentskills.io). */
export const slugSchema = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case words joined by single hyphens')

/** Semantic version 2.0.0 without build metadata, at most 64 characters. */
export const versionSchema = z
  .string()
  .max(64)
  .regex(
    /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/,
    'must be a semantic version such as 1.2.0',
  )

/** Lower-case hexadecimal SHA-256, 64 characters. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'must be a lower-case SHA-256')

const hostLabel = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'
const hostPattern = new RegExp(`^(?=.{1,253}(:|$))${hostLabel}(\\.${hostLabel})+(:([1-9]\\d{0,4}))?$`)

/**
 * An exact host name with an optional port, for example `api.example.com` or `api.example.com:8443`.
 * Wildcards, addresses and bare labels such as `localhost` are refused: each would widen what a person
 * approved to something that they never saw.
 */
export const hostSchema = z.string().superRefine((value, context) => {
  if (value.includes('*')) {
    context.addIssue({ code: 'custom', message: 'a wildcard is not allowed: name each host exactly' })
    return
  }
  const port = Number(value.split(':')[1] ?? 443)
  const lastLabel = value.split(':')[0]?.split('.').at(-1) ?? ''
  if (!hostPattern.test(value) || port > 65535 || /^\d+$/.test(lastLabel)) {
    context.addIssue({
      code: 'custom',
      message: 'must be an exact host name in lower case, such as api.example.com',
    })
  }
})

/** An environment variable's name: `^[A-Z][A-Z0-9_]*$`, at most 64 characters. */
export const secretNameSchema = z
  .string()
  .max(64)
  .regex(/^[A-Z][A-Z0-9_]*$/, 'must be an upper-case name such as EXAMPLE_API_KEY')
  .refine((name) => !steersPrograms(name), 'is a name that steers programs themselves, such as LD_PRELOAD')

/** A path inside a skill: relative, forward slashes, no empty, `.` or `..` segments, no control characters. */
export const relativePathSchema = z
  .string()
  .min(1)
  .max(255)
  .refine(isPlainRelativePath, 'must be a relative path with forward slashes and no "." or ".." parts')

/**
 * A folder inside a skill's state. A colon marks what stands for more than one folder in a policy, and another stream of a
 * file on Windows.
 */
export const stateFolderSchema = relativePathSchema.refine(
  (path) => !path.includes(':'),
  'must not contain a colon',
)

function isPlainRelativePath(path: string): boolean {
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f\\]/.test(path)) return false
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
}

/** A key by one of these names would change which code runs or where traffic goes. */
export function steersPrograms(name: string): boolean {
  if (/_(?:KEY|TOKEN|SECRET|PASSWORD)$/.test(name)) return false
  return (
    /^(?:LD|DYLD|GLIBC|MALLOC|PYTHON|NODE|PERL\d?|RUBY|GIT|BASH|LC|SSL|SKILLET)_/.test(name) ||
    name.startsWith('PYTHON') ||
    name.endsWith('_PROXY') ||
    /^(?:PATH|HOME|USER|SHELL|LANG|LANGUAGE|TERM|TMP|TEMP|TMPDIR|PWD|IFS|ENV|CDPATH|HOSTNAME|OPENSSL_CONF|RUBYOPT|RUBYLIB|PERLLIB)$/.test(
      name,
    )
  )
}

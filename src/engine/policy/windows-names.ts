/**
 * True for a part of a path that Windows takes for something else: a device (`NUL`, `com1.txt`), another stream of a
 * file (`a:b`), or a name with dots or spaces at its end, which it drops. Source: "Naming Files, Paths, and
 * Namespaces", Win32 documentation.
 */
export function isHostilePart(part: string): boolean {
  return (
    /[<>:"|?*]/.test(part) ||
    /[. ]$/.test(part) ||
    /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?$/i.test(part)
  )
}

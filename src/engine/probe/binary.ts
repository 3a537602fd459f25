/** True when a file's first bytes (64 are enough) are those of a program image: ELF, Mach-O or PE. */
export function isBinary(start: Uint8Array): boolean {
  return isElf(start) || isMachO(start) || isPe(start)
}

/** `e_type` 2 is a fixed executable, 3 a position-independent one (System V ABI, chapter 4). */
function isElf(start: Uint8Array): boolean {
  if (start.length < 20) return false
  if (start[0] !== 0x7f || start[1] !== 0x45 || start[2] !== 0x4c || start[3] !== 0x46) return false
  const type = start[5] === 2 ? start[17] : start[16]
  return type === 2 || type === 3
}

function isMachO(start: Uint8Array): boolean {
  if (start.length < 8) return false
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength)
  const magic = view.getUint32(0)
  if ([0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe].includes(magic)) return true
  // Java classes share the magic of universal binaries; their second word is a version of 45 or more.
  return (magic === 0xcafebabe || magic === 0xcafebabf) && view.getUint32(4) < 40
}

function isPe(start: Uint8Array): boolean {
  return start.length >= 64 && start[0] === 0x4d && start[1] === 0x5a
}

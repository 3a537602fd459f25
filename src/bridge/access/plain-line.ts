/**
 * Somebody else's words for one line: without what can't be seen or turns the direction of what follows, cut to `max`
 * characters. Null where nothing is left.
 */
export function plainLine(text: string | null | undefined, max: number): string | null {
  const plain = (text ?? '')
    .normalize('NFC')
    .replace(/[\p{C}\p{Z}\u115f\u1160\u3164\p{Variation_Selector}]+/gu, ' ')
    .trim()
  return plain === '' ? null : [...plain].slice(0, max).join('')
}

/** Red, green and blue, 0 to 255. */
type Colour = readonly [number, number, number]

/** The colours that an organisation's accent becomes; each `#rrggbb`. */
export interface Accent {
  readonly brand: string
  /** Under the pointer. */
  readonly strong: string
  /** Text on the two above. */
  readonly ink: string
  /** A ground of a hint of it, on which `brand` can be read. */
  readonly soft: string
}

const black: Colour = [0, 0, 0]
const white: Colour = [255, 255, 255]

/**
 * The accent, made darker or lighter until text in it can be read on every one of `grounds` and on its own soft ground, and
 * text on it too (WCAG 2.2, 1.4.3). `ratio`: 4.5, or 7 where people ask for more contrast.
 */
export function fitAccent(accent: string, grounds: readonly string[], ratio = 4.5): Accent {
  const wanted = toColour(accent)
  const all = grounds.map(toColour)
  const paper = all[0] ?? white
  const end = luminance(paper) > 0.18 ? black : white
  const soft = mix(paper, wanted, 0.14)
  let brand = wanted
  for (let part = 0; part <= 1; part += 0.02) {
    brand = mix(wanted, end, part)
    if ([...all, soft].every((ground) => contrast(brand, ground) >= ratio)) break
  }
  const ink = contrast(brand, white) >= contrast(brand, black) ? white : black
  // Away from its ink, so that what was readable stays so.
  const strong = mix(brand, ink === white ? black : white, 0.15)
  return { brand: toHex(brand), strong: toHex(strong), ink: toHex(ink), soft: toHex(soft) }
}

export function contrastOf(a: string, b: string): number {
  return contrast(toColour(a), toColour(b))
}

function toColour(hex: string): Colour {
  const whole = hex.trim().replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3')
  return [1, 3, 5].map((at) => Number.parseInt(whole.slice(at, at + 2), 16) || 0) as unknown as Colour
}

function toHex(colour: Colour): string {
  return `#${colour.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`
}

function mix(a: Colour, b: Colour, part: number): Colour {
  return a.map((value, index) => value + (b[index]! - value) * part) as unknown as Colour
}

function contrast(a: Colour, b: Colour): number {
  const [bright, dark] = [luminance(a), luminance(b)].sort((one, other) => other - one)
  return (bright! + 0.05) / (dark! + 0.05)
}

function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map((part) => {
    const value = Math.round(part) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

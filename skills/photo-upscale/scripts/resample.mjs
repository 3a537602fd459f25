// Separable resampling by a whole factor, with edges repeated and colours weighed by their opacity.

const sinc = (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))

/** Reach in source pixels to each side, and weight at a distance. */
export const METHODS = {
  lanczos3: { reach: 3, weight: (d) => (Math.abs(d) < 3 ? sinc(d) * sinc(d / 3) : 0) },
  // Catmull-Rom: Keys' cubic convolution with a = -1/2.
  bicubic: {
    reach: 2,
    weight: (d) => {
      const x = Math.abs(d)
      if (x < 1) return (1.5 * x - 2.5) * x * x + 1
      return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
    },
  },
}

/**
 * The taps of each of the `scale` phases: which source pixel, relative to the one that holds the output pixel,
 * comes first, and the weights from there on, which sum to one.
 */
function phasesOf(scale, { reach, weight }) {
  return Array.from({ length: scale }, (_, phase) => {
    const centre = (phase + 0.5) / scale - 0.5
    const first = Math.floor(centre) - reach + 1
    const weights = Array.from({ length: 2 * reach }, (_, tap) => weight(first + tap - centre))
    const sum = weights.reduce((total, w) => total + w, 0)
    return { first, weights: weights.map((w) => w / sum) }
  })
}

const clamp = (value, most) => (value < 0 ? 0 : value > most ? most : value)

/** One source row as numbers, colours multiplied by their opacity, then widened. */
function widen(picture, y, scale, phases) {
  const { width, channels, data } = picture
  const hasAlpha = channels === 2 || channels === 4
  const source = new Float32Array(width * channels)
  const start = y * width * channels
  for (let i = 0; i < source.length; i += channels) {
    const alpha = hasAlpha ? data[start + i + channels - 1] / 255 : 1
    for (let c = 0; c < channels; c++) {
      const isAlpha = hasAlpha && c === channels - 1
      source[i + c] = isAlpha ? data[start + i + c] : data[start + i + c] * alpha
    }
  }
  const wide = new Float32Array(width * scale * channels)
  for (let x = 0, to = 0; x < width; x++) {
    for (const { first, weights } of phases) {
      for (let tap = 0; tap < weights.length; tap++) {
        const from = clamp(x + first + tap, width - 1) * channels
        const weight = weights[tap]
        for (let c = 0; c < channels; c++) wide[to + c] += weight * source[from + c]
      }
      to += channels
    }
  }
  return wide
}

/** Yields the rows of the enlarged picture, from the top, as 8-bit samples. */
export function* enlargedRows(picture, scale, method) {
  const { width, height, channels } = picture
  const hasAlpha = channels === 2 || channels === 4
  const phases = phasesOf(scale, method)
  const recent = new Map() // the widened source rows that are still in reach
  const rowAt = (y) => {
    let row = recent.get(y)
    if (!row) {
      row = widen(picture, y, scale, phases)
      recent.set(y, row)
    }
    return row
  }
  const sums = new Float32Array(width * scale * channels)
  for (let y = 0; y < height; y++) {
    for (const { first, weights } of phases) {
      sums.fill(0)
      for (let tap = 0; tap < weights.length; tap++) {
        const row = rowAt(clamp(y + first + tap, height - 1))
        const weight = weights[tap]
        for (let i = 0; i < sums.length; i++) sums[i] += weight * row[i]
      }
      const out = new Uint8Array(sums.length)
      for (let i = 0; i < sums.length; i += channels) {
        const alpha = hasAlpha ? clamp(sums[i + channels - 1], 255) : 255
        for (let c = 0; c < channels; c++) {
          const isAlpha = hasAlpha && c === channels - 1
          const value = isAlpha ? alpha : alpha > 0 ? (sums[i + c] * 255) / alpha : 0
          out[i + c] = Math.floor(clamp(value, 255) + 0.5)
        }
      }
      yield out
    }
    recent.delete(y - method.reach)
  }
}

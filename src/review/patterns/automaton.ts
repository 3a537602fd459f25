import type { Literal } from './required-literals.ts'

interface Needle extends Literal {
  readonly bits: number
}

/** Symbols of a needle that are looked at: what begins like it is rare enough. */
const maxSymbols = 12
/** Where a word begins or ends, between two characters: a symbol of its own. */
const edge = 0
const alphabet = 79
/** All characters outside ASCII share a few symbols, so that they may be taken for one another. */
const beyond = 8

/** The symbol of each character of ASCII; large letters are small ones. */
const symbols = new Uint8Array(128)
const inWord = new Uint8Array(alphabet)
for (let code = 0; code < 128; code++) {
  const small = code >= 65 && code <= 90 ? code + 32 : code
  // Control characters count as one: no pattern asks for them.
  symbols[code] = small < 32 || small === 127 ? 1 : small < 65 ? small - 30 : small - 56
  if (/\w/.test(String.fromCharCode(code))) inWord[symbols[code]!] = 1
}

function symbolOf(code: number): number {
  return code < 128 ? symbols[code]! : alphabet - 1 - (code & (beyond - 1))
}

/**
 * Finds which needles stand in a text, reading each character once however many needles there are
 * (Aho and Corasick 1975). The result is the bits of all that are found, and maybe of some that are not.
 */
export function createAutomaton(needles: readonly Needle[]): (text: string) => number {
  const rows = needles.map((needle) => ({ bits: needle.bits, path: pathOf(needle) }))
  const most = rows.reduce((sum, { path }) => sum + path.length, 1)
  const next = new Uint32Array(most * alphabet)
  const found = new Int32Array(most)
  let states = 1
  for (const { bits, path } of rows) {
    let state = 0
    for (const symbol of path) state = next[state * alphabet + symbol] ||= states++
    found[state]! |= bits
  }
  // Where nothing goes on, it goes on as what the same text ends with.
  const shorter = new Uint32Array(states)
  const queue = [0]
  for (const state of queue)
    for (let symbol = 0; symbol < alphabet; symbol++) {
      const at = state * alphabet + symbol
      const instead = state === 0 ? 0 : next[shorter[state]! * alphabet + symbol]!
      const target = next[at]!
      if (target === 0) next[at] = instead
      else {
        shorter[target] = instead
        found[target]! |= found[instead]!
        queue.push(target)
      }
    }
  const table = next.slice(0, states * alphabet)

  return (text) => {
    let bits = 0
    let state = 0
    let within = 0
    for (let at = 0; at < text.length; at++) {
      const symbol = symbolOf(text.charCodeAt(at))
      if (inWord[symbol] !== within) {
        within = 1 - within
        state = table[state * alphabet]!
        bits |= found[state]!
      }
      state = table[state * alphabet + symbol]!
      bits |= found[state]!
    }
    return within === 1 ? bits | found[table[state * alphabet]!]! : bits
  }
}

/** The symbols of a needle, with the edges of words that lie within it. */
function pathOf({ text, opensWord, closesWord }: Needle): number[] {
  const path: number[] = opensWord ? [edge] : []
  let within: number | null = null
  for (let at = 0; at < text.length; at++) {
    const symbol = symbolOf(text.charCodeAt(at))
    if (within !== null && inWord[symbol] !== within) path.push(edge)
    within = inWord[symbol]!
    path.push(symbol)
  }
  if (closesWord) path.push(edge)
  return path.slice(0, maxSymbols)
}

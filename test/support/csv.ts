import { createWriteStream } from 'node:fs'
import { once } from 'node:events'

/** Writes a CSV of `rows` rows that looks like a shop's orders: gaps, outliers, quotes and umlauts, always the same. */
export async function writeOrders(path: string, rows: number): Promise<void> {
  const file = createWriteStream(path)
  file.write('order,date,customer,country,amount,discount,note\n')
  const names = ['Ada Lovelace', 'Jürgen Groß', '"Smith, Anna"', 'Øyvind Lie', 'Chloë']
  const countries = ['DE', 'FR', 'NO', 'GB', 'PL', '']
  let state = 42
  // A linear congruential generator (Numerical Recipes): the same file on every machine.
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    // Its low bits repeat early; the high ones do not.
    return Math.floor((state / 2 ** 32) * below)
  }
  for (let row = 1; row <= rows; row++) {
    const day = new Date(Date.UTC(2025, 0, 1 + next(365))).toISOString().slice(0, 10)
    const amount = next(1000) === 0 ? '98765.43' : `${next(300)}.${String(next(100)).padStart(2, '0')}`
    const line = [
      row,
      day,
      names[next(names.length)],
      countries[next(countries.length)],
      amount,
      next(4) === 0 ? '' : next(30),
      next(10) === 0 ? '"called ""twice"""' : '',
    ].join(',')
    if (!file.write(`${line}\n`)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'finish')
}

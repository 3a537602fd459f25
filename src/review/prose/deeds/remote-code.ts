import { hostOf, isStrange } from '../../hosts.ts'
import { isNegated } from '../stance.ts'
import type { Frame } from '../frame.ts'
import { isOrdered, meantBefore, near, type Deed, type DeedFinder } from './deed.ts'

/** The options by which package managers are pointed at a place of somebody's own. */
const source =
  /(?:\bgit\+|--git[ =]|--(?:extra-)?index-url[ =]|--registry[ =]|--source[ =]|\btap \S{1,80} |\badd-apt-repository |\bsubmodule add |\bmarketplace add )["'`]?(https?:\/\/[^\s"'`)]{3,300})/
const interpreter =
  /\b(?:python3?|node|ruby|perl|bash|zsh|sh|powershell|terminal|shell|interpreter|console|eval\w*|konsole|consola)\b|терминал|终端|命令行|ターミナル|터미널/u
const program = /\.(?:exe|msi|scr|dmg|pkg|bat|cmd|ps1|vbs|hta|jar|apk|appimage|command|run)\b/

/** Code from a place that nothing is known of is to be run, installed or built into something. */
export const findRemoteCode: DeedFinder = (frame, _purpose, next) => {
  const { passage, destinations } = frame
  const address = destinations.find(({ kind }) => kind === 'address')
  if (address === undefined) return null
  const packaged = source.exec(passage.plain)
  if (packaged !== null && isStrange(hostOf(packaged[1] ?? '')))
    return isNegated(passage.plain, packaged.index) ? null : deed(packaged.index, 3)
  const place = [{ word: address.text, start: address.start, end: address.start + address.text.length }]
  const later = next.slice(0, 1).filter((one) => meantBefore(one, [frame], 'fetch').length > 0)
  const runs = [frame, ...later].find((one) => isProgramRun(one))
  const fetched = near(frame, [...frame.spans('fetch'), ...frame.spans('run')], place)
  return runs === undefined || fetched === null || !isOrdered(frame, fetched) ? null : deed(fetched.start, 2)
}

function isProgramRun(frame: Frame): boolean {
  const { plain } = frame.passage
  if (!interpreter.test(plain) && !program.test(plain)) return false
  return frame.spans('run').some((verb) => isOrdered(frame, verb))
}

function deed(start: number, weight: number): Deed {
  const message = 'This has code from a place that nothing is known of run or installed.'
  return { rule: 'prose/fetch-and-run', start, weight, fit: 'open', message }
}

import { parseArgs } from 'node:util'
import { resolve } from 'node:path'
import process from 'node:process'

import { Stop } from '../say.mjs'

const known = /** @type {Record<string, string[]>} */ ({
  linux: ['dir', 'deb', 'AppImage', 'tar.gz'],
  darwin: ['dir', 'dmg', 'zip'],
  win32: ['dir', 'nsis'],
})

/**
 * `npm run dist -- --target deb,AppImage --policy policy.json --brand DIR --output DIR`.
 *
 * @param {string[]} args
 * @param {string} checkout
 */
export function parseDistOptions(args, checkout) {
  const fix =
    'npm run dist -- [--target NAME[,NAME]] [--policy FILE] [--brand DIR] [--output DIR] [--fast] [--update-feed URL --update-key FILE [--notes FILE] [--staging PERCENT] [--valid-days DAYS] [--sign-again]]'
  const here = known[process.platform] ?? ['dir']
  let values
  try {
    ;({ values } = parseArgs({
      args,
      options: {
        target: { type: 'string', default: here.slice(1).join(',') },
        policy: { type: 'string' },
        brand: { type: 'string' },
        output: { type: 'string', default: resolve(checkout, 'out/dist') },
        fast: { type: 'boolean', default: false },
        'update-feed': { type: 'string' },
        'update-key': { type: 'string' },
        notes: { type: 'string' },
        staging: { type: 'string', default: '100' },
        'valid-days': { type: 'string', default: '30' },
        'sign-again': { type: 'boolean', default: false },
      },
    }))
  } catch (error) {
    throw new Stop(error instanceof Error ? error.message : String(error), fix)
  }
  const targets = values.target.split(',').filter(Boolean)
  const unknown = targets.filter((name) => !here.includes(name))
  if (targets.length === 0 || unknown.length > 0)
    throw new Stop(
      `--target takes ${here.join(', ')} on this system; it was given ${unknown.join(', ') || 'nothing'}.`,
      fix,
    )
  const path = (/** @type {string | undefined} */ given) => (given === undefined ? undefined : resolve(given))
  const { 'update-feed': feed, 'update-key': key } = values
  const staging = Number(values.staging)
  const validDays = Number(values['valid-days'])
  if ((feed === undefined) !== (key === undefined))
    throw new Stop('--update-feed and --update-key go together.', fix)
  if (!(staging >= 0 && staging <= 100)) throw new Stop('--staging takes a percentage.', fix)
  if (!(validDays >= 1 && validDays <= 366)) throw new Stop('--valid-days takes 1 to 366.', fix)
  if (values['sign-again'] && feed === undefined)
    throw new Stop('--sign-again takes --update-feed and --update-key.', fix)
  if (feed !== undefined && !feed.startsWith('https://'))
    throw new Stop('--update-feed takes an https:// address.', fix)
  return {
    targets,
    updates:
      feed === undefined || key === undefined
        ? undefined
        : { feed, key: resolve(key), notes: path(values.notes), staging, validDays },
    policy: path(values.policy),
    brand: path(values.brand),
    output: resolve(values.output),
    fast: values.fast,
    /** Only the list of updates, for packages that are there. */
    signAgain: values['sign-again'],
  }
}

import type { Repository } from './repository.ts'

const warnDays = 30
const dayMs = 86_400_000

/** What an administrator must do soon, because only the offline keys can: a sentence each. */
export async function trustWarnings({ state, now }: Pick<Repository, 'state' | 'now'>): Promise<string[]> {
  const { root, role } = await state()
  const targets = await role('targets')
  return [root, targets].flatMap(({ _type, expires }) => {
    const days = Math.floor((Date.parse(expires) - now().getTime()) / dayMs)
    if (days >= warnDays) return []
    const when = days < 0 ? 'has run out' : `runs out in ${days} ${days === 1 ? 'day' : 'days'}`
    return [
      `The signed list "${_type}" ${when} (${expires}). Bring the offline keys and run: skillet registry renew`,
    ]
  })
}

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
    return [when(_type, days, expires), 'Bring the offline keys and run: skillet registry renew'].join(' ')
  })
}

function when(list: string, days: number, expires: string): string {
  if (days < 0) return `The signed list "${list}" has run out (${expires}).`
  if (days === 1) return `The signed list "${list}" runs out in 1 day (${expires}).`
  return `The signed list "${list}" runs out in ${days} days (${expires}).`
}

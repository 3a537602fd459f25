import { useSyncExternalStore } from 'react'

export const skillTabs = ['about', 'abilities', 'files', 'computer', 'maker'] as const
export type SkillTab = (typeof skillTabs)[number]

export type Route =
  | { page: 'discover' }
  | { page: 'library' }
  | { page: 'trash' }
  | { page: 'chains' }
  | { page: 'chain'; id: string }
  /** `skill`: only this one; null: all. */
  | { page: 'permissions'; skill: string | null }
  | { page: 'activity' }
  /** One line of the journal. */
  | { page: 'entry'; seq: number }
  | { page: 'keys' }
  | { page: 'agents' }
  /** The skills that agents have already. */
  | { page: 'check-skills' }
  | { page: 'settings' }
  /** Where administrators write a policy. */
  | { page: 'policy-editor' }
  | { page: 'skill'; slug: string; tab: SkillTab; insteadOf: string | null }
  | { page: 'run'; slug: string }
export type Page = Route['page']

/** A skill's name in an address; null where the address is not one that Skillet writes. */
function readSlug(part: string): string | null {
  return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(part) ? part : null
}

/** Any name that is part of an address; null where it was not written by Skillet. */
function readPart(part: string): string | null {
  try {
    return decodeURIComponent(part) || null
  } catch {
    return null
  }
}

/** The part of the address after `#` → what to show. Anything unknown shows Discover. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?')
  const [first = '', second = ''] = path.split('/').filter((part) => part !== '')
  const search = new URLSearchParams(query)
  const slug = readSlug(second)
  switch (first) {
    case 'library':
    case 'trash':
    case 'chains':
    case 'keys':
    case 'agents':
    case 'check-skills':
    case 'settings':
    case 'policy-editor':
      return { page: first }
    case 'activity':
      return /^[1-9]\d{0,14}$/.test(second) ? { page: 'entry', seq: Number(second) } : { page: 'activity' }
    case 'permissions':
      return { page: 'permissions', skill: slug }
    case 'chain': {
      const id = readPart(second)
      return id === null ? { page: 'chains' } : { page: 'chain', id }
    }
    case 'skill': {
      const tab = skillTabs.find((name) => name === search.get('tab')) ?? 'about'
      return slug === null
        ? { page: 'discover' }
        : { page: 'skill', slug, tab, insteadOf: search.get('insteadOf') }
    }
    case 'run':
      return slug === null ? { page: 'discover' } : { page: 'run', slug }
    default:
      return { page: 'discover' }
  }
}

export const hrefs = {
  discover: '#/',
  library: '#/library',
  trash: '#/trash',
  chains: '#/chains',
  chain: (id: string): string => `#/chain/${encodeURIComponent(id)}`,
  permissions: (slug?: string): string => `#/permissions${slug === undefined ? '' : `/${slug}`}`,
  activity: '#/activity',
  entry: (seq: number): string => `#/activity/${seq}`,
  keys: '#/keys',
  agents: '#/agents',
  checkSkills: '#/check-skills',
  settings: '#/settings',
  policyEditor: '#/policy-editor',
  run: (slug: string): string => `#/run/${encodeURIComponent(slug)}`,
  skill: (slug: string, options: { tab?: SkillTab; insteadOf?: string } = {}): string => {
    const search = new URLSearchParams()
    if (options.tab !== undefined) search.set('tab', options.tab)
    if (options.insteadOf !== undefined) search.set('insteadOf', options.insteadOf)
    const query = search.toString()
    return `#/skill/${encodeURIComponent(slug)}${query === '' ? '' : `?${query}`}`
  },
}

export function navigate(href: string): void {
  window.location.hash = href
}

/** Back to the page before; to `fallback` when this is the first page of the window. */
export function goBack(fallback: string = hrefs.discover): void {
  if (window.history.length > 1) window.history.back()
  else navigate(fallback)
}

function subscribe(onChange: () => void): () => void {
  let shown = window.location.hash
  const changed = () => {
    if (window.location.hash === shown) return
    shown = window.location.hash
    // What had focus belongs to the page that is left; the new page's heading takes it up.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    onChange()
  }
  window.addEventListener('hashchange', changed)
  return () => window.removeEventListener('hashchange', changed)
}

export function useHash(): string {
  return useSyncExternalStore(subscribe, () => window.location.hash)
}

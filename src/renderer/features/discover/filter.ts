import type { Category } from '../../ui/names.ts'

/** What the person is looking for; kept while they look at a skill and come back. */
export interface Filter {
  text: string
  category: Category | null
  fitsOnly: boolean
}

/** Nothing chosen: the whole catalog. */
export const startingFilter: Filter = { text: '', category: null, fitsOnly: false }

import { slugSchema, versionSchema } from '../../shared/identifiers.ts'
import { SkilletError } from '../../shared/errors.ts'

/** The skill that a link asks to preview; without `version`, the newest. */
export interface LinkedSkill {
  slug: string
  version?: string
}

/** Whether a word of a command line is a link for Skillet, a good one or not. */
export const isLink = (word: string): boolean => /^skillet:/i.test(word)

/**
 * `skillet://v1/install?id=SLUG&version=VERSION`, and nothing else: any page can offer a link, so it names a skill of the
 * registry that this person uses already, and never where to get it from, whom to trust or what to allow.
 *
 * @throws SkilletError INPUT_INVALID
 */
export function parseInstallLink(link: string): LinkedSkill {
  const refuse = (message: string) =>
    new SkilletError('INPUT_INVALID', message, {
      remedy: 'Nothing was opened. Search for the skill in Discover instead.',
    })
  const query = /^skillet:\/\/v1\/install\/?\?([A-Za-z0-9=&.-]{1,160})$/i.exec(link)?.[1]
  if (query === undefined) throw refuse('This link is none that Skillet knows.')
  const given = query.split('&').map((pair) => pair.split('='))
  const names = given.map(([name = '']) => name)
  const known = given.every(([name = '', , ...more]) => ['id', 'version'].includes(name) && more.length === 0)
  if (!known || new Set(names).size !== names.length)
    throw refuse('This link says more than the name and the version of a skill.')
  const values = new Map(given.map(([name, value]) => [name, value]))
  const slug = slugSchema.safeParse(values.get('id'))
  const version = versionSchema.optional().safeParse(values.get('version'))
  if (!slug.success || !version.success) throw refuse('This link names no skill.')
  return { slug: slug.data, ...(version.data === undefined ? {} : { version: version.data }) }
}

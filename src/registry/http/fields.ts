import { z } from 'zod'

/** The number of what a call is about, where its path says `:id`. */
export const idParam = z.object({ id: z.uuid() })
/** An instant, RFC 3339 in UTC. */
export const time = z.iso.datetime()
/** Why somebody does something, for others to read. */
export const words = z.string().trim().min(1, 'say why').max(2000)

/**
 * A time for something that happens after `earlier`, RFC 3339: now, or `earlier` itself where this computer's clock was
 * set back. Otherwise what happened a moment ago would seem years old once the clock is right again, and would be
 * deleted as such.
 */
export function latest(now: Date, earlier: string): string {
  const before = Date.parse(earlier)
  return new Date(Number.isNaN(before) ? now.getTime() : Math.max(now.getTime(), before)).toISOString()
}

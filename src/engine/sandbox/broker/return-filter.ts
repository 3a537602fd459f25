import { Transform } from 'node:stream'
import type { Needles } from '../../secrets/needles.ts'
import { redactorFor } from '../../secrets/redactor.ts'

/** Puts placeholders where keys are, in what comes back from a site. `needles` look at bytes. */
export function createReturnFilter(needles: Needles, placeholder: (name: string) => string) {
  const over = () => redactorFor(needles, () => {}, placeholder)
  return {
    /** A header's value. */
    text: (value: string): string => {
      const filter = over()
      return filter.push(value) + filter.flush()
    },
    /** A body, however it is cut. */
    stream: (): Transform => {
      const filter = over()
      return new Transform({
        transform: (data: Buffer, _encoding, done) =>
          done(null, Buffer.from(filter.push(data.toString('latin1')), 'latin1')),
        flush: (done) => done(null, Buffer.from(filter.flush(), 'latin1')),
      })
    },
  }
}

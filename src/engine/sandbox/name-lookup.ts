import type { Dialer } from './egress.ts'

/**
 * How many names are looked up for skills at a time. Each holds one of the four threads that this process also reads files
 * and looks up its own names with, until the name server answers or the system gives up on it (getaddrinfo(3)): nothing
 * can end it earlier, so the other two threads are never a skill's.
 */
const AT_ONCE = 2
let running = 0
const waiting: (() => void)[] = []

/**
 * The dialer of one run: whatever the skill asks for, its names are looked up one after the other, so that no run takes
 * both places; requests for the same name share the answer, and what was found is kept until the run ends.
 * @param isOver whether the run has ended: what still waits is not looked up then
 */
export function lookUpSparingly(dialer: Dialer, isOver: () => boolean): Dialer {
  const lookups = new Map<string, Promise<string[]>>()
  let last: Promise<unknown> = Promise.resolve()
  const lookUp = (host: string) => {
    const found = last.then(() => oneOfFew(async () => (isOver() ? [] : dialer.resolve(host))))
    // What could not be found may be there when it is asked for again.
    last = found.catch(() => lookups.delete(host))
    lookups.set(host, found)
    return found
  }
  return {
    ...dialer,
    resolve: async (host) => lookups.get(host.toLowerCase()) ?? lookUp(host.toLowerCase()),
  }
}

async function oneOfFew<T>(work: () => Promise<T>): Promise<T> {
  // Whoever is done hands its place over.
  if (running === AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve))
  else running++
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}

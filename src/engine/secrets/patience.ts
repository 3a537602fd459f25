/** Thrown when a call takes too long, or is refused because an earlier one still hasn't come back. */
export class OutOfPatience extends Error {
  override readonly name = 'OutOfPatience'
}

/**
 * Runs calls one after another and gives each `timeoutMs`. A call that hangs (a locked keychain that waits for its
 * password) can't be taken back and keeps one of Node's few worker threads, so until it returns, no other is started:
 * a second and third would block every file operation of the whole program.
 */
export function createPatience(timeoutMs: number): <T>(call: () => Promise<T>) => Promise<T> {
  let running: Promise<unknown> | null = null
  let stuck = false

  return async (call) => {
    while (running !== null && !stuck) await running
    if (stuck) throw new OutOfPatience('an earlier call has not come back')
    let timer: NodeJS.Timeout | undefined
    const work = call()
    const settled = work.then(
      () => undefined,
      () => undefined,
    )
    running = settled.finally(() => {
      running = null
      stuck = false
    })
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        stuck = true
        reject(new OutOfPatience(`no answer within ${timeoutMs} ms`))
      }, timeoutMs)
    })
    try {
      return await Promise.race([work, late])
    } finally {
      clearTimeout(timer)
    }
  }
}

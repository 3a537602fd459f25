import type { Engine } from '../engine/api.ts'
import { toSkilletError } from '../shared/errors.ts'
import type { Send } from './ipc/send.ts'
import type { Log } from './log.ts'

/** Installs what administrators ask for and isn't here yet, while the window says so. */
export async function keepPreinstalled(
  engine: Pick<Engine, 'preinstall'>,
  send: Send,
  log: Log,
): Promise<void> {
  try {
    await engine.preinstall({
      onNews(news) {
        send('managed.preinstall', news)
        if (news.problem !== null) log(`${news.slug} was not installed: ${news.problem.message}`)
      },
    })
  } catch (error) {
    // A policy that can't be read: every install and run says so.
    log(toSkilletError(error).message)
  }
}

import { fork } from 'node:child_process'
import { once } from 'node:events'
import registryProcess from 'thread:./run-registry-process.ts'

/** A registry in another process that offers skills by slug, each with the command that it runs. */
export async function startRunRegistry(commands: Record<string, string[]>) {
  const child = fork(registryProcess, [JSON.stringify(commands)])
  const [{ url, trustRoot }] = (await once(child, 'message')) as [{ url: string; trustRoot: string }]
  return {
    url,
    trustRoot,
    async stop() {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}

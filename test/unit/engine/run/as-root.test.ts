import { afterEach, describe, expect, it, vi } from 'vitest'
import { createRunner, type RunnerPorts } from '../../../../src/engine/run/run.ts'
import { codeOf } from '../../trust/code.ts'

afterEach(() => void vi.restoreAllMocks())

describe.skipIf(process.platform === 'win32')('a run as root', () => {
  it('is refused before anything is looked at', async () => {
    const touched = vi.fn(() => {
      throw new Error('touched')
    })
    const ports = new Proxy({} as RunnerPorts, { get: touched })
    const run = createRunner(ports)
    const start = (uid: number) => {
      vi.spyOn(process as { getuid: () => number }, 'getuid').mockReturnValue(uid)
      return run(touched, touched, [], {})
    }
    expect(await codeOf(start(0))).toBe('RUNNING_AS_ROOT')
    expect(touched).not.toHaveBeenCalled()
    await expect(start(1000)).rejects.toThrow('touched')
  })
})

import { describe, expect, it } from 'vitest'
import type { Engine } from '../../../src/engine/api.ts'
import { createEngineSource } from '../../../src/main/engine-source.ts'

describe('createEngineSource', () => {
  it('opens once for everybody', async () => {
    let opened = 0
    const source = createEngineSource(() => Promise.resolve({ home: String(++opened) } as Engine))
    expect(await Promise.all([source.get(), source.get()])).toEqual([{ home: '1' }, { home: '1' }])
  })

  it('hands the failure to every caller and tries again at the next call', async () => {
    let attempts = 0
    const source = createEngineSource(() =>
      ++attempts === 1 ? Promise.reject(new Error('no')) : Promise.resolve({ home: 'h' } as Engine),
    )
    const first = [source.get(), source.get()]
    for (const call of first) await expect(call).rejects.toThrow('no')
    expect(await source.get()).toEqual({ home: 'h' })
  })

  it('closes what was opened, and opens nothing in order to close it', async () => {
    const closed: string[] = []
    let opened = 0
    const close = () => {
      closed.push('closed')
      return Promise.resolve()
    }
    const source = createEngineSource(() => {
      opened++
      return Promise.resolve({ close } as unknown as Engine)
    })
    await source.close()
    expect(opened).toBe(0)
    await source.get()
    await source.close()
    expect(closed).toEqual(['closed'])

    const broken = createEngineSource(() => Promise.reject(new Error('no')))
    await expect(broken.get()).rejects.toThrow('no')
    await broken.close()
  })
})

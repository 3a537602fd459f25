import { expect, it } from 'vitest'
import type { Engine } from '../../../../src/engine/api.ts'
import { createInstalls } from '../../../../src/main/ipc/handlers/install.ts'

function installsOver() {
  const plans: string[] = []
  const discarded: string[] = []
  const engine = {
    planInstall: ({ file }: { file: string }) => {
      plans.push(file)
      return Promise.resolve({ planId: `plan-${plans.length}` })
    },
    discardPlan: (planId: string) => void discarded.push(planId),
  } as unknown as Engine
  const { handlers } = createInstalls({
    engine: { get: () => Promise.resolve(engine), close: () => Promise.resolve() },
    send: () => {},
    mayOpen: (path) => path === '/home/me/a.skillet',
  })
  const open = (path: string) => handlers['install.planFile']({ path })
  return { open, plans, discarded }
}

it('has no file read that the person never opened, dropped or chose', async () => {
  const { open, plans } = installsOver()
  await open('/home/me/a.skillet')
  await expect(open('/home/other/b.skillet')).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  expect(plans).toEqual(['/home/me/a.skillet'])
})

it('keeps eight open files at most', async () => {
  const { open, plans, discarded } = installsOver()
  for (let index = 0; index < 10; index += 1) await open('/home/me/a.skillet')
  expect(discarded).toEqual(['plan-1', 'plan-2'])
  const asked = await Promise.allSettled(Array.from({ length: 9 }, () => open('/home/me/a.skillet')))
  expect(asked.at(-1)).toMatchObject({ status: 'rejected', reason: { code: 'BUSY' } })
  expect(plans).toHaveLength(18)
})

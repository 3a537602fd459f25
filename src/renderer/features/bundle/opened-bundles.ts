import { useCallback, useEffect, useRef } from 'react'
import { ask, useBridge } from '../../bridge.ts'
import { failureNotice } from '../../act.ts'
import { isDialogOpen, useIsDialogOpen } from '../../ui/dialog.tsx'
import { useNotice } from '../../ui/toast.tsx'
import type { InstallTarget } from '../install/install-flow.ts'
import { useInstall } from '../install/install-provider.tsx'

/**
 * Shows the install dialog for `.skillet` files and links that were opened with Skillet, one after the other. They wait in main
 * while a dialog is open; one that main had handed over just before waits here.
 */
export function OpenedBundles(): null {
  const bridge = useBridge()
  const install = useInstall()
  const busy = useIsDialogOpen()
  const notify = useNotice()
  const taking = useRef<{ next: InstallTarget | null; underWay: boolean; again: boolean }>({
    next: null,
    underWay: false,
    again: false,
  })
  const take = useCallback(async () => {
    const now = taking.current
    now.again = true
    if (now.underWay) return
    now.underWay = true
    while (now.again && !isDialogOpen()) {
      now.again = false
      try {
        now.next ??= targetOf(await ask(bridge, 'bundle.pending', null))
      } catch (error) {
        notify(failureNotice(error))
      }
      if (now.next === null || isDialogOpen() || !install(now.next)) continue
      now.next = null
      // The others are asked for when this one is done.
      break
    }
    now.underWay = false
  }, [bridge, install, notify])
  useEffect(() => bridge.on('bundle.opened', () => void take()), [bridge, take])
  useEffect(() => {
    if (!busy) void take()
  }, [busy, take])
  return null
}

type Opened = string | { slug: string; version?: string | undefined } | null

function targetOf(opened: Opened): InstallTarget | null {
  if (opened === null) return null
  if (typeof opened === 'string') return { path: opened }
  const { slug, version } = opened
  return { slug, title: slug, ...(version === undefined ? {} : { version }) }
}

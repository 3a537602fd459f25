import { useEffect, useState } from 'react'
import { ask, useBridge } from '../../bridge.ts'
import { failureNotice } from '../../act.ts'
import { isDialogOpen, useIsDialogOpen } from '../../ui/dialog.tsx'
import { useNotice } from '../../ui/toast.tsx'
import { useInstall } from '../install/install-provider.tsx'

/**
 * Shows the install dialog for `.skillet` files that were opened with Skillet, one after the other. They wait in main
 * while a dialog is open; one that was taken just before waits here.
 */
export function OpenedBundles(): null {
  const bridge = useBridge()
  const install = useInstall()
  const busy = useIsDialogOpen()
  const notify = useNotice()
  const [told, setTold] = useState(0)
  const [asked, setAsked] = useState(-1)
  const [asking, setAsking] = useState(false)
  const [next, setNext] = useState<string | null>(null)
  useEffect(() => bridge.on('bundle.opened', () => setTold((now) => now + 1)), [bridge])
  useEffect(() => {
    // Asked anew: the one that was opened here just now is not in `busy` yet.
    if (busy || isDialogOpen() || asking) return
    if (next !== null) {
      // What is left in main is asked for once this one is done.
      if (install({ path: next })) {
        setNext(null)
        setAsked(-1)
      }
      return
    }
    if (asked === told) return
    setAsked(told)
    setAsking(true)
    void ask(bridge, 'bundle.pending', null)
      .then(setNext, (error: unknown) => notify(failureNotice(error)))
      .finally(() => setAsking(false))
  }, [bridge, install, notify, busy, asking, asked, told, next])
  return null
}

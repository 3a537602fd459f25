import { useEffect, useState } from 'react'
import { ask, useBridge } from '../../bridge.ts'
import { failureNotice } from '../../act.ts'
import { useNotice } from '../../ui/toast.tsx'
import { useInstall, useIsInstalling } from '../install/install-provider.tsx'

/** Shows the install dialog for `.skillet` files that were opened with Skillet, one after the other. */
export function OpenedBundles(): null {
  const bridge = useBridge()
  const install = useInstall()
  const busy = useIsInstalling()
  const notify = useNotice()
  const [turn, setTurn] = useState(0)
  useEffect(() => bridge.on('bundle.opened', () => setTurn((now) => now + 1)), [bridge])
  useEffect(() => {
    // The next one comes when this one is done.
    if (busy) return
    ask(bridge, 'bundle.pending', null).then(
      (path) => {
        if (path !== null) install({ path })
      },
      (error: unknown) => notify(failureNotice(error)),
    )
  }, [bridge, install, notify, busy, turn])
  return null
}

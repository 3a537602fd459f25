import { useState, type ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import { failureNotice } from '../../act.ts'
import { ask, useBridge } from '../../bridge.ts'
import { Button } from '../../ui/button.tsx'
import { isDialogOpen } from '../../ui/dialog.tsx'
import { useNotice } from '../../ui/toast.tsx'
import { useInstall } from '../install/install-provider.tsx'

/** Chooses a `.skillet` file, for whoever can't or won't drop one. */
export function InstallFile(): ReactNode {
  const bridge = useBridge()
  const install = useInstall()
  const notify = useNotice()
  const [choosing, setChoosing] = useState(false)
  const choose = async () => {
    setChoosing(true)
    try {
      const title = t('Choose a .skillet file')
      const path = await ask(bridge, 'dialog.choose', { kind: 'file', title, extensions: ['skillet'] })
      if (path !== null && (isDialogOpen() || !install({ path })))
        notify({ text: t('Finish or close what is open first, then choose the file again.') })
    } catch (error) {
      notify(failureNotice(error))
    }
    setChoosing(false)
  }
  return (
    <Button isPending={choosing} onPress={() => void choose()}>
      {t('Install from a file…')}
    </Button>
  )
}

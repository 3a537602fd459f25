import { PackageOpen } from 'lucide-react'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import { useBridge } from '../../bridge.ts'
import { isDialogOpen } from '../../ui/dialog.tsx'
import { useNotice } from '../../ui/toast.tsx'
import { useInstall } from '../install/install-provider.tsx'
import { useAddChain } from '../chains/add-chain.ts'
import { readDrop } from './drop-words.ts'

const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true

/** Takes a `.skillet` file, or a chain, that is dropped anywhere onto the window, and says so while it is dragged over it. */
export function DropZone(): ReactNode {
  const bridge = useBridge()
  const install = useInstall()
  const notify = useNotice()
  const [over, setOver] = useState(false)
  const add = useAddChain()
  const addChain = useRef(add)
  useEffect(() => {
    addChain.current = add
  })
  useEffect(() => {
    const take = (dropped: FileList) => {
      const files = [...dropped].map((file) => ({ name: file.name, path: bridge.pathOf(file) }))
      const drop = readDrop(files)
      if (isDialogOpen()) notify({ text: t('Finish or close what is open first, then drop the file again.') })
      else if (drop.kind === 'problem') notify({ text: drop.text })
      else if (drop.kind === 'bundle') install({ path: drop.path })
      else void addChain.current(drop.path)
    }
    const drag = (event: DragEvent) => {
      if (!holdsFiles(event)) return
      // Without this the page would refuse the drop.
      event.preventDefault()
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'copy'
      setOver(true)
    }
    const leave = (event: DragEvent) => {
      // From one element to the next inside the window, not out of it.
      if (event.relatedTarget === null) setOver(false)
    }
    const drop = (event: DragEvent) => {
      setOver(false)
      if (!holdsFiles(event) || event.dataTransfer === null) return
      event.preventDefault()
      take(event.dataTransfer.files)
    }
    window.addEventListener('dragenter', drag)
    window.addEventListener('dragover', drag)
    window.addEventListener('dragleave', leave)
    window.addEventListener('drop', drop)
    return () => {
      window.removeEventListener('dragenter', drag)
      window.removeEventListener('dragover', drag)
      window.removeEventListener('dragleave', leave)
      window.removeEventListener('drop', drop)
    }
  }, [bridge, install, notify])
  if (!over) return null
  return (
    <div role="status" className="pointer-events-none fixed inset-0 z-40 grid place-items-center bg-veil p-6">
      <p className="flex flex-col items-center gap-3 rounded-xl border-2 border-dashed border-brand bg-raised px-12 py-10 text-xl font-bold shadow-lifted">
        <PackageOpen aria-hidden size={32} strokeWidth={1.75} className="text-brand" />
        {t('Drop to check and add')}
        <span className="text-base font-normal text-ink-2">
          {t('Nothing is installed or run before you have said what it may do.')}
        </span>
      </p>
    </div>
  )
}

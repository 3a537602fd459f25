import { FileUp } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { DropZone, FileTrigger, Text, isFileDropItem } from 'react-aria-components'
import { Button } from '../../../renderer/ui/button.tsx'
import { useChange } from '../../query.ts'
import { navigate, toHref } from '../../route.ts'
import { ErrorNote } from '../../ui/error-note.tsx'
import { ApiFailed } from '../../api.ts'
import { t } from '../../../shared/i18n/t.ts'

/** Takes a packed skill, dropped or chosen, and sends it in. */
export function DropTarball(): ReactNode {
  const submit = useChange<File, { id: string }>((api, file) => api.call('POST', '/api/submissions', file))
  const [refused, setRefused] = useState<ApiFailed | null>(null)
  const send = async (files: readonly File[]) => {
    setRefused(null)
    const [file] = files
    if (file === undefined) return
    if (files.length > 1 || !/\.(tgz|tar\.gz)$/i.test(file.name)) {
      setRefused(
        new ApiFailed({
          code: 'INPUT_INVALID',
          message:
            files.length > 1
              ? t('One skill at a time.')
              : t('{{file}} is not a packed skill.', { file: file.name }),
          remedy: t('Pack the skill’s folder with “skillet pack”, then drop the .tgz file here.'),
        }),
      )
      return
    }
    const { id } = await submit.mutateAsync(file).catch(() => ({ id: null }))
    if (id !== null) navigate(toHref('submissions', id))
  }
  const error = refused ?? submit.error
  return (
    <div className="flex flex-col gap-3">
      <DropZone
        getDropOperation={() => 'copy'}
        onDrop={(event) => {
          void Promise.all(event.items.filter(isFileDropItem).map((item) => item.getFile())).then(send)
        }}
        className="flex flex-wrap items-center gap-4 rounded-lg border border-dashed border-edge bg-panel px-5 py-4 data-drop-target:border-brand data-drop-target:bg-brand-soft"
      >
        <FileUp aria-hidden size={22} strokeWidth={1.75} className="text-ink-2" />
        <div className="min-w-0 flex-1">
          <Text slot="label" className="block font-medium">
            {t('Submit a skill')}
          </Text>
          <span className="text-ink-2">
            {t('Drop its .tgz here. It is checked at once; what the checks pass, a person reviews.')}
          </span>
        </div>
        <FileTrigger
          acceptedFileTypes={['.tgz', '.tar.gz', 'application/gzip']}
          onSelect={(list) => void send([...(list ?? [])])}
        >
          <Button isPending={submit.isPending}>{t('Choose a file')}</Button>
        </FileTrigger>
      </DropZone>
      {error === null ? null : <ErrorNote error={error} />}
    </div>
  )
}

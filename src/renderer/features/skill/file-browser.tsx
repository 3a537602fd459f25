import { FileCode2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { ListBox, ListBoxItem } from 'react-aria-components'
import { t } from '../../../shared/i18n/t.ts'
import type { SkillDetail } from '../../../shared/contract/skills.ts'
import { useCall } from '../../query.ts'
import { ErrorNote } from '../../ui/error-note.tsx'
import { formatBytes } from '../../ui/format.ts'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { SourceView } from './source-view.tsx'

type File = SkillDetail['files'][number]

/** Every file of the release, readable before anything is installed. */
export function FileBrowser({
  slug,
  version,
  files,
}: {
  slug: string
  version: string
  files: readonly File[]
}): ReactNode {
  const first = files.find((file) => file.path === 'SKILL.md') ?? files[0]
  const [chosen, setChosen] = useState(first?.path ?? '')
  const file = files.find((candidate) => candidate.path === chosen)
  const total = files.reduce((sum, each) => sum + each.size, 0)
  return (
    <div>
      <p className="mb-3 text-ink-2">
        {t('{{count}} files, {{bytes}}. This is all there is: nothing else is added when you install it.', {
          count: files.length,
          bytes: formatBytes(total),
        })}
      </p>
      <div className="flex h-[max(320px,calc(100vh-330px))] overflow-hidden rounded-lg border border-line bg-raised">
        <ListBox
          aria-label={t('Files of this skill')}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[chosen]}
          onSelectionChange={(keys) => {
            const [key] = keys
            if (key !== undefined) setChosen(String(key))
          }}
          className="w-56 shrink-0 overflow-y-auto border-e border-line bg-panel p-2 outline-none wide:w-64"
        >
          {files.map((each) => (
            <ListBoxItem
              key={each.path}
              id={each.path}
              textValue={each.path}
              className="flex min-h-8 cursor-default items-baseline justify-between gap-3 rounded-sm px-2.5 py-1.5 outline-offset-[-2px] data-hovered:bg-sunk data-selected:bg-brand-soft data-selected:font-medium"
            >
              <span className="min-w-0 break-all">{each.path}</span>
              <span className="shrink-0 text-sm font-normal text-ink-3 tabular-nums">
                {formatBytes(each.size)}
              </span>
            </ListBoxItem>
          ))}
        </ListBox>
        <div className="flex min-w-0 flex-1 flex-col">
          {file === undefined ? null : <FileText slug={slug} version={version} file={file} />}
        </div>
      </div>
    </div>
  )
}

function FileText({ slug, version, file }: { slug: string; version: string; file: File }): ReactNode {
  const content = useCall(
    'catalog.readFile',
    { slug, version, path: file.path },
    // A published version never changes.
    { staleTimeMs: Infinity },
  )
  return (
    <>
      <div className="flex items-baseline justify-between gap-4 border-b border-line px-4 py-2.5">
        <h3 className="min-w-0 font-mono text-[13px] font-medium break-all">{file.path}</h3>
        <span className="shrink-0 text-sm text-ink-3">
          {file.executable ? t('A program · ') : ''}
          {formatBytes(file.size)}
        </span>
      </div>
      {content.isError ? (
        <div className="p-4">
          <ErrorNote error={content.error} onRetry={() => void content.refetch()} />
        </div>
      ) : content.isPending ? (
        <div className="p-4">
          <SkeletonRows count={2} label={t('Loading the file')} />
        </div>
      ) : content.data.text === null ? (
        <div className="grid flex-1 place-items-center p-6 text-center text-ink-2">
          <div>
            <FileCode2 aria-hidden size={24} strokeWidth={1.75} className="mx-auto mb-2 text-ink-3" />
            {t('This file is not text ({{bytes}}), so it can’t be shown here.', {
              bytes: formatBytes(content.data.size),
            })}
          </div>
        </div>
      ) : content.data.text === '' ? (
        <p className="p-4 text-ink-2">{t('This file is empty.')}</p>
      ) : (
        <SourceView key={file.path} name={file.path} text={content.data.text} />
      )}
    </>
  )
}

import { useState, type ReactNode } from 'react'
import { ListBox, ListBoxItem } from 'react-aria-components'
import { Section } from '../../../renderer/ui/page.tsx'
import type { Finding } from '../../../shared/finding.ts'
import { useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'
import { FileView } from './file-view.tsx'
import { SeenText } from '../../ui/seen-text.tsx'
import { t } from '../../../shared/i18n/t.ts'

interface ComparedFiles {
  readonly previous: string | null
  readonly files: readonly {
    readonly path: string
    readonly change: 'added' | 'changed' | 'same' | 'removed'
    readonly size: number | null
    readonly previousSize: number | null
    readonly executable: boolean
  }[]
}

const changeWords = () => ({ added: t('new'), changed: t('changed'), same: '', removed: t('taken out') })

/** The files of a submission, each beside what it was in the version before. */
export function Files({ id, findings }: { id: string; findings: readonly Finding[] }): ReactNode {
  const query = useGet<ComparedFiles>(`/api/submissions/${encodeURIComponent(id)}/files`)
  const [chosen, setChosen] = useState<string | null>(null)
  return (
    <Section title={t('Files')}>
      <Answered query={query} label={t('Loading the files')}>
        {({ previous, files }) => {
          const path = chosen ?? files.find(({ path: name }) => name === 'SKILL.md')?.path ?? files[0]?.path
          return (
            <>
              <p className="mb-4 text-ink-2">
                {previous === null
                  ? t('The first version of this skill: there is nothing to compare it with.')
                  : t('Beside version {{version}}: what was is on the left, what is now on the right.', {
                      version: previous,
                    })}
              </p>
              <div className="grid grid-cols-[minmax(140px,200px)_1fr] items-start gap-5">
                <ListBox
                  aria-label={t('Files')}
                  selectionMode="single"
                  disallowEmptySelection
                  selectedKeys={path === undefined ? [] : [path]}
                  onSelectionChange={(keys) => {
                    const [key] = keys
                    if (typeof key === 'string') setChosen(key)
                  }}
                  className="flex max-h-150 flex-col gap-0.5 overflow-y-auto p-0.5"
                >
                  {files.map((file) => {
                    const count = findings.filter((finding) => finding.file === file.path).length
                    const notes = [
                      previous === null ? '' : changeWords()[file.change],
                      count === 0 ? '' : t('{{count}} findings', { count }),
                    ].filter((note) => note !== '')
                    return (
                      <ListBoxItem
                        key={file.path}
                        id={file.path}
                        textValue={file.path}
                        className="cursor-default rounded-sm px-2.5 py-1.5 data-hovered:bg-sunk data-selected:bg-brand-soft"
                      >
                        <span className="block break-all">
                          <SeenText text={file.path} />
                        </span>
                        {notes.length === 0 ? null : (
                          <span className="block text-sm text-ink-2">{notes.join(' · ')}</span>
                        )}
                      </ListBoxItem>
                    )
                  })}
                </ListBox>
                {path === undefined ? (
                  <p>{t('There are no files in it.')}</p>
                ) : (
                  <FileView id={id} path={path} findings={findings.filter(({ file }) => file === path)} />
                )}
              </div>
            </>
          )
        }}
      </Answered>
    </Section>
  )
}

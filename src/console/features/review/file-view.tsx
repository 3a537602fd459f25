import { useMemo, useState, type ReactNode } from 'react'
import { Button } from '../../../renderer/ui/button.tsx'
import { formatBytes } from '../../../renderer/ui/format.ts'
import type { Finding } from '../../../shared/finding.ts'
import { useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'
import { FindingWords } from '../submissions/findings.tsx'
import { compareLines, foldRows, type Fold, type Line, type Row } from './compare-lines.ts'
import { SeenText } from '../../ui/seen-text.tsx'
import { directionOf } from '../../../shared/i18n/languages.ts'
import { currentLanguage, t } from '../../../shared/i18n/t.ts'

interface Side {
  readonly size: number
  readonly sha256: string
  readonly executable: boolean
  /** Null for what isn't text. */
  readonly text: string | null
  readonly cut: boolean
}

interface FilePair {
  readonly path: string
  readonly previous: string | null
  readonly now: Side | null
  readonly before: Side | null
}

/** Rows that are drawn before somebody asks for more. */
const atOnce = 1500

/** One file beside what it was in the version before, with what was found at its lines. */
export function FileView({
  id,
  path,
  findings,
}: {
  id: string
  path: string
  findings: readonly Finding[]
}): ReactNode {
  const query = useGet<FilePair>(
    `/api/submissions/${encodeURIComponent(id)}/file?path=${encodeURIComponent(path)}`,
  )
  return (
    <Answered query={query} label={t('Loading the file')}>
      {(pair) => <Pair key={pair.path} pair={pair} findings={findings} />}
    </Answered>
  )
}

function Pair({ pair, findings }: { pair: FilePair; findings: readonly Finding[] }): ReactNode {
  const { before, now, previous } = pair
  const notes = [
    now === null ? t('Taken out in this version.') : `${formatBytes(now.size)}.`,
    now?.executable === true ? t('Can be started as a program.') : '',
    now !== null && before === null && previous !== null
      ? t('Not in {{version}}.', { version: previous })
      : '',
    now?.cut === true || before?.cut === true ? t('Only the first 256 KB are shown.') : '',
  ].filter((note) => note !== '')
  const binary = (now !== null && now.text === null) || (before !== null && before.text === null)
  return (
    <div className="min-w-0">
      <h3 className="font-semibold break-all">
        <SeenText text={pair.path} />
      </h3>
      <p className="mb-3 text-ink-2">{notes.join(' ')}</p>
      {findings
        .filter(({ line }) => line === null)
        .map((finding, index) => (
          <div key={index} className="mb-3 rounded-md border border-line bg-warn-soft p-3">
            <FindingWords finding={finding} />
          </div>
        ))}
      {binary ? (
        <p>
          {t('This is not a text.')}{' '}
          {before !== null && now !== null && before.sha256 === now.sha256
            ? t('It is the same as before.')
            : t('Its content can’t be shown here.')}
        </p>
      ) : (
        <Lines
          before={before?.text ?? null}
          now={now?.text ?? null}
          previous={previous}
          findings={findings}
        />
      )}
    </div>
  )
}

function Lines({
  before,
  now,
  previous,
  findings,
}: {
  before: string | null
  now: string | null
  previous: string | null
  findings: readonly Finding[]
}): ReactNode {
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set())
  const [limit, setLimit] = useState(atOnce)
  const rows = useMemo(() => compareLines(before, now), [before, now])
  const paired = before !== null && now !== null
  const folds = useMemo(
    () =>
      paired
        ? foldRows(rows, new Set(findings.flatMap(({ line }) => line ?? [])))
        : [{ folded: false, rows }],
    [paired, rows, findings],
  )
  if (rows.length === 0) return <p>{t('The file is empty.')}</p>
  const { parts, drawn } = shownParts(folds, opened, limit)
  return (
    <>
      <div
        role="region"
        aria-label={t('Content of the file')}
        tabIndex={0}
        // What was is on the left and what is now on the right, in every language, as the lines themselves are written.
        dir="ltr"
        className="overflow-x-auto rounded-md border border-line bg-panel"
      >
        <table className="w-full table-fixed border-collapse font-mono text-[12.5px] leading-5">
          <colgroup>
            <col className="w-12" />
            <col />
            {paired ? (
              <>
                <col className="w-12" />
                <col />
              </>
            ) : null}
          </colgroup>
          <thead className="sr-only">
            <tr>
              {paired ? (
                <>
                  <th scope="col">{t('Line before')}</th>
                  <th scope="col">{t('In {{version}}', { version: previous ?? '' })}</th>
                </>
              ) : null}
              <th scope="col">{t('Line')}</th>
              <th scope="col">
                {now === null ? t('In {{version}}', { version: previous ?? '' }) : t('Now')}
              </th>
            </tr>
          </thead>
          <tbody>
            {parts.map((part) =>
              part.folded ? (
                <tr key={`fold ${part.index}`} className="bg-sunk">
                  <td colSpan={4} dir={directionOf(currentLanguage())} className="px-2 py-0.5 font-sans">
                    <Button
                      look="quiet"
                      size="small"
                      onPress={() => setOpened(new Set([...opened, part.index]))}
                    >
                      {t('Show {{count}} lines that did not change', { count: part.rows.length })}
                    </Button>
                  </td>
                </tr>
              ) : (
                part.rows.map((row, place) => (
                  <RowView
                    key={`${part.index} ${place}`}
                    row={row}
                    paired={paired}
                    findings={row.now === null ? [] : findings.filter(({ line }) => line === row.now?.number)}
                  />
                ))
              ),
            )}
          </tbody>
        </table>
      </div>
      {drawn < limit ? null : (
        <Button className="mt-3" onPress={() => setLimit(limit + 5 * atOnce)}>
          {t('Show more lines')}
        </Button>
      )}
    </>
  )
}

/** What is drawn: folds that nobody opened as one line each, of everything else at most `limit` rows. */
function shownParts(
  folds: readonly Fold[],
  opened: ReadonlySet<number>,
  limit: number,
): { parts: (Fold & { index: number })[]; drawn: number } {
  let drawn = 0
  const parts = folds.map((fold, index) => {
    if (fold.folded && !opened.has(index)) return { ...fold, index }
    const rows = fold.rows.slice(0, Math.max(0, limit - drawn))
    drawn += rows.length
    return { folded: false, rows, index }
  })
  return { parts, drawn }
}

function RowView({
  row,
  paired,
  findings,
}: {
  row: Row
  paired: boolean
  findings: readonly Finding[]
}): ReactNode {
  return (
    <>
      <tr>
        {paired ? (
          <>
            <Cells line={row.before} ground={row.same || row.before === null ? '' : 'bg-bad-soft'} />
            <Cells line={row.now} ground={row.same || row.now === null ? '' : 'bg-ok-soft'} />
          </>
        ) : (
          <Cells line={row.now ?? row.before} ground="" />
        )}
      </tr>
      {findings.map((finding, index) => (
        <tr key={index}>
          <td
            colSpan={4}
            dir={directionOf(currentLanguage())}
            className="border-y border-line bg-warn-soft px-4 py-3 font-sans text-base"
          >
            <FindingWords finding={finding} />
          </td>
        </tr>
      ))}
    </>
  )
}

function Cells({ line, ground }: { line: Line | null; ground: string }): ReactNode {
  return (
    <>
      <td className={`w-12 px-2 text-end align-top text-ink-2 select-none ${ground}`}>
        {line?.number ?? ''}
      </td>
      <td className={`px-2 align-top break-all whitespace-pre-wrap select-text ${ground}`}>
        {line === null ? '' : <SeenText text={line.text} />}
      </td>
    </>
  )
}

import { Search, SearchX, X } from 'lucide-react'
import { useEffect, useRef, type ReactNode } from 'react'
import {
  Button as AriaButton,
  Input,
  SearchField,
  ToggleButton,
  ToggleButtonGroup,
} from 'react-aria-components'
import { t } from '../../../shared/i18n/t.ts'
import { useCall } from '../../query.ts'
import { useBridge } from '../../bridge.ts'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { categoryNames, categoryOrder, type Category } from '../../ui/names.ts'
import { Page } from '../../ui/page.tsx'
import { useProgramName } from '../managed/managed.ts'
import { FirstChoice } from '../telemetry/first-choice.tsx'
import { useTryAgain } from '../authority/try-again.ts'
import { useCatalogPages } from './catalog-pages.ts'
import { startingFilter, type Filter } from './filter.ts'
import { More } from './more.tsx'
import { useVisibleOffsets } from './visible-offsets.ts'
import { SkillCard, SkillCardSkeleton } from './skill-card.tsx'

const chip =
  'min-h-8 rounded-full border border-edge/60 bg-raised px-3.5 py-1 text-ink-2 transition-colors duration-150 ' +
  'data-hovered:bg-sunk data-selected:border-ink data-selected:bg-ink data-selected:text-ground'

/** Everything in the catalog. `searchTurn` rises whenever the search field should take the focus. */
export function DiscoverPage({
  filter,
  onFilter,
  searchTurn,
  onDrawn,
}: {
  filter: Filter
  onFilter: (filter: Filter) => void
  searchTurn: number
  onDrawn: () => void
}): ReactNode {
  const pages = useCatalogPages(filter)
  const list = useVisibleOffsets(`${pages.skills[0]?.slug} ${pages.skills.length}`, pages.onVisible)
  const { tryAgain, trying } = useTryAgain()
  const all = useCall('catalog.search', { limit: 1 })
  const settled = pages.total !== null || pages.error !== null
  useEffect(() => {
    if (settled) onDrawn()
  }, [settled, onDrawn])
  const isFiltered = filter.text !== '' || filter.category !== null || filter.fitsOnly
  return (
    <Page
      title={t('Discover')}
      subtitle={t('Reviewed, signed, and kept inside its limits on your computer.')}
    >
      <Welcome />
      <FirstChoice />
      <CatalogSearch
        text={filter.text}
        onText={(text) => onFilter({ ...filter, text: text.slice(0, 200) })}
        total={all.data?.total ?? null}
        searchTurn={searchTurn}
      />
      <Chips filter={filter} onFilter={onFilter} />
      <p
        role="status"
        className={isFiltered && (pages.total ?? 0) > 0 ? '-mt-2 mb-3 text-sm text-ink-3' : 'sr-only'}
      >
        {pages.total === null ? '' : t('{{count}} skills found', { count: pages.total })}
      </p>
      {pages.error !== null && !trying ? (
        <ErrorNote error={pages.error} onRetry={() => void tryAgain(pages.error, pages.retry)} />
      ) : pages.total === null ? (
        <div role="status" aria-label={t('Loading the catalog')} className={grid}>
          {Array.from({ length: 6 }, (_, index) => (
            <SkillCardSkeleton key={index} />
          ))}
        </div>
      ) : pages.skills.length === 0 ? (
        <NothingFound filter={filter} onReset={() => onFilter(startingFilter)} />
      ) : (
        <section aria-label={t('Skills')}>
          <h2 className="sr-only">{t('Skills')}</h2>
          <ul ref={list} className={grid}>
            {pages.skills.map((skill) => (
              <li key={skill.slug} data-offset={pages.offsetOf(skill.slug)} className="grid">
                <SkillCard skill={skill} />
              </li>
            ))}
          </ul>
          <More pages={pages} />
        </section>
      )}
    </Page>
  )
}

const grid = 'grid grid-cols-[repeat(auto-fill,minmax(min(100%,280px),1fr))] gap-3.5'

function CatalogSearch({
  text,
  onText,
  total,
  searchTurn,
}: {
  text: string
  onText: (text: string) => void
  total: number | null
  searchTurn: number
}): ReactNode {
  const input = useRef<HTMLInputElement>(null)
  const mac = useBridge().platform === 'darwin'
  useEffect(() => {
    if (searchTurn === 0) return
    input.current?.focus()
    input.current?.select()
  }, [searchTurn])
  return (
    <SearchField
      aria-label={t('Search skills')}
      value={text}
      onChange={onText}
      className="group relative mb-3"
    >
      <Search
        aria-hidden
        size={18}
        strokeWidth={1.75}
        className="pointer-events-none absolute top-3 start-3.5 text-ink-3"
      />
      <Input
        ref={input}
        placeholder={
          total === null
            ? t('Search skills, for example “table” or “dead links”')
            : t('Search {{count}} skills, for example “table” or “dead links”', { count: total })
        }
        className="w-full rounded-md border border-edge bg-raised py-2.5 pe-20 ps-10.5 [&::-webkit-search-cancel-button]:hidden"
      />
      {text === '' ? (
        <kbd
          aria-hidden
          className="absolute top-2.5 end-3 rounded-sm border border-line bg-sunk px-1.5 font-sans text-sm text-ink-3"
        >
          {mac ? '⌘K' : t('Ctrl K')}
        </kbd>
      ) : (
        <AriaButton className="absolute top-1 end-1 grid size-9 place-items-center rounded-sm text-ink-2 data-hovered:bg-sunk">
          <X size={18} strokeWidth={1.75} aria-hidden />
        </AriaButton>
      )}
    </SearchField>
  )
}

function Chips({ filter, onFilter }: { filter: Filter; onFilter: (filter: Filter) => void }): ReactNode {
  return (
    <div className="mb-5 flex flex-wrap items-center gap-2">
      <ToggleButton
        isSelected={filter.fitsOnly}
        onChange={(fitsOnly) => onFilter({ ...filter, fitsOnly })}
        className={chip}
      >
        {t('Fits this computer')}
      </ToggleButton>
      <span aria-hidden className="mx-1 h-5 border-s border-line" />
      <ToggleButtonGroup
        aria-label={t('Category')}
        selectionMode="single"
        selectedKeys={filter.category === null ? [] : [filter.category]}
        onSelectionChange={(keys) => {
          const [key] = keys
          onFilter({ ...filter, category: key === undefined ? null : (key as Category) })
        }}
        className="flex flex-wrap gap-2"
      >
        {categoryOrder.map((category) => (
          <ToggleButton key={category} id={category} className={chip}>
            {categoryNames()[category]}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
    </div>
  )
}

/** Three sentences for somebody who has installed nothing yet. */
function Welcome(): ReactNode {
  const library = useCall('library.list', null)
  const name = useProgramName()
  if (library.data === undefined || library.data.length > 0) return null
  return (
    <aside
      aria-label={t('Welcome')}
      className="mb-5 rounded-lg border border-line bg-panel px-4 py-3 text-ink-2"
    >
      <strong className="font-semibold text-ink">{t('Welcome.')}</strong>{' '}
      {t(
        'A skill teaches your computer one new thing. Before you install one, {{name}} shows what it may do and asks you about each. It can do nothing else.',
        { name },
      )}
    </aside>
  )
}

function NothingFound({ filter, onReset }: { filter: Filter; onReset: () => void }): ReactNode {
  return (
    <Empty
      icon={SearchX}
      title={
        filter.text === '' ? t('No skills here') : t('No skills found for “{{text}}”', { text: filter.text })
      }
      action={<Button onPress={onReset}>{t('Show all skills')}</Button>}
    >
      {filter.fitsOnly || filter.category !== null
        ? t('Some skills may be hidden by the choices above.')
        : t('Try another word, or look through all of them.')}
    </Empty>
  )
}

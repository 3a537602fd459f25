import { ListChecks } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Link } from 'react-aria-components'
import { say } from '../../../shared/i18n/say.ts'
import { t } from '../../../shared/i18n/t.ts'
import type { InstalledSkill } from '../../../shared/contract/library.ts'
import type { PlainError } from '../../../shared/errors.ts'
import { useCall } from '../../query.ts'
import { hrefs } from '../../route.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, LinkButton } from '../../ui/button.tsx'
import { CategoryIcon } from '../../ui/category-icon.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { formatDate } from '../../ui/format.ts'
import { Page } from '../../ui/page.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { grantWords } from './grant-words.ts'
import { PermissionRowView } from './permission-row.tsx'
import { otherAnswers, permissionRows, type PermissionRow, type StoredGrant } from './permission-rows.ts'
import { UnseenSwitches } from './unseen-switches.tsx'
import { useAnswer } from './use-answer.ts'

/** From so many skills on, looking through them takes longer than typing. */
const searchFrom = 6

/** What may do what: every skill with what the person allowed it, and the way to change that. `slug`: only this one. */
export function PermissionsPage({ slug }: { slug: string | null }): ReactNode {
  const library = useCall('library.list', null)
  const grants = useCall('grants.list', {})
  const asks = useCall('grants.all', null)
  const [text, setText] = useState('')
  const skills = library.data ?? []
  const answers = grants.data ?? []
  const others = otherAnswers(skills, answers)
  const only = skills.find((skill) => skill.slug === slug)
  const cards = (only === undefined ? skills : [only])
    .map((skill) => {
      const asked = asks.data?.find((each) => each.slug === skill.slug)
      return {
        skill,
        rows: permissionRows(skill, asked?.asks ?? [], answers),
        problem: asked?.problem ?? null,
      }
    })
    .filter(({ skill, rows }) => matches(text, [skill.title, ...rows.map(({ title }) => title)]))
    .toSorted((a, b) => a.skill.title.localeCompare(b.skill.title))
  const uninstalled = only === undefined && text === '' ? others.uninstalled : []
  return (
    <Page
      title={t('Permissions')}
      subtitle={t('What each skill may do. Take something back and the skill asks before its next run.')}
      actions={
        only === undefined ? null : (
          <LinkButton look="quiet" href={hrefs.permissions()}>
            {t('Show all skills')}
          </LinkButton>
        )
      }
    >
      {library.isError || grants.isError || asks.isError ? (
        <ErrorNote
          error={library.error ?? grants.error ?? asks.error}
          onRetry={() => void Promise.all([library.refetch(), grants.refetch(), asks.refetch()])}
        />
      ) : library.isPending || grants.isPending || asks.isPending ? (
        <SkeletonRows count={3} label={t('Loading what skills may do')} />
      ) : skills.length === 0 && others.uninstalled.length === 0 ? (
        <Empty
          icon={ListChecks}
          title={t('What you allow will be here')}
          action={
            <LinkButton look="primary" href={hrefs.discover}>
              {t('Find a skill')}
            </LinkButton>
          }
        >
          {t(
            'A skill can do nothing that you haven’t allowed. You can take each answer back here at any time.',
          )}
        </Empty>
      ) : (
        <>
          {only === undefined && skills.length >= searchFrom ? (
            <SearchBox label={t('Search skills and what they may do')} text={text} onText={setText} />
          ) : null}
          {text !== '' && cards.length === 0 ? (
            <p role="status" className="text-ink-2">
              {t('No skill here matches “{{text}}”.', { text })}
            </p>
          ) : null}
          <ul aria-label={t('Skills and what they may do')} className="flex flex-col gap-3.5">
            {cards.map(({ skill, rows, problem }) => (
              <SkillCard
                key={skill.slug}
                skill={skill}
                rows={rows}
                problem={problem}
                elsewhere={others.ofSkill(skill.slug)}
              />
            ))}
          </ul>
          {uninstalled.length === 0 ? null : <Uninstalled answers={uninstalled} />}
        </>
      )}
    </Page>
  )
}

function matches(text: string, words: readonly string[]): boolean {
  const all = words.join(' ').toLowerCase()
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word))
}

function SkillCard({
  skill,
  rows,
  problem,
  elsewhere,
}: {
  skill: InstalledSkill
  rows: readonly PermissionRow[]
  problem: PlainError | null
  elsewhere: readonly StoredGrant[]
}): ReactNode {
  return (
    <li className="rounded-lg border border-line bg-raised px-5 py-4">
      <div className="flex items-center gap-3">
        <CategoryIcon category={skill.category} />
        <h2 className="min-w-0 flex-1 truncate text-lg font-semibold">
          <Link href={hrefs.skill(skill.slug)} className="rounded-sm data-hovered:underline">
            {skill.title}
          </Link>
        </h2>
        {skill.withdrawn === null ? null : <Badge tone="bad">{t('Withdrawn')}</Badge>}
      </div>
      {skill.withdrawn !== null ? (
        <p className="mt-3 text-ink-2">
          {t('It was withdrawn and can do nothing any more, whatever you allowed it.')}
        </p>
      ) : problem !== null ? (
        <p className="mt-3 text-ink-2">
          {say(problem.message)} {say(problem.remedy)}
        </p>
      ) : rows.length === 0 ? (
        <p className="mt-3 text-ink-2">
          {t('It asks for nothing: it works only on the text that you give it.')}
        </p>
      ) : (
        <ul
          aria-label={t('What {{title}} may do', { title: skill.title })}
          className="mt-3 divide-y divide-line border-t border-line [&>li:last-child]:pb-0"
        >
          {rows.map((row) => (
            <PermissionRowView key={row.capability} skill={skill} row={row} />
          ))}
        </ul>
      )}
      {skill.withdrawn === null && problem === null ? <UnseenSwitches skill={skill} /> : null}
      {elsewhere.length === 0 ? null : (
        <section
          aria-label={t('Refused for another version of {{title}}', { title: skill.title })}
          className="mt-4"
        >
          <h3 className="text-sm font-medium text-ink-3">{t('You didn’t allow another version of it to')}</h3>
          <ul className="divide-y divide-line">
            {elsewhere.map((grant) => (
              <Remembered key={grantKey(grant)} skill={skill} grant={grant} manifest={skill.manifest} />
            ))}
          </ul>
        </section>
      )}
    </li>
  )
}

/** Answers that wait for a skill that isn't here. */
function Uninstalled({ answers }: { answers: readonly [slug: string, grants: StoredGrant[]][] }): ReactNode {
  return (
    <section aria-labelledby="not-installed" className="mt-7">
      <h2 id="not-installed" className="text-lg font-semibold">
        {t('Not installed')}
      </h2>
      <p className="mb-3 text-ink-2">{t('Your answers are kept, in case you install these skills.')}</p>
      <ul className="flex flex-col gap-3.5">
        {answers.map(([slug, grants]) => (
          <li key={slug} className="rounded-lg border border-line bg-raised px-5 py-4">
            <h3 className="font-semibold">
              <Link href={hrefs.skill(slug)} className="rounded-sm data-hovered:underline">
                {nameOf(slug)}
              </Link>
            </h3>
            <ul className="mt-2 divide-y divide-line border-t border-line [&>li:last-child]:pb-0">
              {grants.map((grant) => (
                <Remembered
                  key={grantKey(grant)}
                  skill={{ slug, title: nameOf(slug) }}
                  grant={grant}
                  manifest={null}
                />
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Remembered({
  skill,
  grant,
  manifest,
}: {
  skill: { slug: string; title: string }
  grant: StoredGrant
  manifest: InstalledSkill['manifest'] | null
}): ReactNode {
  const answer = useAnswer()
  const words = grantWords(grant, manifest)
  return (
    <li className="flex items-start justify-between gap-4 py-3">
      <div className="min-w-0">
        <p className="font-medium break-words">{words}</p>
        <p className="text-sm text-ink-3">
          {grant.decision === 'allow'
            ? t('Allowed on {{date}}.', { date: formatDate(grant.decidedAt) })
            : t('Not allowed on {{date}}.', { date: formatDate(grant.decidedAt) })}
        </p>
      </div>
      <Button
        size="small"
        aria-label={t('Forget: {{words}} ({{title}})', { words, title: skill.title })}
        onPress={() =>
          void answer({
            skill,
            capability: grant.capability,
            from: null,
            to: null,
            capabilityDigest: grant.capabilityDigest,
            undo: false,
          })
        }
      >
        {t('Forget')}
      </Button>
    </li>
  )
}

const grantKey = ({ capability, capabilityDigest }: StoredGrant) => `${capability} ${capabilityDigest}`

/** "translate-document" → "Translate document": its maker's own words are not at hand. */
function nameOf(slug: string): string {
  const words = slug.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

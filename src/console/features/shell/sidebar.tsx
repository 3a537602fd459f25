import { useQueryClient } from '@tanstack/react-query'
import { LogOut } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link, Tooltip, TooltipTrigger } from 'react-aria-components'
import { Button } from '../../../renderer/ui/button.tsx'
import { Choose } from '../../../renderer/ui/choose.tsx'
import { Mark } from '../../../renderer/ui/mark.tsx'
import { useMediaQuery } from '../../../renderer/ui/media-query.ts'
import { may, useMe } from '../../me.ts'
import { nouns, type Noun } from '../../pages.tsx'
import { useApi } from '../../query.ts'
import { navigate, toHref } from '../../route.ts'
import { tierWords } from '../../words.ts'

const groups = ['Publishing', 'Team', 'Review', 'Registry'] as const

/** The nouns that this person may open, and who they are at the foot. Folds to icons in a narrow window. */
export function Sidebar({ path }: { path: string }): ReactNode {
  const me = useMe()
  const folded = useMediaQuery('(max-width: 960px)')
  const open = nouns.filter(({ scopes }) => may(me, scopes))
  const current = path === '' ? open[0]?.path : path
  return (
    <nav
      aria-label="Main"
      className="flex w-16 shrink-0 flex-col overflow-y-auto border-r border-line bg-panel px-3 py-5 wide:w-56"
    >
      <div className="mb-3 flex items-center gap-2.5 px-1.5 text-lg font-bold tracking-[-0.01em]">
        <Mark />
        <span className="sr-only wide:not-sr-only">Skillet</span>
      </div>
      {groups.map((group) => {
        const members = open.filter((noun) => noun.group === group)
        if (members.length === 0) return null
        return (
          <section key={group} aria-label={group} className="mb-3">
            <h2 className="sr-only px-2.5 pb-1 text-sm text-ink-3 wide:not-sr-only wide:block wide:px-2.5 wide:pb-1">
              {group}
            </h2>
            <ul className="flex flex-col gap-0.5">
              {members.map((noun) => (
                <li key={noun.path}>
                  <NounLink noun={noun} current={noun.path === current} folded={folded} />
                </li>
              ))}
            </ul>
          </section>
        )
      })}
      <Person folded={folded} />
    </nav>
  )
}

function NounLink({ noun, current, folded }: { noun: Noun; current: boolean; folded: boolean }): ReactNode {
  const Icon = noun.icon
  return (
    <Hint text={noun.label} isDisabled={!folded}>
      <Link
        href={toHref(noun.path)}
        aria-current={current ? 'page' : false}
        className={`flex min-h-9 items-center gap-3 rounded-sm px-2.5 transition-colors duration-150 ${current ? 'bg-brand-soft font-semibold text-ink' : 'text-ink-2 data-hovered:bg-sunk data-hovered:text-ink'}`}
      >
        <Icon
          size={18}
          strokeWidth={1.75}
          aria-hidden
          className={`shrink-0 ${current ? 'text-brand' : ''}`}
        />
        <span className="sr-only wide:not-sr-only">{noun.label}</span>
      </Link>
    </Hint>
  )
}

/** Who is signed in, for which account, and the way out. */
function Person({ folded }: { folded: boolean }): ReactNode {
  const me = useMe()
  const api = useApi()
  const client = useQueryClient()
  const choose = (account: string) => {
    api.choose(account)
    navigate('#/')
    void client.resetQueries()
  }
  const leave = async () => {
    await api.signOut()
    navigate('#/')
    await client.resetQueries()
  }
  const role = me.staff === null ? '' : ` · ${me.staff} here`
  return (
    <div className="mt-auto flex flex-col gap-2 border-t border-line pt-3">
      <div className="sr-only px-1 wide:not-sr-only wide:px-1">
        <p className="truncate font-medium">{me.name}</p>
        <p className="text-sm text-ink-3">
          {tierWords[me.tier]}
          {role}
        </p>
      </div>
      {me.accounts.length < 2 ? null : (
        <div className="max-wide:hidden">
          <Choose
            label="Account"
            value={me.account}
            onChange={choose}
            choices={me.accounts.map(({ name }) => ({ id: name, label: name }))}
          />
        </div>
      )}
      <Hint text="Sign out" isDisabled={!folded}>
        <Button
          look="quiet"
          size="small"
          aria-label="Sign out"
          className="justify-start max-wide:px-2"
          onPress={() => void leave()}
        >
          <LogOut size={18} strokeWidth={1.75} aria-hidden />
          <span className="max-wide:hidden">Sign out</span>
        </Button>
      </Hint>
    </div>
  )
}

function Hint({
  text,
  isDisabled,
  children,
}: {
  text: string
  isDisabled: boolean
  children: ReactNode
}): ReactNode {
  return (
    <TooltipTrigger isDisabled={isDisabled} delay={400}>
      {children}
      <Tooltip
        placement="right"
        offset={8}
        className="z-30 max-w-64 rounded-sm bg-ink px-2.5 py-1 text-sm text-ground"
      >
        {text}
      </Tooltip>
    </TooltipTrigger>
  )
}

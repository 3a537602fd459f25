import type { ReactNode } from 'react'
import { Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components'
import { Button } from './button.tsx'

export interface MenuAction {
  label: string
  icon?: ReactNode
  run: () => void
  danger?: boolean
  isDisabled?: boolean
}

/** Further actions behind one button. */
export function ActionMenu({
  label,
  trigger,
  actions,
}: {
  label: string
  trigger: ReactNode
  actions: readonly MenuAction[]
}): ReactNode {
  return (
    <MenuTrigger>
      <Button look="quiet" size="icon" aria-label={label}>
        {trigger}
      </Button>
      <Popover
        placement="bottom end"
        className="min-w-52 rounded-md border border-line bg-raised p-1 shadow-lifted data-entering:animate-[appear_120ms_ease-out]"
      >
        <Menu aria-label={label} className="outline-none">
          {actions.map((action) => (
            <MenuItem
              key={action.label}
              textValue={action.label}
              onAction={action.run}
              isDisabled={action.isDisabled ?? false}
              className={`flex cursor-default items-center gap-2.5 rounded-sm px-3 py-2 outline-offset-[-2px] data-disabled:opacity-60 data-focused:bg-sunk ${action.danger === true ? 'text-bad' : 'text-ink'}`}
            >
              {action.icon}
              {action.label}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}

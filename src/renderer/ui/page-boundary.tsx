import { Component, useEffect, type ReactNode } from 'react'
import { t } from '../../shared/i18n/t.ts'
import { Button } from './button.tsx'
import { Page } from './page.tsx'

/**
 * Keeps a page that breaks while it is drawn from taking the whole window with it: says so in its place and offers
 * to draw it anew. `onBroken` runs once the words are on the screen, `onStartAgain` before the page is drawn again.
 */
export class PageBoundary extends Component<
  {
    children: ReactNode
    /** There is no other page beside it. */
    isWhole?: boolean
    onBroken?: () => void
    onStartAgain?: () => void
  },
  { broken: boolean }
> {
  override state = { broken: false }

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true }
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children
    return (
      <Broken
        isWhole={this.props.isWhole === true}
        onDrawn={this.props.onBroken}
        onStartAgain={() => {
          this.props.onStartAgain?.()
          this.setState({ broken: false })
        }}
      />
    )
  }
}

function Broken({
  isWhole,
  onDrawn,
  onStartAgain,
}: {
  isWhole: boolean
  onDrawn: (() => void) | undefined
  onStartAgain: () => void
}): ReactNode {
  useEffect(() => onDrawn?.(), [onDrawn])
  return (
    <Page title={isWhole ? t('Something went wrong inside Skillet.') : t('This page can’t be shown')}>
      <p role="alert" className="mb-4 max-w-2xl text-ink-2">
        {isWhole
          ? t('Your skills and keys are as they were.')
          : t(
              'Something went wrong inside Skillet. Your skills and keys are as they were. Start again, or choose another page beside this one.',
            )}
      </p>
      <Button look="primary" className="self-start" onPress={onStartAgain}>
        {t('Start again')}
      </Button>
    </Page>
  )
}

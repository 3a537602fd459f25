import { Component, type ReactNode } from 'react'
import { Button } from '../../renderer/ui/button.tsx'
import { Page } from './page.tsx'
import { t } from '../../shared/i18n/t.ts'

/** Keeps what breaks while it is drawn from leaving an empty window: says so in its place, with a way back. */
export class Boundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true }
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children
    return (
      <Page title={t('This page can’t be shown')}>
        <p role="alert" className="max-w-2xl text-ink-2">
          {t(
            'Something went wrong inside the console. What you did before is kept. Start again, or choose another page.',
          )}
        </p>
        <Button
          look="primary"
          className="self-start"
          onPress={() => {
            window.location.hash = '#/'
            this.setState({ broken: false })
          }}
        >
          {t('Start again')}
        </Button>
      </Page>
    )
  }
}

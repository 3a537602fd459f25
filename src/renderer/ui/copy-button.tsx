import { Check, Copy } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { t } from '../../shared/i18n/t.ts'
import { Button } from './button.tsx'
import { copyText } from './copy-text.ts'

/** Puts text on the clipboard and says whether that went well. `label` names what is copied. */
export function CopyButton({
  text,
  label,
  isDisabled = false,
}: {
  text: string
  label: string
  isDisabled?: boolean
}): ReactNode {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle')
  const copy = async () => {
    setState((await copyText(text)) ? 'copied' : 'failed')
    setTimeout(() => setState('idle'), 2500)
  }
  const Icon = state === 'copied' ? Check : Copy
  return (
    <Button look="quiet" size="small" isDisabled={isDisabled} onPress={() => void copy()} aria-label={label}>
      <Icon size={16} strokeWidth={1.75} aria-hidden />
      <span role="status">
        {state === 'copied'
          ? t('Copied')
          : state === 'failed'
            ? t('Could not copy: select the text instead')
            : t('Copy')}
      </span>
    </Button>
  )
}

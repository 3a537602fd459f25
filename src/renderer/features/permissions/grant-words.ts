import { t } from '../../../shared/i18n/t.ts'
import type { SkillManifest } from '../../../shared/skill-manifest.ts'
import type { Grant } from '../../../shared/contract/overview.ts'
import { joinList } from '../../ui/format.ts'

/** What a stored decision is about, in words. `manifest` names the skill's inputs and keys as their maker does. */
export function grantWords(
  grant: Pick<Grant, 'capability' | 'scope'>,
  manifest: Pick<SkillManifest, 'run' | 'secrets'> | null,
): string {
  const inputs = grant.scope
    .filter((part) => part.startsWith('input:'))
    .map((part) => manifest?.run.inputs[part.slice('input:'.length)]?.title ?? part.slice('input:'.length))
  const others = grant.scope.filter((part) => !part.startsWith('input:'))
  switch (grant.capability) {
    case 'fs:read':
      return inputs.length === 0
        ? t('Read back what it saved earlier')
        : t('Read what you choose as {{list}}', {
            list: joinList(inputs.map((title) => `“${title}”`)),
          })
    case 'fs:write':
      return inputs.length === 0
        ? t('Save its results in its own folder')
        : t('Change files in what you choose as {{list}}', {
            list: joinList(inputs.map((title) => `“${title}”`)),
          })
    case 'net':
      return t('Connect to {{list}}', { list: joinList(others) })
    case 'env:read':
      return t('Use your {{list}}', {
        list: joinList(others.map((name) => manifest?.secrets[name]?.title ?? name)),
      })
    case 'exec':
      return t('Start {{list}}', { list: joinList(others) })
  }
}

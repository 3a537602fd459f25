import { t } from '../../../shared/i18n/t.ts'
import type { ManagedPolicy } from '../../../shared/managed-policy.ts'

type AgentName = NonNullable<ManagedPolicy['agents']>['allow'][number]
type StorageKind = NonNullable<ManagedPolicy['key_storage']>[number]

export function storageTitles(): Record<StorageKind, string> {
  return {
    keychain: t('the computer’s keychain'),
    vault: t('Skillet’s own vault'),
    session: t('memory, until Skillet is closed'),
  }
}

/** Names of products are the same in every language. */
export function agentTitles(): Record<AgentName, string> {
  return {
    shared: t('the folder that several agents share'),
    'claude-code': 'Claude Code',
    codex: 'Codex',
    cursor: 'Cursor',
    'gemini-cli': 'Gemini CLI',
    'github-copilot': 'GitHub Copilot',
    openclaw: 'OpenClaw',
    opencode: 'OpenCode',
    windsurf: 'Windsurf',
  }
}

import { describe, expect, it } from 'vitest'
import { agentNameSchema } from '../../../src/shared/agent-name.ts'

const isName = (name: string) => agentNameSchema.safeParse(name).success

describe('agentNameSchema', () => {
  it.each([
    'Claude Code',
    'codex',
    'VS Code (Copilot)',
    'Émile’s agent'.replace('’', "'"),
    'Агент 7',
    '助手',
    'مساعد',
  ])('takes %s', (name) => expect(isName(name)).toBe(true))

  it.each([
    ['a direction override', 'edoC \u202eedualC'],
    ['an isolate', 'Claude\u2066 Code'],
    ['an invisible character', 'Claude\u200b Code'],
    ['a soft hyphen', 'Claude\u00ad Code'],
    ['a line of its own', 'Claude\nAllowed by your administrator'],
    ['letters of two alphabets', 'Сlaude Code'],
    ['a word that only looks Latin', 'Сосое'],
    ['full-width letters', 'Ｃlaude'],
    ['letters that pass for other letters', 'Cɩaude'],
    ['piled up marks', 'Cl\u0301\u0301aude'],
    ['Skillet itself', 'Skillet Security'],
    ['nothing to read', '   '],
    ['more than fits', 'a'.repeat(41)],
    ['words of the window', '<b>Claude</b>'],
  ])('refuses %s', (_what, name) => expect(isName(name)).toBe(false))
})

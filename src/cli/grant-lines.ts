import { joinWords } from '../shared/capability-words.ts'
import type { Grant } from '../shared/contract/overview.ts'

/** One answer in one plain sentence: what, where, and for how long. */
export function grantSentence(grant: Grant): string {
  const { slug, decision, life } = grant
  if (decision === 'deny')
    return `${slug} may not ${whatOf(grant)}. It does not run until you decide otherwise.`
  const until: Record<Grant['life'], string> = {
    once: 'the next time it runs, and then asks again',
    session: 'until Skillet is closed',
    always: 'until you take it back',
  }
  return `${slug} may ${whatOf(grant)}, ${until[life]}.`
}

function whatOf({ capability, scope }: Grant): string {
  const folders = scope.filter((item) => !item.startsWith('input:'))
  switch (capability) {
    case 'fs:read':
      return scope.length === 0
        ? 'read back what it saved earlier'
        : 'read the files and folders that you choose for it'
    case 'fs:write':
      return joinWords([
        ...(folders.length > 0 ? [`save in its own folders (${joinWords(folders)})`] : []),
        ...(folders.length < scope.length ? ['change files in the folders that you choose for it'] : []),
      ])
    case 'net':
      return `connect to ${joinWords(scope)}`
    case 'env:read':
      return `use the ${scope.length === 1 ? 'key' : 'keys'} ${joinWords(scope)}`
    case 'exec':
      return `start ${joinWords(scope)}`
  }
}

import { dirname, join } from 'node:path'

/** Where administrators put a policy on Linux and macOS. */
export const systemPolicyFile = '/etc/skillet/policy.json'

/** `policy.json` in the resources of a packaged program, in `out` of one that was built from its source. */
export function builtInPolicyFile(programFolder: string): string {
  const packaged = /^(.*[\\/]resources)[\\/]app(?:\.asar(?:\.unpacked)?)?[\\/]out[\\/][a-z]+$/i.exec(
    programFolder,
  )
  return join(packaged?.[1] ?? dirname(programFolder), 'policy.json')
}

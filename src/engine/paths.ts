import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where everything lies under `SKILLET_HOME` (DESIGN: State). All absolute. */
export interface Paths {
  readonly home: string
  /** `skills/<slug>/<version>/`, read-only, and `skills/<slug>/current`. */
  readonly skills: string
  /** `state/<slug>/<folder>`: what a skill declared and may keep. */
  readonly state: string
  /** One record a skill: what is installed, its signed release, when. */
  readonly records: string
  /** `<slug>/<version>.json`: records of earlier versions that a person can go back to. */
  readonly kept: string
  /** Verified downloads by digest. */
  readonly cache: string
  /** Extraction happens here, on the same file system as `skills`. */
  readonly staging: string
  readonly trash: string
  /** Which skills that administrators install were removed here. */
  readonly leftOut: string
  /** What was withdrawn, moved out of `skills`: `<slug>/<version>/`. Nothing runs from here. */
  readonly quarantine: string
  /** Copies of skills that somebody had edited, set aside by a repair. */
  readonly edited: string
  /** One file a skill: in which agents' folders it lies. */
  readonly placements: string
  /** `<slug>/`: what agents get to see of a skill, where their links lead to. */
  readonly placed: string
  readonly trust: string
  readonly audit: string
  readonly grants: string
  readonly policy: string
  /** Names of the keys that were stored from here; the keys themselves are in the keychain. */
  readonly secretNames: string
  /** Which of them skills use without holding them. */
  readonly unseenKeys: string
  /** The keys, encrypted by a passphrase, where there is no keychain. */
  readonly vault: string
  /** What the person chose about statistics, and what waits to be sent. */
  readonly telemetry: string
}

export function createPaths(home: string): Paths {
  const at = (...parts: string[]) => join(home, ...parts)
  return {
    home,
    skills: at('skills'),
    state: at('state'),
    records: at('records'),
    kept: at('records', 'kept'),
    cache: at('cache', 'sha256'),
    staging: at('staging'),
    trash: at('trash'),
    leftOut: at('left-out.json'),
    quarantine: at('quarantine'),
    edited: at('edited'),
    placements: at('placements'),
    placed: at('placed'),
    trust: at('trust'),
    audit: at('audit'),
    grants: at('grants.json'),
    policy: at('policy.json'),
    secretNames: at('secret-names.json'),
    unseenKeys: at('unseen-keys.json'),
    vault: at('vault'),
    telemetry: at('telemetry'),
  }
}

/** `SKILLET_HOME`, or the platform's folder for application data. */
export function defaultHome(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (env['SKILLET_HOME']) return env['SKILLET_HOME']
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Skillet')
  if (platform === 'win32') return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'Skillet')
  return join(env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'skillet')
}

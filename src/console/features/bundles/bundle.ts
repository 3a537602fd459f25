export interface Bundle {
  readonly id: string
  readonly name: string
  readonly title: string
  readonly description: string
  readonly revision: number
  readonly samplesSince: string | null
  readonly createdAt: string
}

export interface BundleSkill {
  readonly slug: string
  readonly title: string
  /** The version that it is held at; null: whatever is newest. */
  readonly version: string | null
  /** The version to be had now; null where there is none, and then `reason` says why. */
  readonly current: string | null
  readonly tier: string
  readonly reason: string | null
}

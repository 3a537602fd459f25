export interface Fleet {
  readonly id: string
  readonly name: string
  readonly bundle: {
    readonly id: string
    readonly name: string
    readonly title: string
    readonly revision: number
  }
  /** The bundle's revision that its machines follow; null before the first push. */
  readonly revision: number | null
  readonly machines: number
  readonly createdAt: string
}

export interface Machine {
  readonly id: string
  readonly name: string
  readonly seenAt: string
  /** Nothing was heard of it for a month. */
  readonly silent: boolean
  readonly revision: number | null
  readonly behind: boolean
  /** `withdrawn`: why that version was withdrawn from everybody. */
  readonly skills: readonly { slug: string; version: string; withdrawn: string | null }[]
}

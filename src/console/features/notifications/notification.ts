export interface Notification {
  readonly id: string
  readonly kind: string
  readonly words: string
  /** Where in the console there is more. */
  readonly link: string | null
  readonly at: string
  readonly read: boolean
}

export interface Notifications {
  /** Of all there are, whether they are shown or not. */
  readonly unread: number
  readonly notifications: readonly Notification[]
}

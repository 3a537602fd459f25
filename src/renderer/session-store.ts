import { createContext, useContext, useSyncExternalStore, type Provider } from 'react'

/** What goes on in this window, by name, for whoever draws it. */
export interface Sessions<S> {
  get(key: string): S | undefined
  readonly all: () => readonly S[]
  /** Calls `onChange` after each change, until the returned function is called. */
  readonly subscribe: (onChange: () => void) => () => void
}

export interface SessionStore<S> extends Sessions<S> {
  put(session: S): void
  /** Forgets those that `isOver` is true of. */
  drop(isOver: (session: S) => boolean): void
}

/** Sessions in the order in which their names first came. */
export function createSessionStore<S>(keyOf: (session: S) => string): SessionStore<S> {
  let sessions: ReadonlyMap<string, S> = new Map()
  let list: readonly S[] = []
  const listeners = new Set<() => void>()
  const publish = (next: ReadonlyMap<string, S>) => {
    sessions = next
    list = [...next.values()]
    for (const listener of listeners) listener()
  }
  return {
    get: (key) => sessions.get(key),
    all: () => list,
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
    put: (session) => publish(new Map(sessions).set(keyOf(session), session)),
    drop(isOver) {
      if (list.some(isOver)) publish(new Map([...sessions].filter(([, session]) => !isOver(session))))
    },
  }
}

/** Hands sessions down to the components below, and says so where they are missing. */
export function createSessionContext<T extends Sessions<unknown>>(): {
  SessionsProvider: Provider<T | null>
  useSessions: () => T
} {
  const Context = createContext<T | null>(null)
  return {
    SessionsProvider: Context.Provider,
    useSessions() {
      const sessions = useContext(Context)
      if (sessions === null) throw new Error('The provider of these sessions is missing above this component')
      return sessions
    },
  }
}

/** The one of this name, if there is one. */
export function useOne<S>(sessions: Sessions<S>, key: string): S | undefined {
  return useSyncExternalStore(sessions.subscribe, () => sessions.get(key))
}

export function useAll<S>(sessions: Sessions<S>): readonly S[] {
  return useSyncExternalStore(sessions.subscribe, sessions.all)
}

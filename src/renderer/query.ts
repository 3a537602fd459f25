import {
  focusManager,
  QueryClient,
  useMutation,
  useQuery,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import type { CallName } from '../shared/contract/index.ts'
import { ask, useBridge, type CallFailed, type CallInput, type CallOutput } from './bridge.ts'

// Meanwhile the command line may have installed or removed something: coming back to the window looks again.
focusManager.setEventListener((onFocus) => {
  const listener = () => onFocus()
  window.addEventListener('focus', listener)
  return () => window.removeEventListener('focus', listener)
})

export function createQueryClient(): QueryClient {
  // Calls go to this computer's own process: they work offline, and a failure carries its remedy instead of a retry.
  const always = { networkMode: 'always', retry: false } as const
  return new QueryClient({
    defaultOptions: {
      queries: { ...always, staleTime: 10_000, refetchOnWindowFocus: true },
      mutations: always,
    },
  })
}

/** One call of the contract as a cached query, under the key `[name, input]`. */
export function useCall<N extends CallName>(
  name: N,
  input: CallInput<N>,
  options: { enabled?: boolean; keepPrevious?: boolean; staleTimeMs?: number; everyMs?: number } = {},
): UseQueryResult<CallOutput<N>, CallFailed> {
  const bridge = useBridge()
  return useQuery<CallOutput<N>, CallFailed>({
    queryKey: [name, input],
    queryFn: () => ask(bridge, name, input),
    ...(options.enabled === undefined ? {} : { enabled: options.enabled }),
    ...(options.keepPrevious === true ? { placeholderData: ((previous: unknown) => previous) as never } : {}),
    ...(options.staleTimeMs === undefined ? {} : { staleTime: options.staleTimeMs }),
    ...(options.everyMs === undefined ? {} : { refetchInterval: options.everyMs }),
  })
}

/** One call of the contract that changes something. */
export function useChange<N extends CallName>(
  name: N,
): UseMutationResult<CallOutput<N>, CallFailed, CallInput<N>> {
  const bridge = useBridge()
  return useMutation<CallOutput<N>, CallFailed, CallInput<N>>({
    mutationFn: (input) => ask(bridge, name, input),
  })
}

/** Query keys' first part, by what changed. */
export const staleAfter = {
  install: [
    'catalog.search',
    'catalog.show',
    'library.list',
    'grants.list',
    'grants.asks',
    'grants.all',
    'secrets.list',
    'audit.list',
    'library.verify',
    'trash.list',
    'chain.list',
    // They follow what is installed.
    'agents.list',
    // What an agent asked for may be there now.
    'agentAccess.waiting',
  ],
  agents: ['agents.list', 'agents.planConnect', 'agents.scan', 'audit.list'],
  trash: ['trash.list', 'audit.list'],
  trust: ['trust.status', 'app.info', 'catalog.search', 'catalog.show', 'library.list', 'audit.list'],
  grants: ['grants.list', 'grants.asks', 'grants.all', 'chain.list', 'audit.list'],
  keys: ['secrets.list', 'chain.list', 'audit.list'],
  policy: ['policy.get', 'chain.list', 'audit.list'],
  telemetry: ['telemetry.status', 'telemetry.preview'],
  // A run uses up what was allowed just once.
  run: ['library.list', 'grants.list', 'grants.asks', 'grants.all', 'audit.list'],
  chain: [
    'chain.list',
    'chain.runs',
    'library.list',
    'grants.list',
    'grants.asks',
    'grants.all',
    'audit.list',
  ],
} as const satisfies Record<string, readonly CallName[]>

export async function refresh(client: QueryClient, names: readonly CallName[]): Promise<void> {
  await Promise.all(names.map((name) => client.invalidateQueries({ queryKey: [name] })))
}

import {
  QueryClient,
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import type { Api, ApiFailed } from './api.ts'

const ApiContext = createContext<Api | null>(null)
export const ApiProvider = ApiContext.Provider

export function useApi(): Api {
  const api = useContext(ApiContext)
  if (api === null) throw new Error('ApiProvider is missing above this component')
  return api
}

export function createQueryClient(): QueryClient {
  // A failure says what to do, and offers to try again.
  return new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 5000 } } })
}

/** What the registry answers at a path. `everyMs` of what it answered last: asked again after so long, false: not. */
export function useGet<T>(
  path: string,
  options: { everyMs?: (data: T | undefined) => number | false; enabled?: boolean } = {},
): UseQueryResult<T, ApiFailed> {
  const api = useApi()
  const { everyMs, enabled } = options
  return useQuery<T, ApiFailed>({
    queryKey: [path],
    queryFn: () => api.call<T>('GET', path),
    ...(enabled === undefined ? {} : { enabled }),
    ...(everyMs === undefined ? {} : { refetchInterval: ({ state }) => everyMs(state.data) }),
  })
}

/** Something that changes what the registry holds. Afterwards everything on the page is asked for again. */
export function useChange<I, O>(
  change: (api: Api, input: I) => Promise<O>,
): UseMutationResult<O, ApiFailed, I> {
  const api = useApi()
  const client = useQueryClient()
  return useMutation<O, ApiFailed, I>({
    mutationFn: (input) => change(api, input),
    onSettled: () => client.invalidateQueries(),
  })
}

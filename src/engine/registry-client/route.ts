/** How a server is reached, and which certificates it may show. */
export interface Route {
  /** Authorities in PEM, beside those that Node brings or in their place; null: those alone. */
  readonly authorities: { readonly mode: 'add' | 'replace'; readonly pem: readonly string[] } | null
  /** `except`: hosts, with or without a port, that are asked directly. */
  readonly proxy: { readonly url: string; readonly except: readonly string[] } | null
}

export const directRoute: Route = { authorities: null, proxy: null }

/** The proxy for this server; null where it is asked directly. What is on this very computer needs none. */
export function proxyFor({ proxy }: Route, server: URL): string | null {
  if (proxy === null || server.protocol !== 'https:') return null
  const port = server.port === '' ? '443' : server.port
  const names =
    port === '443'
      ? [server.hostname, `${server.hostname}:443`]
      : [`${server.hostname}:${port}`, server.hostname]
  return proxy.except.some((host) => names.includes(host)) ? null : proxy.url
}

/** All that a server's certificate may lead to; `usual`: what everybody trusts. */
export function trustedAuthorities(
  { mode, pem }: NonNullable<Route['authorities']>,
  usual: readonly string[],
): string[] {
  return mode === 'add' ? [...usual, ...pem] : [...pem]
}

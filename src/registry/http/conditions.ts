/** Whether a header `if-none-match` names this tag (RFC 9110 §13.1.2, weak comparison). */
export function hasTag(header: string, etag: string): boolean {
  return header === etag || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
}

/** Whether a header `accept-encoding` takes gzip (RFC 9110 §12.5.3). */
export function acceptsGzip(header: string | undefined): boolean {
  return header !== undefined && /(?:^|[\s,])gzip(?!\s*;\s*q=0(?:\.0*)?(?:[\s,]|$))/.test(header)
}

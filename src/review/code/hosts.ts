import { unknownText } from './texts.ts'

const address =
  /(?:^|[\s"'=@(])(?:[a-z][a-z0-9+.-]{1,15}:)?\/\/(?:[^\s/@"'<>]{1,128}@)?(\[[0-9a-f:.]+\]|[^\s/:?#"'<>(){}|\\]{1,253})(?::(\d{1,5}))?/i
const bare =
  /^(?:[\w.-]{1,64}@)?((?:[a-z0-9](?:[a-z0-9-]{0,62})\.){1,8}[a-z]{2,24}|\d{1,3}(?:\.\d{1,3}){3})(?::(\d{1,5}))?(?::|\/|$)/i
const device = /^\/dev\/(?:tcp|udp)\/([^/]+)\/(\d+)/

/** The host that a text leads to, lower case, or null where that can't be told. */
export function hostOf(text: string): string | null {
  const short = text.slice(0, 2000)
  const host = (device.exec(short) ?? address.exec(short) ?? bare.exec(short))?.[1]
  if (host === undefined || host.includes(unknownText) || host.includes('$')) return null
  return host.toLowerCase()
}

/** This computer itself. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.[\d.]+|0\.0\.0\.0|\[::1?\]|::1|[\w.-]+\.localhost)$/.test(host)
}

export function isAddress(host: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) || host.startsWith('[')
}

/** An address of the cloud that a machine runs in, which hands out keys to whoever asks. */
export function isMetadataService(host: string): boolean {
  return /^(?:169\.254\.169\.254|169\.254\.170\.2|metadata\.google\.internal|100\.100\.100\.200|\[fd00:ec2::254\])$/.test(
    host,
  )
}

/** Places where anybody may leave something without giving a name. */
export function isDropPoint(host: string): boolean {
  return dropPoints.test(host)
}
const dropPoints =
  /(?:^|\.)(?:webhook\.site|requestbin\.(?:com|net)|pipedream\.net|ngrok(?:-free)?\.(?:io|app|dev)|trycloudflare\.com|serveo\.net|localhost\.run|loca\.lt|pastebin\.com|paste\.ee|hastebin\.com|dpaste\.(?:org|com)|rentry\.co|ix\.io|termbin\.com|transfer\.sh|file\.io|0x0\.st|bashupload\.com|temp\.sh|oshi\.at|gofile\.io|anonfiles\.com|interact\.sh|oast\.\w+|burpcollaborator\.net|beeceptor\.com|hookdeck\.com|glot\.io|duckdns\.org|onion)$/

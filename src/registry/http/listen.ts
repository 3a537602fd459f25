import { readFile, stat } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { SkilletError } from '../../shared/errors.ts'
import type { Log } from '../log.ts'

export interface Listener {
  readonly url: string
  /** Takes no more requests and lets those under way finish for up to five seconds. */
  close(): Promise<void>
}

/** PEM files. What is in them may be replaced while the server runs, as certificates are every few months. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

export interface ListenOptions {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly tls?: TlsFiles | undefined
  /** Milliseconds for all of a request's headers; 15 seconds by default. */
  readonly headersMs?: number
  /** Milliseconds between two looks at the certificate's files; a minute by default. */
  readonly certificateMs?: number
}

/** Milliseconds for a whole request, an upload of 32 MB over a slow line included. */
const requestMs = 120_000
/** How long requests under way have once the server is told to stop: the command ends by force after ten seconds. */
const graceMs = 7_000

/** Throws INPUT_INVALID where the port is taken, the address isn't this computer's or the certificate can't be used. */
export async function listen(listener: RequestListener, options: ListenOptions, log: Log): Promise<Listener> {
  const headersMs = options.headersMs ?? 15_000
  const limits = {
    headersTimeout: headersMs,
    requestTimeout: Math.max(requestMs, headersMs),
    connectionsCheckingInterval: Math.min(5_000, headersMs),
    keepAliveTimeout: 60_000,
    maxHeaderSize: 16 * 1024,
  }
  const { tls } = options
  const server =
    tls === undefined
      ? createServer(limits, listener)
      : createTlsServer({ ...limits, ...(await readCertificate(tls)), minVersion: 'TLSv1.2' }, listener)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(options.port, options.host, () => {
        server.off('error', reject)
        resolve()
      })
    })
  } catch (error) {
    throw new SkilletError('INPUT_INVALID', `The registry can't listen on ${options.host}:${options.port}.`, {
      remedy: 'Choose another port with --port.',
      cause: error,
    })
  }
  const stopLooking =
    tls === undefined
      ? () => {}
      : followCertificate(server as TlsServer, tls, options.certificateMs ?? 60_000, log)
  const address = server.address() as AddressInfo
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${name}:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        stopLooking()
        const force = setTimeout(() => server.closeAllConnections(), graceMs)
        // Again and again: a connection is kept for more requests when one under way has been answered.
        const tidy = setInterval(() => server.closeIdleConnections(), 50)
        server.close(() => {
          clearTimeout(force)
          clearInterval(tidy)
          resolve()
        })
      }),
  }
}

async function readCertificate({ cert, key }: TlsFiles): Promise<{ cert: Buffer; key: Buffer }> {
  try {
    return { cert: await readFile(cert), key: await readFile(key) }
  } catch (error) {
    throw new SkilletError('INPUT_INVALID', "The certificate's files can't be read.", {
      remedy: 'Check --tls-cert and --tls-key.',
      cause: error,
    })
  }
}

/** New connections get the new certificate; one that can't be used leaves the old one in force. */
function followCertificate(server: TlsServer, tls: TlsFiles, everyMs: number, log: Log): () => void {
  const stamp = async () =>
    (await Promise.all([stat(tls.cert), stat(tls.key)])).map((info) => `${info.mtimeMs} ${info.ino}`).join()
  let known = stamp().catch(() => '')
  const timer = setInterval(() => {
    void (async () => {
      const now = await stamp()
      if (now === (await known)) return
      server.setSecureContext({ ...(await readCertificate(tls)), minVersion: 'TLSv1.2' })
      known = Promise.resolve(now)
      log('info', 'tls.certificate_replaced')
    })().catch((error: unknown) => {
      log('error', 'tls.certificate_unusable', {
        message: error instanceof Error ? error.message : String(error),
      })
    })
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}

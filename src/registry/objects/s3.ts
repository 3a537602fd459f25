import { Readable } from 'node:stream'
import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  type GetObjectCommandOutput,
} from '@aws-sdk/client-s3'
import { SkilletError } from '../../shared/errors.ts'
import { sha256Hex } from '../../trust/digest.ts'
import type { ObjectStore } from './files.ts'

/** Objects in a bucket. The credentials come from where AWS's own tools look: the environment, profiles, the machine's role. */
export interface S3Place {
  readonly bucket: string
  /** Before each name; empty, or ending with a slash. */
  readonly prefix: string
  /** A server other than Amazon's. */
  readonly endpoint?: string
  readonly region?: string
}

/** Reads `s3://bucket/prefix?endpoint=https://…&region=…`. Throws INPUT_INVALID. */
export function parseS3Url(text: string): S3Place {
  const wrong = () =>
    new SkilletError('INPUT_INVALID', `${text} does not name a bucket.`, {
      remedy: 'Write it as s3://BUCKET/PREFIX?endpoint=https://…&region=…',
    })
  if (!URL.canParse(text)) throw wrong()
  const url = new URL(text)
  if (url.protocol !== 's3:' || url.hostname === '') throw wrong()
  const path = url.pathname.replace(/^\/+|\/+$/g, '')
  const endpoint = url.searchParams.get('endpoint')
  const region = url.searchParams.get('region')
  if (endpoint !== null && !(/^https?:/.test(endpoint) && URL.canParse(endpoint))) throw wrong()
  return {
    bucket: url.hostname,
    prefix: path === '' ? '' : `${path}/`,
    ...(endpoint === null ? {} : { endpoint }),
    ...(region === null ? {} : { region }),
  }
}

export function createS3Objects({ bucket, prefix, endpoint, region }: S3Place): ObjectStore {
  const client = new S3Client({
    ...(region === undefined ? {} : { region }),
    // Servers other than Amazon's have no name for each bucket, and not all know the newer checksums.
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  const named = (sha256: string) => ({ Bucket: bucket, Key: `${prefix}${sha256.slice(0, 2)}/${sha256}` })

  async function get(sha256: string, Range?: string): Promise<GetObjectCommandOutput | null> {
    return orNull(
      client.send(new GetObjectCommand({ ...named(sha256), ...(Range === undefined ? {} : { Range }) })),
    )
  }
  async function bytesOf(sha256: string): Promise<Uint8Array | null> {
    const answer = await get(sha256)
    return answer?.Body === undefined ? null : answer.Body.transformToByteArray()
  }

  return {
    async put(bytes) {
      const sha256 = sha256Hex(bytes)
      // A damaged object is written anew by whoever uploads the right bytes again.
      const there = await bytesOf(sha256)
      if (there === null || sha256Hex(there) !== sha256)
        await client.send(
          new PutObjectCommand({ ...named(sha256), Body: bytes, ContentLength: bytes.length }),
        )
      return sha256
    },
    async read(sha256) {
      const bytes = await bytesOf(sha256)
      if (bytes === null) throw new SkilletError('NOT_FOUND', 'The registry has no such file.')
      if (sha256Hex(bytes) !== sha256)
        throw new SkilletError('DIGEST_MISMATCH', 'The registry no longer holds what was uploaded.', {
          remedy: 'Upload the skill again, and look into what changed the file.',
        })
      return bytes
    },
    async size(sha256) {
      const answer = await orNull(client.send(new HeadObjectCommand(named(sha256))))
      return answer?.ContentLength ?? null
    },
    stream(sha256, start, end) {
      return Readable.from(
        parts(() => get(sha256, `bytes=${start}-${end}`)),
        { objectMode: false },
      )
    },
  }
}

async function* parts(open: () => Promise<GetObjectCommandOutput | null>): AsyncGenerator<Uint8Array> {
  const answer = await open()
  if (answer?.Body === undefined) throw new SkilletError('NOT_FOUND', 'The registry lost this file.')
  for await (const part of answer.Body as Readable) yield part as Uint8Array
}

async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  return answer.catch((error: unknown) => {
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode
    if (status === 404) return null
    throw error
  })
}

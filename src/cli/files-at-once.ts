import * as fs from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

// The build puts this in the place of `node:fs/promises`, under the same names. A short command does hundreds of small
// things with files, one after the other, and nothing else meanwhile: handing each to another thread and waiting for it
// takes several times as long as doing it here. Results and errors are those of Node's own.

/** Commands that touch little but Skillet's own folder. Others serve somebody, or read what may keep them waiting. */
const shortCommands = new Set(['install', 'list', 'remove', 'rollback', 'update', 'verify'])
const longCommands = new Set(['chain', 'registry', 'run', 'try'])
const isShort =
  process.argv.some((word) => shortCommands.has(word)) && !process.argv.some((word) => longCommands.has(word))

/** After this long something else has its turn: Ctrl-C, what shows progress, the network. */
const turnNs = 10_000_000n
let turnSince = process.hrtime.bigint()

async function turn(): Promise<void> {
  if (process.hrtime.bigint() - turnSince < turnNs) return
  await new Promise((resolve) => setImmediate(resolve))
  turnSince = process.hrtime.bigint()
}

function now<A extends unknown[], R>(work: (...args: A) => R): (...args: A) => Promise<R> {
  return async (...args) => {
    await turn()
    const limit = Error.stackTraceLimit
    // What Node's own gives of an error has no stack either, and taking one down for each file that isn't there takes ten
    // times as long as looking for it.
    Error.stackTraceLimit = 0
    try {
      return work(...args)
    } finally {
      Error.stackTraceLimit = limit
    }
  }
}

interface Writing extends fs.ObjectEncodingOptions {
  mode?: fs.Mode
  flag?: string
  signal?: AbortSignal | undefined
}

async function writeNow(
  path: string,
  data: string | Uint8Array | AsyncIterable<Uint8Array>,
  { flag = 'w', mode, signal }: Writing = {},
): Promise<void> {
  await turn()
  if (typeof data === 'string' || ArrayBuffer.isView(data))
    return fs.writeFileSync(path, data, { flag, mode: mode ?? 0o666 })
  const fd = fs.openSync(path, flag, mode)
  try {
    for await (const piece of data) {
      signal?.throwIfAborted()
      await turn()
      fs.writeFileSync(fd, piece)
    }
  } finally {
    fs.closeSync(fd)
  }
}

/** Node has a part of its own for this, which takes a while to load and asks about everything twice. */
function remove(path: string, options: fs.RmOptions = {}): void {
  try {
    fs.unlinkSync(path)
    return
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' && options.force === true) return
    if (code !== 'EISDIR' || options.recursive !== true) return fs.rmSync(path, options)
  }
  for (const name of fs.readdirSync(path)) remove(join(path, name), options)
  fs.rmdirSync(path)
}

const short = {
  access: now(fs.accessSync),
  appendFile: now(fs.appendFileSync),
  chmod: now(fs.chmodSync),
  chown: now(fs.chownSync),
  copyFile: now(fs.copyFileSync),
  lchown: now(fs.lchownSync),
  link: now(fs.linkSync),
  lstat: now(fs.lstatSync),
  lutimes: now(fs.lutimesSync),
  mkdir: now(fs.mkdirSync),
  mkdtemp: now(fs.mkdtempSync),
  open: now((...args: Parameters<typeof fs.openSync>) => openFile(fs.openSync(...args))),
  readFile: now(fs.readFileSync),
  readdir: now(fs.readdirSync),
  readlink: now(fs.readlinkSync),
  realpath: now(fs.realpathSync.native),
  rename: now(fs.renameSync),
  rm: now(remove),
  rmdir: now(fs.rmdirSync),
  stat: now(fs.statSync),
  statfs: now(fs.statfsSync),
  symlink: now(fs.symlinkSync),
  truncate: now(fs.truncateSync),
  unlink: now(fs.unlinkSync),
  utimes: now(fs.utimesSync),
  writeFile: writeNow,
}

const datasync = promisify(fs.fdatasync)
const sync = promisify(fs.fsync)

/** What of Node's FileHandle is in use. Waiting for the disk itself is left to other threads: several can wait at once. */
function openFile(fd: number) {
  return {
    fd,
    appendFile: now((data: string | Uint8Array) => fs.writeFileSync(fd, data)),
    chmod: now((mode: number) => fs.fchmodSync(fd, mode)),
    chown: now((uid: number, gid: number) => fs.fchownSync(fd, uid, gid)),
    close: now(() => fs.closeSync(fd)),
    datasync: () => datasync(fd),
    read: now((buffer: Uint8Array, offset?: number, length?: number, position?: number | null) => ({
      bytesRead: fs.readSync(fd, buffer, offset ?? 0, length ?? buffer.byteLength, position ?? null),
      buffer,
    })),
    readFile: now((options?: BufferEncoding) => fs.readFileSync(fd, options)),
    stat: now(() => fs.fstatSync(fd)),
    sync: () => sync(fd),
    truncate: now((length?: number) => fs.ftruncateSync(fd, length)),
    utimes: now((...times: [fs.TimeLike, fs.TimeLike]) => fs.futimesSync(fd, ...times)),
    write: now((data: Uint8Array, offset?: number, length?: number, position?: number | null) => ({
      bytesWritten: fs.writeSync(fd, data, offset, length, position),
      buffer: data,
    })),
    writeFile: now((data: string | Uint8Array) => fs.writeFileSync(fd, data)),
  }
}

// All of Node's names, whether or not they are in use today: a build must not fail because somebody uses one more.
export const {
  access,
  appendFile,
  chmod,
  chown,
  copyFile,
  lchown,
  link,
  lstat,
  lutimes,
  mkdir,
  mkdtemp,
  open,
  readFile,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  statfs,
  symlink,
  truncate,
  unlink,
  utimes,
  writeFile,
} = isShort ? short : fs.promises
export const { constants } = fs
export const cp: typeof fs.promises.cp = (...args) => fs.promises.cp(...args)
export const opendir: typeof fs.promises.opendir = (...args) => fs.promises.opendir(...args)
export const watch: typeof fs.promises.watch = ((...args: Parameters<typeof fs.promises.watch>) =>
  fs.promises.watch(...args)) as never

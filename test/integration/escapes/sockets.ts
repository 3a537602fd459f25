import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { real } from '../../support/sandbox.ts'
import type { Attempt, Family, Prepared } from './attempt.ts'

/** The person has approved this whole folder, sockets and all: what keeps a skill from them is nothing but the sandbox. */
const folder = join(tmpdir(), `skillet-sockets-${process.pid}`)
const x11 = `/tmp/.X11-unix/X${7000 + (process.pid % 1000)}`
const abstract = `skillet-test-${process.pid}`
const key = 0x5c000000 + process.pid

/** Answers whoever connects, or what the program of that name would. */
async function listen(path: string, answer: string | ((said: Buffer) => Buffer | string)): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    if (typeof answer === 'string') socket.end(answer)
    else socket.on('data', (said) => socket.end(answer(said)))
  })
  await new Promise<void>((done, reject) => server.listen(path, done).on('error', reject))
  return server
}

/** Other programs of the person's: a real session bus, and one that shares memory, queues and datagrams. */
async function startOthers(): Promise<ChildProcess[]> {
  const bus = spawn(
    await real('dbus-daemon'),
    ['--session', '--nofork', '--nopidfile', `--address=unix:path=${folder}/bus`],
    { stdio: 'ignore' },
  )
  const program = `
import ctypes, os, socket, sys, threading
libc = ctypes.CDLL(None)
shared = libc.shmget(${key}, 4096, 0o1600)
libc.shmat.restype = ctypes.c_void_p
ctypes.memmove(libc.shmat(shared, None, 0), b'PRIVATE', 7)
queue, semaphores = libc.msgget(${key}, 0o1600), libc.semget(${key}, 1, 0o1600)
mailbox = libc.syscall(ctypes.c_long(240 if os.uname().machine == 'x86_64' else 180), b'skillet-test-${process.pid}', 0o102, 0o600, None)
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind('${folder}/datagrams')
hidden = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); hidden.bind('\\0${abstract}-datagrams')
def serve(name):
  listener = socket.socket(socket.AF_UNIX); listener.bind('\\0' + name); listener.listen()
  def answer():
    while True: listener.accept()[0].sendall(b'REACHED')
  threading.Thread(target=answer, daemon=True).start()
serve('${abstract}'); serve('${x11}')
open('${folder}/ready', 'w').close()
sys.stdin.read()
libc.shmctl(shared, 0, None); libc.msgctl(queue, 0, None); libc.semctl(semaphores, 0, 0)
libc.syscall(ctypes.c_long(241 if os.uname().machine == 'x86_64' else 181), b'skillet-test-${process.pid}')`
  const sharer = spawn(await real('python3'), ['-c', program], { stdio: ['pipe', 'ignore', 'inherit'] })
  for (let round = 0; round < 1000; round++) {
    if (existsSync(join(folder, 'ready')) && existsSync(join(folder, 'bus'))) return [bus, sharer]
    await new Promise((done) => setTimeout(done, 5))
  }
  throw new Error('the other programs did not start')
}

async function prepare(): Promise<Prepared> {
  mkdirSync(folder)
  mkdirSync('/tmp/.X11-unix', { recursive: true, mode: 0o1777 })
  const servers = await Promise.all([
    listen(join(folder, 'plain'), 'REACHED'),
    listen(x11, 'REACHED'),
    listen(join(folder, 'wayland-77'), 'REACHED'),
    // What an agent answers to "which keys have you got?".
    listen(join(folder, 'ssh-agent'), (said) =>
      said[4] === 11 ? Buffer.from([0, 0, 0, 5, 12, 0, 0, 0, 0]) : '',
    ),
    listen(join(folder, 'S.gpg-agent'), 'OK Pleased to meet you\n'),
  ])
  const [bus, sharer] = await startOthers()
  return {
    values: () => ({
      FOLDER: folder,
      X11: x11,
      ABSTRACT: abstract,
      KEY: key,
      MAILBOX: `skillet-test-${process.pid}`,
    }),
    options: () => ({ paths: [{ path: folder, source: folder, writable: true }] }),
    cleanUp: () => {
      for (const server of servers) server.close()
      bus!.kill('SIGKILL')
      sharer!.stdin!.end()
      rmSync(folder, { recursive: true, force: true })
      rmSync(x11, { force: true })
    },
  }
}

const forbidden = /Operation not permitted/
const gone = /Function not implemented/
const said = `
def say(address, words=b'', wanted=b''):
  s = socket.socket(socket.AF_UNIX); s.settimeout(2); s.connect(address)
  if words: s.sendall(words)
  answer = s.recv(100)
  print(answer.decode('latin1'))
  if wanted and wanted in answer: reached()
`

const attempts: Attempt[] = [
  {
    intent: 'reaches a program of this computer by its socket, in a folder that was approved',
    script: `say(FOLDER + '/plain')`,
    meets: forbidden,
  },
  {
    intent: 'reaches a program of this computer by a socket without a file',
    script: `say('\\0' + ABSTRACT)`,
    meets: forbidden,
  },
  {
    intent: "speaks with the person's session bus, through which most programs can be driven",
    script: `say(FOLDER + '/bus', b'\\0AUTH EXTERNAL ' + str(os.getuid()).encode().hex().encode() + b'\\r\\n', b'OK ')`,
    meets: forbidden,
  },
  {
    intent: "asks the person's ssh agent for its keys",
    script: `say(FOLDER + '/ssh-agent', struct.pack('>IB', 1, 11), b'\\x0c')`,
    meets: forbidden,
  },
  {
    intent: "asks the person's gpg agent for its keys",
    script: `say(FOLDER + '/S.gpg-agent', b'', b'OK Pleased')`,
    meets: forbidden,
  },
  { intent: "reads the person's screen and keyboard by X11", script: 'say(X11)', meets: forbidden },
  {
    intent: "reads the person's screen and keyboard by X11, without a file",
    script: `say('\\0' + X11)`,
    meets: forbidden,
  },
  {
    intent: "draws on the person's screen by Wayland",
    script: `say(FOLDER + '/wayland-77')`,
    meets: forbidden,
  },
  {
    intent: 'reaches a socket by one end of a pair, which needs no socket of its own',
    script: `
ours, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
ours.sendto(b'x', FOLDER + '/datagrams'); reached()`,
    meets: forbidden,
  },
  {
    intent: 'reaches a socket without a file by one end of a pair',
    script: `
ours, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
ours.connect('\\0' + ABSTRACT + '-datagrams'); reached()`,
    meets: forbidden,
  },
  {
    intent: 'reaches a socket by a pair that calls itself raw',
    script: `
ours, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_RAW)
ours.sendto(b'x', FOLDER + '/datagrams'); reached()`,
    meets: forbidden,
  },
  {
    intent: 'leaves a socket of its own for others to connect to',
    script: `
s = socket.socket(socket.AF_UNIX); s.bind(f'{FOLDER}/left-{os.getpid()}'); reached()
os.unlink(f'{FOLDER}/left-{os.getpid()}')`,
    meets: forbidden,
  },
  {
    intent: 'reads memory that other programs share (System V)',
    script: `
libc.shmat.restype = ctypes.c_void_p
reached(ctypes.string_at(libc.shmat(do('shmget', KEY, 4096, 0o600), None, 0o10000), 7))`,
    meets: gone,
  },
  {
    intent: "writes into other programs' queue (System V)",
    script: `
message = struct.pack('l', 1) + b'x'
queue = do('msgget', KEY, 0o600); do('msgsnd', queue, message, 1, 0o4000); reached()`,
    meets: gone,
  },
  {
    intent: "holds other programs' semaphores (System V)",
    script: `do('semget', KEY, 1, 0o600); reached()`,
    meets: gone,
  },
  {
    intent: "opens another program's mailbox (POSIX)",
    script: `call('mq_open', MAILBOX.encode(), os.O_RDWR, 0, None); reached()`,
    meets: /No such file|Function not implemented|Operation not permitted/,
  },
  {
    intent: 'fills a mailbox of its own, which no limit of memory counts (POSIX)',
    script: `
name = f'skillet-own-{os.getpid()}'.encode()
call('mq_open', name, os.O_CREAT | os.O_RDWR, 0o600, None); call('mq_unlink', name); reached()`,
    meets: /Too many open files|Function not implemented|Operation not permitted/,
  },
]

export const sockets: Family = {
  name: 'sockets',
  attempts: attempts.map((attempt) => ({ ...attempt, script: said + attempt.script })),
  prepare,
}

import type { Attempt, Family } from './attempt.ts'

const forbidden = /Operation not permitted/
const absent = /Function not implemented/

/** Each first tries to become its own administrator; where that is refused it goes on all the same. */
const administrator = `
def become(more=0):
  try:
    do('unshare', NEWUSER | more); print('became its own administrator')
  except OSError as error: print(error)
`

const attempts: Attempt[] = [
  {
    intent: 'becomes its own administrator',
    script: `do('unshare', NEWUSER); reached(open('/proc/self/status').read().split('CapEff:')[1].split()[0])`,
    meets: forbidden,
  },
  {
    intent: 'becomes its own administrator in a new process',
    script: `
child = call('clone', NEWUSER | signal.SIGCHLD, 0, 0, 0, 0)
if child == 0: os._exit(0)
os.waitpid(child, 0); reached()`,
    meets: forbidden,
  },
  {
    intent: 'becomes its own administrator by a newer call, whose wishes a filter cannot read',
    script: `
wishes = ctypes.create_string_buffer(struct.pack('8Q', NEWUSER, 0, 0, 0, signal.SIGCHLD, 0, 0, 0), 64)
child = call('clone3', wishes, 64)
if child == 0: os._exit(0)
os.waitpid(child, 0); reached()`,
    meets: absent,
  },
  {
    intent: 'mounts a file system of its own',
    script: `become(NEWNS); do('mount', b'none', b'/tmp', b'tmpfs', 0, None); reached()`,
    meets: forbidden,
  },
  {
    intent: 'mounts a folder over another one',
    script: `become(NEWNS); do('mount', b'/tmp', b'/home', None, 4096, None); reached()`,
    meets: forbidden,
  },
  {
    intent: 'takes what hides other files away',
    script: `
become(NEWNS)
do('mount', b'none', b'/tmp', b'tmpfs', 0, None)
do('umount2', b'/tmp', 2); reached()`,
    meets: forbidden,
  },
  {
    intent: 'mounts by the newer calls',
    script: `become(NEWNS); call('fsopen', b'tmpfs', 0); reached()`,
    meets: absent,
  },
  {
    intent: 'takes a copy of the file tree',
    script: `become(NEWNS); call('open_tree', -100, b'/', 0x8001); reached()`,
    meets: absent,
  },
  {
    intent: 'changes the root and walks out of it by a folder that it kept open',
    script: `
become()
kept = os.open('/', os.O_RDONLY)
os.mkdir(f'/tmp/cage-{os.getpid()}')
try:
  os.chroot(f'/tmp/cage-{os.getpid()}')
  os.fchdir(kept); reached(os.listdir('.'))
finally:
  os.fchdir(kept); os.rmdir(f'tmp/cage-{os.getpid()}')`,
    meets: forbidden,
  },
  {
    intent: 'exchanges the root for another one',
    script: `
become(NEWNS)
cage = f'/tmp/pivot-{os.getpid()}'.encode()
os.mkdir(cage)
try:
  do('mount', None, b'/', None, 0x4000 | 0x40000, None)
  do('mount', cage, cage, None, 4096, None)
  os.chdir(cage); call('pivot_root', b'.', b'.'); reached()
except OSError as error:
  print(error); call('pivot_root', cage, cage)
finally:
  try: os.rmdir(cage)
  except OSError: pass`,
    meets: forbidden,
  },
  {
    intent: 'enters the namespace of another process',
    script: `
child = os.fork()
if child == 0:
  try: do('unshare', NEWUSER)
  except OSError: pass
  time.sleep(2); os._exit(0)
time.sleep(0.1)
try: do('setns', os.open(f'/proc/{child}/ns/user', os.O_RDONLY), 0); reached()
finally: os.kill(child, 9); os.wait()`,
    meets: forbidden,
  },
  {
    intent: 'sees processes in a namespace of its own',
    script: `become(NEWPID); child = os.fork()
if child == 0:
  if os.getpid() == 1: reached()
  os._exit(0)
os.wait()`,
    meets: forbidden,
  },
  {
    intent: 'gives itself another computer name',
    script: `become(NEWUTS); do('sethostname', b'evil', 4); reached()`,
    meets: forbidden,
  },
  {
    intent: 'takes the keys that the kernel keeps for this person',
    script: `reached(call('keyctl', 0, -3, 1))`,
    meets: forbidden,
  },
  {
    intent: 'leaves a key in the kernel for later',
    script: `reached(call('add_key', b'user', b'skillet-test', b'x', 1, -2))`,
    meets: forbidden,
  },
  {
    intent: 'handles page faults itself, which many kernel attacks need',
    script: `call('userfaultfd', 1); reached()`,
    meets: forbidden,
  },
  {
    intent: 'hands work to the kernel that no filter sees',
    script: `call('io_uring_setup', 4, ctypes.create_string_buffer(4096)); reached()`,
    meets: absent,
  },
  {
    intent: "takes the whole computer's places for unfinished reads",
    script: `call('io_setup', 512, ctypes.byref(ctypes.c_ulong(0))); reached()`,
    meets: absent,
  },
  {
    intent: 'loads a program into the kernel',
    // Refused for another reason outside, where ordinary users may not do it, but by the kernel's bpf itself.
    script: `
try: call('bpf', 0, ctypes.create_string_buffer(72), 72)
except OSError as error:
  if error.errno == errno.EINVAL: reached('the kernel looked at it')
  raise`,
    meets: forbidden,
  },
  {
    intent: 'makes its memory executable and predictable',
    script: `call('personality', 0x0400000 | 0x0040000); reached()`,
    meets: forbidden,
  },
  {
    intent: 'changes settings of the kernel, of its network',
    script: `become(NEWNET); open('/proc/sys/net/ipv4/ping_group_range', 'r+').close(); reached()`,
    meets: /Read-only file system|Permission denied/,
  },
  {
    intent: 'changes settings of the kernel, of its own limits',
    script: `become(); open('/proc/sys/user/max_user_namespaces', 'r+').close(); reached()`,
    meets: /Read-only file system|Permission denied/,
  },
]

export const namespaces: Family = {
  name: 'namespaces',
  attempts: attempts.map((attempt) => ({ ...attempt, script: administrator + attempt.script })),
}

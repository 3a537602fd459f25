import { tryFromTerminal, terminalStart } from './terminal-start.ts'
import type { Attempt, Family, StagedAttempt } from './attempt.ts'

/** A terminal of its own, so that the kernel has no other reason to refuse; where there is none, whatever there is. */
const ownTerminal = `
def own_terminal():
  try: program = os.openpty()[1]
  except OSError: return 1
  if os.fork() != 0:
    os.wait(); os._exit(0)
  os.setsid()
  fcntl.ioctl(program, termios.TIOCSCTTY, 0)
  return program
`

const attempts: Attempt[] = [
  {
    intent: 'opens the terminal that it was started from',
    script: `os.open('/dev/tty', os.O_RDWR); reached()`,
    meets: /No such file/,
  },
  {
    intent: 'reads what the person types',
    script: `
import select
select.select([0], [], [], 1)
typed = os.read(0, 100)
reached(typed) if typed else print('nothing to read')`,
    meets: /nothing to read/,
  },
  {
    intent: 'changes how the terminal behaves',
    script: `termios.tcsetattr(1, termios.TCSANOW, termios.tcgetattr(1)); reached()`,
    meets: /Inappropriate ioctl/,
  },
  {
    intent: 'opens the terminal for reading by the descriptor that it prints to',
    script: `
held = os.open('/proc/self/fd/1', os.O_RDWR | os.O_NOCTTY)
reached() if os.isatty(held) else print('not a terminal')`,
    meets: /not a terminal|No such device/,
  },
  {
    intent: "sees which of the person's terminals are open",
    script: `reached([one for one in os.listdir('/dev/pts') if one.isdigit()][0])`,
    meets: /No such file/,
  },
  {
    intent: 'types a command into a terminal',
    script: `
program = own_terminal()
for letter in b'echo evil\\n': fcntl.ioctl(program, termios.TIOCSTI, bytes([letter]))
reached()`,
    meets: /Operation not permitted/,
  },
  {
    // A virtual console alone does as it is told, any other terminal says that it isn't one: what counts is who refuses.
    intent: 'pastes into the console',
    script: `
program = own_terminal()
try: fcntl.ioctl(program, 0x541c, b'\\x03') # TIOCLINUX
except OSError as error:
  if error.errno in (errno.ENOTTY, errno.EINVAL): reached('the terminal was asked')
  raise
reached()`,
    meets: /Operation not permitted/,
  },
  {
    intent: 'has a terminal speak another protocol, whose code in the kernel few have tried',
    script: `fcntl.ioctl(own_terminal(), 0x5423, struct.pack('i', 0)); reached()`, // TIOCSETD
    meets: /Operation not permitted/,
  },
]

const staged: StagedAttempt[] = [
  {
    intent: "fills the person's clipboard and renames the window by what it prints",
    meets: /BEGAN[^]*only text/,
    stage: async ({ name }) => {
      const { start, cleanUp } = terminalStart()
      const script = `print('\\x1b]52;c;ZXZpbA==\\x07\\x1b]0;evil\\x07\\x9b31m')`
      const [text] = await tryFromTerminal(name, [script], {}, start)
      cleanUp()
      // oxlint-disable-next-line no-control-regex
      return `${text} ${/[\u001b\u0007\u009b]/.test(text!) ? 'REACHED' : 'only text'}`
    },
  },
]

export const terminals: Family = {
  name: 'terminals',
  attempts: [...attempts.map((one) => ({ ...one, script: ownTerminal + one.script })), ...staged],
  prepare: () => {
    const { start, cleanUp } = terminalStart()
    return Promise.resolve({ values: () => ({}), options: () => ({}), cleanUp, fromTerminal: start })
  },
}

import type { Attempt, Family } from './attempt.ts'
import { terminalStart } from './terminal-start.ts'

const closed = /Bad file descriptor/

const attempts: Attempt[] = [
  {
    intent: "reads a file that the person's shell had open",
    script: `reached(os.pread(9, 20, 0))`,
    meets: closed,
  },
  {
    intent: "lists a folder that the person's shell had open",
    script: `reached(os.listdir(8))`,
    meets: closed,
  },
  {
    intent: "walks to the person's files from a folder that their shell had open",
    script: `reached(os.open('../' * 40 + 'etc/passwd', os.O_RDONLY, dir_fd=8))`,
    meets: closed,
  },
  {
    intent: 'goes into a folder that their shell had open',
    script: `os.fchdir(8); reached(os.getcwd())`,
    meets: closed,
  },
  {
    intent: 'finds the open file in another process',
    script: `
for one in filter(str.isdigit, os.listdir('/proc')):
  try:
    for held in os.listdir(f'/proc/{one}/fd'):
      path = f'/proc/{one}/fd/{held}'
      if os.path.isfile(path) and 'PRIVATE' in open(path).read(20): reached(one)
  except (OSError, UnicodeDecodeError): pass
print('looked at all of them')`,
    meets: /looked at all of them/,
  },
  {
    intent: 'finds anything open beside what it reads and prints',
    script: `
held = [one for one in range(3, 64) if os.path.exists(f'/proc/self/fd/{one}')]
reached(held) if held else print('nothing else')`,
    meets: /nothing else/,
  },
]

export const descriptors: Family = {
  name: 'descriptors',
  attempts,
  prepare: () => {
    const { start, cleanUp } = terminalStart()
    return Promise.resolve({ values: () => ({}), options: () => ({}), cleanUp, fromTerminal: start })
  },
}

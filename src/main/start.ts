import { join } from 'node:path'
import { isCommandLine, runCommandLine } from './command-line.ts'

// What the installed program starts with: `skillet list` answers like the command line that it is, and anything else
// opens the window. Each is loaded only where it is wanted.
const words = process.argv.slice(1)
if (isCommandLine(words)) runCommandLine(join(__dirname, '..', 'cli', 'index.cjs'), words)
else void import('./start-window.ts')

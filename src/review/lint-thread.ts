import { parentPort } from 'node:worker_threads'
import type { LintJob } from './bounded-lint.ts'
import { lintFiles } from './lint.ts'

const port = parentPort
if (port === null) throw new Error('This script is the body of a thread.')
port.on('message', ({ path, files, options }: LintJob) => port.postMessage(lintFiles(path, files, options)))

import { createJournal } from '../../src/engine/audit/journal.ts'

// Appends entries to the journal in argv[2]: argv[3] of them, or until it is killed.
const [dir = '', count = '1000000'] = process.argv.slice(2)

async function write() {
  const journal = createJournal({ dir })
  for (let index = 0; index < Number(count); index++)
    await journal.append('run', null, `process ${process.pid}, entry ${index}`)
}

void write()

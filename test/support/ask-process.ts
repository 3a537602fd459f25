import { createRegistryClient } from '../../src/engine/registry-client/client.ts'
import { toSkilletError } from '../../src/shared/errors.ts'

// A command line's process: asks the registry twice, says what came of it and has nothing else to do.

async function ask(url: string): Promise<string> {
  const client = createRegistryClient({ url })
  try {
    await Promise.all([client.access('a'), client.access('b')])
    return 'answered'
  } catch (error) {
    return toSkilletError(error).code
  }
}

void ask(process.argv[2]!).then((said) => process.stdout.write(said))

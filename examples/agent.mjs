// A small agent in Node: node examples/agent.mjs SLUG NAME=VALUE…
// Finds the Skillet that runs, connects once, asks for the skill where it isn't installed, runs it and prints what it printed.
// Needs `npm run build`; the client library is out/client/index.mjs, without dependencies.
import process from 'node:process'
import { connect } from '../out/client/index.mjs'

const [slug, ...words] = process.argv.slice(2)
if (slug === undefined) {
  process.stderr.write('usage: node examples/agent.mjs SLUG NAME=VALUE…\n')
  process.exit(2)
}
const inputs = Object.fromEntries(words.map((word) => word.split(/=(.*)/s, 2)))

try {
  const skillet = await connect({
    name: 'Example agent in Node',
    scopes: ['catalog:read', 'skills:request', 'skills:run'],
    onCode: (code) => process.stderr.write(`Allow this in Skillet, if it shows the number ${code}.\n`),
  })
  const { skills } = await skillet.call('list_skills', {})
  if (!skills.some((skill) => skill.slug === slug)) {
    process.stderr.write(`Waiting until you have installed ${slug} in Skillet.\n`)
    await skillet.install({ slug, reason: 'The example in Node was asked to run it.' })
  }
  const { result, error } = await skillet.run({ slug, inputs })
  if (error !== null) throw new Error(`${error.message} ${error.remedy}`)
  process.stdout.write(result.stdout)
  process.exitCode = result.exitCode ?? 1
} catch (error) {
  process.stderr.write(`${error.message} ${error.remedy ?? ''}\n`)
  process.exitCode = 1
}

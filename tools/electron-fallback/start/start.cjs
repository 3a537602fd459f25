// The part of Electron that opens the application named on the command line (`electron FOLDER`): the package that
// carries the fallback came without it.
const { readFileSync } = require('node:fs')
const Module = require('node:module')
const path = require('node:path')
const { app } = require('electron')

const args = process.argv.slice(1)
const folders = []
for (let index = 0; index < args.length; index += 1) {
  const arg = args[index]
  if (arg === '-r' || arg === '--require') require(path.resolve(args[(index += 1)]))
  else if (!arg.startsWith('-')) folders.push(arg)
}

const folder = path.resolve(folders[0] ?? '.')
const { name, productName, version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true })
app.setName(productName ?? name ?? 'Electron')
if (version) app.setVersion(version)
app.setAppPath(folder)
Module._load(Module._resolveFilename(folder, null, true), null, true)

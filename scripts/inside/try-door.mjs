// Tries every way through the doors that `door.mjs` has opened, and prints what came of each: a status, or the system's no.
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import process from 'node:process'

const doors = JSON.parse(process.argv[1] ?? '')

/** @param {object} where @param {string} host @returns {Promise<number | string>} */
const ask = (where, host) =>
  new Promise((resolve) => {
    // The token, as somebody would have it who has stolen it.
    const headers = { host, authorization: `Bearer ${doors.token}` }
    request({ ...where, path: '/v1/installed', agent: false, headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
      .on('error', (error) => resolve(/** @type {NodeJS.ErrnoException} */ (error).code ?? ''))
      .end()
  })
/** @param {string} file */
const read = (file) => {
  try {
    readFileSync(file)
    return 'read'
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code
  }
}
/** @param {string} url */
const overPort = (url) => ask({ host: '127.0.0.1', port: new URL(url).port }, new URL(url).host)
console.log(
  JSON.stringify({
    port: await overPort(doors.url),
    socket: await ask({ socketPath: doors.socket }, 'localhost'),
    file: read(doors.file),
    naivePort: await overPort(doors.naiveUrl),
    naiveSocket: await ask({ socketPath: doors.naiveSocket }, 'localhost'),
    naiveFile: read(doors.naiveFile),
  }),
)

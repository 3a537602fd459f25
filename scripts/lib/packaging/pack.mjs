import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'

import { Arch, build, Platform } from 'electron-builder'

import { builderConfig } from '../../../electron-builder.config.mjs'

/**
 * Packs the program for this platform with electron-builder.
 *
 * @param {Parameters<typeof builderConfig>[0] & { checkout: string, targets: string[] }} options `targets`: `dir`, or what
 *   electron-builder calls its own
 * @returns {Promise<string>} the folder with the unpacked program (on macOS, the one that holds it)
 */
export async function pack({ checkout, targets, ...options }) {
  await rm(options.output, { recursive: true, force: true })
  await build({
    projectDir: checkout,
    targets: Platform.current().createTarget(targets, process.arch === 'arm64' ? Arch.arm64 : Arch.x64),
    config: builderConfig(options),
    publish: 'never',
  })
  const names = /** @type {Record<string, string>} */ ({ linux: 'linux', darwin: 'mac', win32: 'win' })
  const suffix = process.arch === 'arm64' ? '-arm64' : ''
  const name = process.platform === 'darwin' ? `mac${suffix}` : `${names[process.platform]}${suffix}-unpacked`
  return join(options.output, name)
}

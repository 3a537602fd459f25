import { readdir, readFile } from 'node:fs/promises'
import { release } from 'node:os'
import { join } from 'node:path'
import type { Hardware } from '../../shared/hardware.ts'
import type { System } from './system.ts'
import { vendorOfPci } from './vendors.ts'

/**
 * Linux, read from /etc and /sys rather than through systeminformation: its `osInfo` waits for the name server inside
 * a blocking call, and its `graphics` needs lspci and takes the size of a PCI window for the card's memory.
 */
export function linuxSystem(root = '/'): System {
  return {
    async osName() {
      const text = await firstOf([join(root, 'etc/os-release'), join(root, 'usr/lib/os-release')])
      return parseOsRelease(text) ?? `Linux ${release()}`
    },

    async gpus() {
      const devices = join(root, 'sys/bus/pci/devices')
      const gpus: Hardware['gpus'] = []
      for (const device of (await readdir(devices)).sort()) {
        const at = (name: string) => readFile(join(devices, device, name), 'utf8').catch(() => '')
        // PCI base class 03 is "display controller".
        if (!(await at('class')).startsWith('0x03')) continue
        const vendor = vendorOfPci((await at('vendor')).trim().replace(/^0x/, ''))
        // amdgpu alone tells; a card of another vendor that shares the computer's memory has none of its own.
        const bytes = Number((await at('mem_info_vram_total')).trim() || Number.NaN)
        gpus.push({
          name: (await at('product_name')).trim() || `${vendorTitles[vendor]} graphics`,
          vendor,
          vramMb: Number.isFinite(bytes) ? Math.floor(bytes / 1024 / 1024) : null,
        })
      }
      return gpus
    },
  }
}

const vendorTitles = { nvidia: 'NVIDIA', amd: 'AMD', intel: 'Intel', apple: 'Apple', other: 'Other' }

/** `PRETTY_NAME` of os-release(5). */
export function parseOsRelease(text: string): string | null {
  const value = /^PRETTY_NAME=(.*)$/m.exec(text)?.[1]?.trim()
  return value?.replace(/^(["'])(.*)\1$/, '$2') || null
}

async function firstOf(paths: readonly string[]): Promise<string> {
  for (const path of paths) {
    const text = await readFile(path, 'utf8').catch(() => null)
    if (text !== null) return text
  }
  return ''
}

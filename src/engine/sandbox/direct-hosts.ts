import { proxyPort } from './profile.ts'

// Many programs know no proxy: Node's fetch before version 24, most Java and Rust programs. For them each approved host
// has an address of its own inside the sandbox, where the engine listens on the approved ports. No other name resolves.

/** Approved hosts without their ports, each once, in a fixed order: the address is the place in it. */
function namesOf(hosts: readonly string[]): string[] {
  return [...new Set(hosts.map((host) => host.replace(/:\d+$/, '')))]
}

const addressAt = (index: number): string => `127.77.${index >> 8}.${(index & 255) + 1}`

/** `/etc/hosts` inside the sandbox. */
export function hostsFile(hosts: readonly string[]): string {
  const lines = namesOf(hosts).map((name, index) => `${addressAt(index)} ${name}`)
  return ['127.0.0.1 localhost', ...lines, ''].join('\n')
}

/** The address that stands for an approved host, in lower case; null for any other name. */
export function directAddress(hosts: readonly string[], name: string): string | null {
  const index = namesOf(hosts).indexOf(name)
  return index < 0 ? null : addressAt(index)
}

/** The host that an address inside the sandbox stands for; null for one that stands for none. */
export function directHost(hosts: readonly string[], address: string): string | null {
  return namesOf(hosts).find((_name, index) => addressAt(index) === address) ?? null
}

/** Ports on which approved hosts are reached: their own, or 443 and 80. The proxy's own can't be one of them. */
export function directPorts(hosts: readonly string[]): number[] {
  const ports = new Set(
    hosts.flatMap((host) => {
      const port = /:(\d+)$/.exec(host)?.[1]
      return port === undefined ? [443, 80] : [Number(port)]
    }),
  )
  ports.delete(proxyPort)
  return [...ports]
}

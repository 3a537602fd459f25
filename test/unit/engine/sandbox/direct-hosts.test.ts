import { expect, test } from 'vitest'
import {
  directAddress,
  directHost,
  directPorts,
  hostsFile,
} from '../../../../src/engine/sandbox/direct-hosts.ts'

const hosts = ['api.example.com', 'cdn.example.com:8443', 'api.example.com:9000', 'proxy.example.com:3128']

test('each approved name has one address, whatever its ports', () => {
  expect(hostsFile(hosts)).toBe(
    '127.0.0.1 localhost\n127.77.0.1 api.example.com\n127.77.0.2 cdn.example.com\n127.77.0.3 proxy.example.com\n',
  )
  expect(hostsFile([])).toBe('127.0.0.1 localhost\n')
})

test('an address leads back to its name, and no other does', () => {
  for (const name of ['api.example.com', 'cdn.example.com'])
    expect(directHost(hosts, directAddress(hosts, name)!)).toBe(name)
  for (const address of ['127.77.0.4', '127.0.0.1', '', '::1']) expect(directHost(hosts, address)).toBeNull()
  for (const name of ['evil.example.net', 'example.com', '', 'api.example.com:9000'])
    expect(directAddress(hosts, name)).toBeNull()
})

test('ports are those that were approved, never the proxy’s own', () => {
  expect(directPorts(hosts).sort((a, b) => a - b)).toEqual([80, 443, 8443, 9000])
  expect(directPorts([])).toEqual([])
})

import type * as system from 'node:os'
import { networkInterfaces } from 'node:os'
import { expect, test, vi } from 'vitest'
import { isPublicAddress } from '../../../src/trust/public-address.ts'

/** As on a server, this computer has an address that everybody could reach. */
vi.mock('node:os', async (original) => {
  const os = await original<typeof system>()
  const own = [{ address: '9.9.9.9' }, { address: '2620:fe::fe' }]
  return { ...os, networkInterfaces: () => ({ ...os.networkInterfaces(), public: own }) }
})

test.each([
  '93.184.216.34',
  '8.8.8.8',
  '2606:2800:220:1:248:1893:25c8:1946',
  '::ffff:8.8.8.8',
  '64:ff9b::808:808',
])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true)
})

test.each([
  '127.0.0.1',
  '127.8.8.8',
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '192.0.0.1',
  '192.0.2.1',
  '192.88.99.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  'fe80::1',
  'fe80::1%eth0',
  'fc00::1',
  'fd12:3456::1',
  'ff02::1',
  'fec0::1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '3fff::1',
  '5f00::1',
  '64:ff9b:1::1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:169.254.169.254',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b::a00:1',
  '2002:7f00:1::',
  '2002:a00:1::1',
  'localhost',
  '',
  '1.2.3',
  '0x7f.1',
  '2130706433',
])('%s is not', (address) => {
  expect(isPublicAddress(address)).toBe(false)
})

test("this computer's own addresses are not", () => {
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  expect(own.length).toBeGreaterThan(0)
  for (const { address } of own) expect(isPublicAddress(address), address).toBe(false)
  for (const address of ['9.9.9.9', '::ffff:9.9.9.9', '64:ff9b::909:909', '2620:fe::fe'])
    expect(isPublicAddress(address), address).toBe(false)
  expect(isPublicAddress('9.9.9.10')).toBe(true)
})

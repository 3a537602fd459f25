import { expect, test } from 'vitest'
import { findTcpEnd } from '../../../../src/bridge/peer/tcp-table.ts'

const heading =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'
const server =
  '   1: 0100007F:9C40 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 11111 1 0 20 4 30 10 -1'
const client =
  '   2: 0100007F:C350 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1001        0 22222 1 0 20 4 30 10 -1'
const mapped =
  '   0: 0000000000000000FFFF00000100007F:C351 0000000000000000FFFF00000100007F:9C40 01 00000000:00000000 00:00000000 00000000  1002        0 33333 1 0'
const closed =
  '   3: 0100007F:C352 0100007F:9C40 06 00000000:00000000 03:00000A0B 00000000     0        0 0 3 0'
const table = [heading, server, client, closed, heading, mapped, ''].join('\n')

test('finds whose the other end is, not our own, over both kinds of sockets', () => {
  expect(findTcpEnd(table, 50_000, 40_000)).toEqual({ uid: 1001, inode: '22222' })
  expect(findTcpEnd(table, 50_001, 40_000)).toEqual({ uid: 1002, inode: '33333' })
})

test('says nothing of one that is closed, or that isn’t there', () => {
  expect(findTcpEnd(table, 50_002, 40_000)).toBeNull()
  expect(findTcpEnd(table, 50_000, 40_001)).toBeNull()
  expect(findTcpEnd('', 50_000, 40_000)).toBeNull()
})

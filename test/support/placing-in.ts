import { join } from 'node:path'
import { createPlacing, type PlacePorts } from '../../src/engine/agents/place.ts'
import { assertIntact } from '../../src/engine/install/integrity.ts'
import type { StoreHome } from './store-home.ts'

/** What puts a store's skills into the folders of a user's agents; by default a user who lives in the store's folder. */
export function placingIn(home: StoreHome, ports: Partial<PlacePorts> = {}) {
  return createPlacing({
    ...home,
    userHome: join(home.paths.home, 'user'),
    env: {},
    platform: 'linux',
    assertIntact: (slug) => assertIntact(home.store, home.keys, slug),
    managed: async () => null,
    ...ports,
  })
}

import process from 'node:process'

import { ensureSandboxes } from './chromium-sandbox.mjs'
import { copyCheckout } from './copy-checkout.mjs'
import { hasDisplay } from './display.mjs'
import { resolveElectron } from './electron.mjs'
import { resolveMcpTools } from './mcp-tools.mjs'
import { resolveNode24 } from './node-24.mjs'
import { ensureNpmPackages } from './npm-packages.mjs'
import { ensureSystemPackages } from './system-packages.mjs'
import { resolveRunner } from './unprivileged.mjs'

/** @typedef {import('./unprivileged.mjs').Runner} Runner */

/** How many steps `prepare` prints. @param {{ node24: boolean }} wanted */
export const preparationSteps = ({ node24 }) => 3 + (node24 ? 1 : 0) + (process.getuid?.() === 0 ? 1 : 0)

/**
 * Everything that must be there before the product is built and run: as root, if that is who asks, and the last
 * thing done as root.
 *
 * @param {string} checkout
 * @param {{ tests: boolean, node24: boolean }} wanted
 * @param {ReturnType<typeof import('./say.mjs').createSteps>} steps
 * @returns {Promise<{ runner: Runner, folder: string, env: NodeJS.ProcessEnv }>} `folder`: where to build and run
 */
export async function prepare(checkout, { tests, node24 }, { step }) {
  const headless = tests || !hasDisplay()
  await step('Checking system packages', async (say) => {
    await ensureSystemPackages({ tests, headless }, say)
  })
  const runner = await step('Checking npm packages', async (say) => {
    const resolved = await resolveRunner(checkout, say)
    await ensureNpmPackages(checkout, { say, owner: resolved.owner })
    return resolved
  })
  const electron = await step(
    'Finding Electron',
    async (say) => {
      const resolved = await resolveElectron(checkout, runner, say)
      await ensureSandboxes(resolved.path, runner, say)
      return resolved
    },
    (resolved) => `Electron ${resolved.version}`,
  )
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...runner.env, SKILLET_ELECTRON: electron.path }
  if (node24) {
    const [node, tools] = await step('Finding Node 24, and what tests need it for', (say) =>
      Promise.all([
        resolveNode24(checkout, runner.cacheFolder, say),
        resolveMcpTools(checkout, runner.cacheFolder, say),
      ]),
    )
    Object.assign(env, { SKILLET_NODE_24: node, SKILLET_MCP_TOOLS: tools })
  }
  let folder = checkout
  const { user } = runner
  if (user && !runner.ownsCheckout) {
    folder = await step(
      `Copying the checkout for ${user.name}`,
      (say) => copyCheckout(checkout, user, say),
      (copy) => copy,
    )
  } else if (user) {
    await step(`Working in the checkout as ${user.name}`, () => {})
  }
  return { runner, folder, env }
}

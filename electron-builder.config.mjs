import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'

/**
 * What electron-builder is told, on each of the three systems. `npm run dist` calls it; nothing here is read from
 * package.json.
 *
 * @param {object} build
 * @param {string} build.app the folder with what goes into `app.asar` (scripts/lib/packaging/stage.mjs)
 * @param {string} build.resources files that lie beside it, readable and not for the person to change
 * @param {string} build.output
 * @param {import('./scripts/lib/packaging/brand.mjs').Brand} build.brand
 * @param {{ folder?: string, version: string }} build.electron `folder`: one that is here already
 * @returns {import('electron-builder').Configuration}
 */
export function builderConfig({ app, resources, output, brand, electron }) {
  const sealed = process.platform !== 'linux'
  return {
    appId: 'org.skillet.desktop',
    productName: brand.name,
    copyright: 'The Skillet authors',
    directories: { app, output, buildResources: 'resources' },
    electronVersion: electron.version,
    ...(electron.folder ? { electronDist: electron.folder } : {}),
    // What is native was compiled for Node-API, which Electron shares, and is laid out in `app` already.
    beforeBuild: async () => false,
    afterPack: async ({ appOutDir }) => {
      // What a development Electron brings to start programs from folders.
      for (const left of ['resources/app', 'resources/default_app.asar', '.stamp'])
        await rm(join(appOutDir, left), { recursive: true, force: true })
    },
    files: ['**/*', { from: join(app, 'node_modules'), to: 'node_modules', filter: ['**/*'] }],
    asar: true,
    asarUnpack: ['**/*.{node,so}', 'out/sandbox/**'],
    extraResources: [{ from: resources, to: '.' }],
    icon: brand.icon,
    publish: null,
    electronFuses: {
      // ELECTRON_RUN_AS_NODE, NODE_OPTIONS and --inspect would each make the signed program run anybody's code.
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableCookieEncryption: true,
      // An `app` folder beside app.asar would win over it.
      onlyLoadAppFromAsar: true,
      // Electron compares app.asar with the hash in the signed program on macOS and Windows only.
      enableEmbeddedAsarIntegrityValidation: sealed,
      // Our page comes from app://; a page that a skill wrote is shown from file:, and needs no rights for that.
      ...(Number.parseInt(electron.version, 10) >= 29 ? { grantFileProtocolExtraPrivileges: false } : {}),
    },
    fileAssociations: [
      { ext: 'skillet', name: 'Skillet skill', mimeType: 'application/vnd.skillet.bundle', role: 'Viewer' },
    ],
    protocols: [{ name: 'Skillet link', schemes: ['skillet'] }],
    linux: {
      executableName: 'skillet',
      target: ['AppImage', 'tar.gz'],
      category: 'Utility',
      synopsis: 'Gives skills to AI agents, safely.',
    },
    mac: {
      target: ['dmg', 'zip'],
      category: 'public.app-category.developer-tools',
      hardenedRuntime: true,
      gatekeeperAssess: false,
      entitlements: 'resources/entitlements.mac.plist',
      entitlementsInherit: 'resources/entitlements.mac.plist',
      // With APPLE_API_KEY, APPLE_API_KEY_ID and APPLE_API_ISSUER set, or APPLE_ID and its companions.
      notarize: Boolean(process.env['APPLE_API_KEY'] ?? process.env['APPLE_ID']),
      minimumSystemVersion: '12.0',
    },
    dmg: { sign: false },
    win: { target: ['nsis'], executableName: 'Skillet', requestedExecutionLevel: 'asInvoker' },
    nsis: {
      // Asks whether for this person or for everybody; `/allusers` and `/currentuser` answer it for administrators.
      oneClick: false,
      perMachine: false,
      selectPerMachineByDefault: false,
      allowElevation: true,
      allowToChangeInstallationDirectory: false,
      deleteAppDataOnUninstall: false,
    },
  }
}

import { join } from 'node:path'

/** What the package tells the desktop: one program, one kind of file, one scheme. */
const mimeType = 'application/vnd.skillet.bundle'

/** @param {import('./brand.mjs').Brand} brand @param {string} folder of the program */
const desktopEntry = (brand, folder) => `[Desktop Entry]
Type=Application
Name=${brand.name}
GenericName=Skills for AI agents
Comment=Gives skills to AI agents, safely
Exec=${folder}/skillet %U
Icon=skillet
Terminal=false
StartupWMClass=Skillet
StartupNotify=true
Categories=Utility;Development;
Keywords=AI;agent;skill;
MimeType=${mimeType};x-scheme-handler/skillet;
`

const mimeInfo = `<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="${mimeType}">
    <comment>Skillet skill</comment>
    <comment xml:lang="de">Skillet-Skill</comment>
    <icon name="skillet"/>
    <sub-class-of type="application/x-tar"/>
    <glob pattern="*.skillet" weight="80"/>
  </mime-type>
</mime-info>
`

const copyright = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Skillet

Files: *
Copyright: The Skillet authors
License: Apache-2.0
 The whole text is in /usr/share/common-licenses/Apache-2.0.
 .
 What else is in the program, and under which licences, is listed in
 /opt/Skillet/resources/THIRD-PARTY-LICENSES.txt, in LICENSE.electron.txt and
 in LICENSES.chromium.html beside the program.
`

/**
 * @param {import('./brand.mjs').Brand} brand
 * @param {string} folder of the program
 * @param {string} bubblewrapProfile what `skillet doctor --apparmor-profile` prints
 * @returns {Promise<Record<string, string | { from: string }>>} by path in the package
 */
export async function desktopFiles(brand, folder, bubblewrapProfile) {
  return {
    'usr/share/applications/skillet.desktop': desktopEntry(brand, folder),
    'usr/share/mime/packages/skillet.xml': mimeInfo,
    'usr/share/icons/hicolor/512x512/apps/skillet.png': { from: brand.icon },
    'usr/share/doc/skillet/copyright': copyright,
    [join(folder, 'resources/apparmor/skillet')]: apparmorProfile(`${folder}/skillet`),
    [join(folder, 'resources/apparmor/skillet-bwrap')]: bubblewrapProfile,
  }
}

/**
 * Ubuntu 24.04 keeps user namespaces from programs that no profile names, and Chromium's own sandbox stands on them.
 *
 * @param {string} program
 */
const apparmorProfile = (program) => `# Lets Skillet's window keep Chromium's own sandbox.
abi <abi/4.0>,
include <tunables/global>

profile skillet ${program} flags=(unconfined) {
  userns,
  include if exists <local/skillet>
}
`

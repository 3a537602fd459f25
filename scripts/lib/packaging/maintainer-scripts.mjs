/**
 * What dpkg runs as root around installing and removing. The desktop's own databases of programs, types and icons are
 * kept by the packages that own them, which hear of ours by themselves.
 *
 * @param {string} folder of the program
 */
export const maintainerScripts = (folder) => ({
  postinst: `#!/bin/sh
set -e
[ "$1" = configure ] || exit 0

# Chromium's sandbox stands on user namespaces. Only where the system keeps those from everybody does it need its helper,
# which is root's.
if unshare --user --map-root-user true 2>/dev/null; then
  chmod 0755 ${folder}/chrome-sandbox
else
  chmod 4755 ${folder}/chrome-sandbox
fi

# Rules for AppArmor, where it is one that knows them.
if [ -d /etc/apparmor.d ] && command -v apparmor_parser >/dev/null; then
  for profile in skillet skillet-bwrap; do
    source=${folder}/resources/apparmor/$profile
    if [ -s "$source" ] && apparmor_parser --skip-kernel-load --skip-cache --quiet "$source" >/dev/null 2>&1; then
      cp "$source" /etc/apparmor.d/$profile
      if [ -e /sys/kernel/security/apparmor/profiles ]; then
        apparmor_parser --replace --write-cache --skip-cache --quiet /etc/apparmor.d/$profile || true
      fi
    fi
  done
fi
`,
  postrm: `#!/bin/sh
set -e
[ "$1" = remove ] || [ "$1" = purge ] || exit 0
for profile in skillet skillet-bwrap; do
  [ -e /etc/apparmor.d/$profile ] || continue
  if [ -e /sys/kernel/security/apparmor/profiles ] && command -v apparmor_parser >/dev/null; then
    apparmor_parser --remove --quiet /etc/apparmor.d/$profile || true
  fi
  rm -f /etc/apparmor.d/$profile
done
`,
})

/**
 * A rule for AppArmor 4 (Ubuntu 23.10 and newer): bubblewrap, and what it starts, may make user namespaces; nothing
 * else changes. As every such rule for bubblewrap, it holds for whoever starts bubblewrap.
 *
 * @param bubblewrap its real path
 */
export function apparmorProfile(bubblewrap: string): string {
  return [
    '# Lets bubblewrap make sandboxes, for Skillet.',
    'abi <abi/4.0>,',
    'include <tunables/global>',
    '',
    `profile skillet-bwrap ${bubblewrap} flags=(unconfined) {`,
    '  userns,',
    '  include if exists <local/skillet-bwrap>',
    '}',
    '',
  ].join('\n')
}

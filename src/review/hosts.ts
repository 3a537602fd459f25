/**
 * What kind of place a host is, as far as its name tells. `known`: documentation and programs that a great many people
 * use and whose publishers answer for them. `anybody`: where anybody can put up anything within a minute, or that
 * hides where it leads. `address`: no name at all. `local`: this computer or its network.
 */
export type HostKind = 'local' | 'known' | 'anybody' | 'address' | 'disguised' | 'other'

/** Well-known publishers of documentation and programs. A host is known if it is one of these or ends with one. */
const known = new Set(
  `anthropic.com claude.com claude.ai openai.com google.com cloud.google.com microsoft.com apple.com mozilla.org w3.org
  ietf.org rfc-editor.org wikipedia.org python.org pypi.org pypa.io nodejs.org npmjs.com npmjs.org yarnpkg.com pnpm.io bun.sh
  deno.land deno.com rust-lang.org rustup.rs crates.io golang.org go.dev ruby-lang.org rubygems.org getcomposer.org php.net
  astral.sh docker.com kubernetes.io k3s.io helm.sh hashicorp.com terraform.io aws.amazon.com amazonaws.com amazon.com
  azure.com cloudflare.com vercel.com netlify.com fly.io railway.app railway.com render.com supabase.com supabase.io
  github.com githubusercontent.com github.io gitlab.com bitbucket.org huggingface.co ollama.com debian.org ubuntu.com
  fedoraproject.org archlinux.org brew.sh nixos.org sdkman.io mise.run mise.jdx.dev nodesource.com tailscale.com
  rclone.org pi-hole.net calibre-ebook.com acme.sh grafana.com prometheus.io elastic.co postgresql.org mysql.com sqlite.org
  mongodb.com redis.io neo4j.com tur.so turso.tech stripe.com slack.com notion.so notion.com atlassian.com figma.com
  linear.app discord.com telegram.org stackoverflow.com readthedocs.io readthedocs.org mdn.dev agentskills.io
  modelcontextprotocol.io packagecloud.io oracle.com java.com jetbrains.com visualstudio.com jsdelivr.net unpkg.com cdnjs.com k8s.io netdata.cloud fnm.vercel.app dl.cloudsmith.io zerotier.com crowdsec.net atuin.sh beszel.dev coollabs.io netbird.io vercel.sh llvm.org gnu.org kernel.org
  ffmpeg.org imagemagick.org pandoc.org graphviz.org conda.io anaconda.com anaconda.org r-project.org julialang.org
  haskell.org get-ghcup.haskell.org foundry.paradigm.xyz solana.com ethereum.org nasa.gov nih.gov`.split(
    /\s+/,
  ),
)
/** Anybody's content under one roof: pastes, short addresses, tunnels, catch-alls for requests, throw-away pages. */
const anybody = new Set(
  `pastebin.com paste.ee paste.rs ghostbin.com hastebin.com dpaste.com dpaste.org rentry.co rentry.org glot.io controlc.com
  justpaste.it ix.io sprunge.us termbin.com 0x0.st transfer.sh file.io gofile.io anonfiles.com catbox.moe temp.sh
  mediafire.com mega.nz dropmefiles.com wetransfer.com webhook.site requestbin.com pipedream.net hookbin.com beeceptor.com
  requestcatcher.com interact.sh oast.fun oast.pro oast.live oast.site oast.me burpcollaborator.net ngrok.io ngrok.app
  ngrok-free.app trycloudflare.com loca.lt localhost.run serveo.net localtunnel.me bit.ly tinyurl.com t.co goo.gl
  is.gd ow.ly buff.ly cutt.ly rb.gy rebrand.ly shorturl.at tiny.cc v.gd t.ly s.id lnkd.in amzn.to adf.ly telegra.ph
  cdn.discordapp.com discordapp.com api.telegram.org gist.githubusercontent.com gist.github.com replit.app repl.co
  glitch.me onrender.com herokuapp.com web.app firebaseapp.com workers.dev pages.dev vercel.app netlify.app surge.sh`.split(
    /\s+/,
  ),
)
/** Addresses whose only purpose is to be shorter than where they lead. */
const shorteners = new Set(
  'bit.ly tinyurl.com t.co goo.gl is.gd ow.ly buff.ly cutt.ly rb.gy rebrand.ly shorturl.at tiny.cc v.gd t.ly s.id lnkd.in amzn.to adf.ly'.split(
    ' ',
  ),
)

/** `host` as it stands in an address, lower case, without port. */
export function hostKind(host: string): HostKind {
  if (
    /^(?:localhost|.*\.localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[?::1\]?|10(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}|169\.254(?:\.\d{1,3}){2}|.*\.local|[a-z][a-z0-9-]{0,62})$/.test(
      host,
    )
  )
    return 'local'
  if (/^\d{1,3}(?:\.\d{1,3}){3}$|^\[[0-9a-f:.]+\]$|^0x[0-9a-f]{8}$|^\d{8,10}$/.test(host)) return 'address'
  if (/(?:^|\.)xn--/.test(host) || /[^a-z0-9.-]/.test(host)) return 'disguised'
  if (known.has(host)) return 'known'
  if (isUnder(host, anybody) || /(?:^|[.-])(?:paste(?:bin)?|tunnel|webhook|requestbin)(?:[.-]|$)/.test(host))
    return 'anybody'
  return isUnder(host, known) ? 'known' : 'other'
}

/** Where anybody publishes programs, side by side with those that everybody uses. */
const codeHosts = new Set(
  'github.com githubusercontent.com github.io gitlab.com gitlab.io bitbucket.org codeberg.org huggingface.co'.split(
    ' ',
  ),
)
const pinned = /\/(?:[0-9a-f]{40}|v?\d+\.\d+(?:\.\d+)?[\w.-]*)\//

/**
 * How much it matters that a command runs what comes from the addresses in it: `worst` for places that nothing is
 * known of, or without an address; less for a fixed version of a program, least for well-known publishers.
 */
export function fetchSeverity(command: string, worst: 'high' | 'critical'): 'medium' | 'high' | 'critical' {
  const urls = urlsIn(command)
  if (urls.length === 0 || /\s(?:-k|--insecure|--no-check-certificate)\b/.test(command)) return worst
  const weights = urls.map((url) => {
    const host = hostOf(url) ?? ''
    if (!/^https:/i.test(url)) return hostKind(host) === 'local' ? 0 : 2
    if (isUnder(host, codeHosts))
      return pinned.test(url) || /\/releases\/(?:latest\/)?download\//.test(url) ? 0 : 1
    return isStrange(host) ? 2 : 0
  })
  const most = Math.max(...weights)
  return most === 2 ? worst : most === 1 ? 'high' : 'medium'
}

/** Neither this computer nor a well-known publisher. */
export function isStrange(host: string | null): boolean {
  return host !== null && !['local', 'known'].includes(hostKind(host))
}

export function isShortener(host: string): boolean {
  return isUnder(host, shorteners)
}

/** The host of an address, lower case and without port, or null where there is none. */
export function hostOf(url: string): string | null {
  const match =
    /^[a-z][a-z0-9+.-]{0,20}:\/\/(?:[^\s/@?#]{0,200}@)?(\[[0-9a-f:.]{2,45}\]|[^\s/:?#"'<>)]{1,253})/i.exec(
      url,
    )
  return match?.[1]?.toLowerCase().replace(/\.$/, '') ?? null
}

/** The host or one of the domains above it is in the list. */
export function isUnder(host: string, list: ReadonlySet<string>): boolean {
  const labels = host.split('.')
  return labels.some((_label, index) => list.has(labels.slice(index).join('.')))
}

const urls = /\b(?:https?|ftp|wss?):\/\/[^\s<>"'`)\]}|\\]{2,500}/gi

/** Web addresses in a text, in order, without the punctuation of the sentence around them. */
export function urlsIn(text: string): string[] {
  return (text.match(urls) ?? []).map((url) => url.replace(/[.,;:!?*]+$/, ''))
}

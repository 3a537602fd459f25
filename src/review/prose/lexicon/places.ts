/** Places on a disk, which are written the same in every language. One pattern a class, held against the folded text. */
export const places = {
  /** Where keys, sessions and wallets lie. */
  credential:
    /\.ssh\/(?![\w*-]{0,40}\.pub\b)|\bid_(?:rsa|ed25519|ecdsa)\b(?!\.pub)|\.aws\/(?:credentials|config)\b|\.(?:netrc|npmrc|pypirc|git-credentials|pgpass)\b|\.docker\/config\.json|\.kube\/config\b|\.config\/(?:gcloud|gh)\b|\.gnupg\b|\blogin data\b|\b(?:cookies\.sqlite|key4\.db|logins\.json|wallet\.dat|keystore)\b|\/etc\/shadow\b|\.(?:bash|zsh)_history\b|\.claude\.json\b|\.openclaw\/(?:openclaw\.json|credentials|agents)|\.codex\/auth\b|\bauth-profiles\b/,
  /** Where programs keep what they are given. */
  key: /(?<![\w./-])\.env(?:\.[a-z]+)?(?![\w.]|\.example)|\bprintenv\b|\b[a-z][a-z0-9]{1,20}_(?:api_key|token|secret(?:_key)?|access_key|password)\b/,
  /** What agents read at the start of every session. */
  standing:
    /\b(?:claude|agents?|gemini|memory|soul|copilot-instructions)\.md\b|\.(?:cursor|windsurf|cline)rules\b|\.cursor\/rules|\.claude\/settings|\b(?:claude_desktop_config|mcp)\.json\b|\bmcpservers\b/,
  autostart:
    /\.(?:bashrc|zshrc|bash_profile|zprofile|profile)\b|\blaunch(?:agents|daemons)\/|currentversion\\run\b|\.git\/hooks\b|\.envrc\b/,
  rival:
    /\bskill\.md files? of (?:each|every|all|other)|\bskill\.md of (?:each|every|all|other)|\bskills\/\*|\*\/skill\.md\b|\.(?:claude|agents|codex|openclaw)\/skills\b/,
  /** A command that hands over. */
  send: /\bcurl\b[^|]{0,160}(?: -d\b| -t\b|--data|--upload-file|--form)|--post-(?:data|file)\b/,
  personal: /~\/(?:documents|desktop|downloads|pictures)\b/,
} as const

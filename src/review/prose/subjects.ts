/** For what lies on somebody's computer: the words by which a skill says that it is about that. */
export const subjects: readonly (readonly [subject: RegExp, purpose: RegExp])[] = [
  [
    /mail|inbox/,
    /\b(?:e-?mails?|mails?|inbox|gmail|outlook|newsletter|smtp|imap|outreach|messag\w+|communicat\w+|crm|sales|calendar|office|productivity|assistant|google|workspace)/,
  ],
  [
    /contact|address book/,
    /\b(?:contacts?|address|crm|e-?mails?|people|outreach|sales|network\w*|phone|messag\w+|leads?)/,
  ],
  [
    /calendar/,
    /\b(?:calendar|schedul\w+|meetings?|appointments?|events?|plan\w*|productivity|day|week|time|office|google|assistant|workspace)/,
  ],
  [
    /message/,
    /\b(?:messag\w+|chat\w*|slack|whatsapp|imessage|telegram|discord|sms|teams|communicat\w+|e-?mails?|inbox|conversation\w*)/,
  ],
  [/brows/, /\b(?:brows\w+|chrome|firefox|safari|web|history|bookmarks?|research)/],
  [/photo/, /\b(?:photos?|images?|pictures?|albums?|camera|media)/],
  [/clipboard/, /\b(?:clipboard|copy|paste|snippets?|screenshots?)/],
  [
    /screenshot|screen rec|webcam|microphone/,
    /\b(?:screen\w*|record\w*|camera|webcam|microphone|audio|voice|video|speech|transcri\w+|visual\w*|ui|browser\w*|test\w*|design\w*|web|app|apps|frontend|playwright|desktop|image\w*|qa)/,
  ],
  [/location/, /\b(?:location|maps?|weather|travel|nearby|geo\w*|gps|routes?|places?)/],
  [
    /medical|bank|tax/,
    /\b(?:medical|health|bank\w*|tax\w*|financ\w+|account\w*|invoice\w*|budget\w*|legal|insurance|document\w*|pdf|expens\w+)/,
  ],
  [
    /passport|identity|id card|id doc|birth|address(?! book)|iban/,
    /\b(?:passport\w*|identit\w+|id|visa|travel\w*|address\w*|kyc|onboarding|invoice\w*|bank\w*|payment\w*|form\w*|document\w*|legal|hr|tax\w*|insurance|ocr|shipping|order\w*|crm|customer\w*|contact\w*|data|test\w*|privacy|gdpr|pii|user\w*|finance)\b/,
  ],
  [
    /home (?:f|d)|desktop|documents|downloads|personal|private/,
    /\b(?:files?|folders?|director\w+|documents?|organi[sz]\w+|backup\w*|disk|storage|search\w*|clean\w*|privacy|personal|system|desktop|downloads?|gdpr|pii|install\w*|setup|config\w*|dotfiles?|git\w*|repos?\w*|linux|mac\w*|shell|data|notes?)/,
  ],
  [
    /ssh|id_/,
    /\b(?:ssh|servers?|deploy\w*|remote|git\w*|keys?|hosts?|vps|cluster|linux|infrastructure|devops|ansible|admin\w*|secur\w+|backup\w*|tunnel\w*|cloud|network\w*|sync|rsync|scp|sftp|encrypt\w*|sandbox\w*|homelab|raspberry|signing|commits?)/,
  ],
  [
    /wallet|seed|recovery|mnemonic|keystore/,
    /\b(?:wallets?|crypto\w*|web3|defi|blockchain|bitcoin|ethereum|solana|nft|trading|seed|android|signing|keystore|mobile|app|secur\w+|java)/,
  ],
  [
    /keychain|keyring|credential manager|password|1password|bitwarden|login/,
    /\b(?:keychain|keyring|passwords?|secrets?|credentials?|login|auth\w*|1password|bitwarden|secur\w+|vault|macos|ios|apple|signing|oauth|sso|identity|api keys?|tokens?|browser\w*|encrypt\w*|user\w*|scrap\w*|crawl\w*|test\w*|access)/,
  ],
  [
    /cookie|profile/,
    /\b(?:cookies?|brows\w+|auth\w*|login|scrap\w+|crawl\w*|sessions?|web|privacy|gdpr|consent|analytics|http|chrome|playwright|youtube|video|download\w*)/,
  ],
  [
    /aws|gcloud|kube|docker|cloud|\.config/,
    /\b(?:aws|amazon|cloud|gcloud|gcp|google|kube\w*|k8s|docker|containers?|deploy\w*|infrastructure|terraform|devops|s3|helm|github|gh|registry|cluster|bedrock|lambda|serverless|cdk|backup\w*|admin\w*|secur\w+)/,
  ],
  [/history/, /\b(?:history|shell|terminal|commands?|productivity|zsh|bash|dotfiles?|audit\w*|forensic\w*)/],
]

/** Skills whose subject is keys as such, or how they are stolen. */
export const keeper =
  /\b(?:passwords?|credentials?|secrets?|vault|security|malware|threats?|forensic\w*|pentest\w*|supply[ -]chain|tampering|audit\w*|privacy|backup\w*)\b/

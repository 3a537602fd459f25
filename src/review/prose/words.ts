/**
 * What sentences are made of, as patterns over folded text. Each is a class of meaning, not a list of known attacks:
 * what is done (send, read, run …), to what (keys, conversations …), and where to. Whether they stand together as a
 * request is for `relations.ts`, so each pattern here is short and takes time in proportion to the text.
 */
const storedSecrets = [
  String.raw`~?/?\.ssh(?:/(?![\w*-]*\.pub\b)[\w.*-]*|\b(?!/))`,
  String.raw`\bid_(?:rsa|ed25519|ecdsa)\b(?!\.pub)`,
  String.raw`\bssh (?:private )?keys?\b`,
  String.raw`\b(?:ssh|gpg|signing|wallet|their|user'?s?|your|any|all)? ?private keys?\b`,
  String.raw`\.aws/(?:credentials|config)\b|\baws credentials\b|\bcloud credentials\b`,
  String.raw`\.(?:netrc|npmrc|pypirc|git-credentials|pgpass)\b`,
  String.raw`\.docker/config\.json|\.kube/config\b|\bkubeconfig\b|\.config/(?:gcloud|gh)\b|\.gnupg\b`,
  String.raw`\b(?:login |system |os |macos )?keychains?\b|(?<![/-])\bkeyrings?\b(?![/-])|\bcredential manager\b`,
  String.raw`\blogin data\b|\bcookies\.sqlite\b|\bkey4\.db\b|\blogins\.json\b`,
  String.raw`\b(?:browser|chrome|firefox|safari|brave|session|authentication|auth|saved|stored|login) (?:cookies?|passwords?|credentials|logins?|profiles?)\b`,
  String.raw`\b(?:seed|recovery|secret recovery|mnemonic|backup) (?:phrases?|words)\b|\bmnemonics?\b`,
  String.raw`\bwallet\.dat\b|\bkeystore\b|\bwallet (?:files?|keys?|data|seeds?|backups?)\b|\bcrypto ?wallets?\b`,
  String.raw`/etc/shadow\b|\.(?:bash|zsh)_history\b|\bshell history\b|\bcommand history\b`,
  String.raw`\bpassword (?:manager|vault|store|database)s?\b|\b(?:1password|bitwarden|keepass|lastpass) (?:vaults?|items?|entries)\b`,
  String.raw`\.claude\.json\b|\.openclaw/(?:openclaw\.json|credentials|agents)|\.codex/auth|\bauth-profiles\b|\.config/(?:claude|openai|anthropic)\b`,
].join('|')
const environment = [
  String.raw`(?<![\w./-])\.env(?:\.[a-z]+)?(?![\w.]|\.example)|\bdotenv files?\b`,
  String.raw`\b(?:all|every|full|entire|complete|current|whole|process|user'?s|their|shell) (?:of the )?(?:shell )?(?:environment variables?|env vars?|environment)\b`,
  String.raw`\benvironment variables\b|\benv vars\b|\bprintenv\b|\bjson\.stringify\(process\.env\)|\bdict\(os\.environ\)|\boutput of .?env\b`,
  String.raw`\bcredentials?(?: files?|\.json)\b|\bauth\.json\b|(?<![\w])\.credentials\b|\bsecrets\.(?:json|ya?ml|toml)\b`,
].join('|')
const secretKinds = String.raw`(?:keys?|tokens?|passwords?|passwds?|passphrases?|credentials?|secrets?|cookies?)\b`

export const words = {
  /** Hands something over to somebody else. */
  send: /(?<![\p{L}])(?:env[ií](?:a|ar|e|ad|en)|mand(?:a|e|en)|sub(?:e|ir|a)|sende[tn]?|schick(?:e|en)|übermittle|lade[nt]? [^.]{0,40}hoch|envoie[zr]?|envoyer|transmet(?:s|tez)|téléverse[zr]?|envi(?:e|ar)|carregue|отправ(?:ь|ьте|ляй|ляйте|ить)|пересылай(?:те)?|загрузи(?:те)? на|gönder\p{L}*|yükle\p{L}*|verstuur|wyślij|invia\p{L}*)(?![\p{L}])|发送|上传|转发|提交到|전송|보내|送信|アップロード|\b(?:sends?|sending|sent|posts?|posting|uploads?|uploading|transmits?|transmitting|submits?|submitting|forwards?|forwarding|shar(?:e|es|ing)|reports?|reporting|e-?mails?|deliver(?:s|ing)?|sync(?:s|ing)?|synchroni[sz]es?|exfiltrates?|leaks?|publish(?:es|ing)?|push(?:es|ing)?|relay(?:s|ing)?|mirrors?|back(?:s|ing)? up|backups?|beacons?|phones? home|dm|curl|wget|scp|rsync|nc|ncat|invoke-(?:webrequest|restmethod)|make a (?:post|get|http|request)|issue a (?:post|get|request)|http (?:post|get))\b|-d @|--data|--upload-file/gu,
  /** Puts something into something else. */
  put: /\b(?:include|attach|append|embed|insert|encode|pass|put|add|paste|copy|prepend|write|place|quote|repeat|echo|supply|provide|url-encode|base64-encode|concatenate)\b/gu,
  /** Takes up what lies on the computer or in the conversation. */
  read: /\b(?:reads?|reading|opens?|cat|loads?|loading|collect(?:s|ing)?|gather(?:s|ing)?|grep(?:s)?|search(?:es|ing)?|scan(?:s|ning)?|access(?:es|ing)?|extract(?:s|ing)?|dump(?:s|ing)?|lists?|locate(?:s)?|finds?|harvest(?:s|ing)?|captur(?:e|es|ing)|cop(?:y|ies|ying)|print(?:s|ing)?|retrieves?|fetch(?:es)?|gets?|grab|obtain|pull|inspect|parse|include|attach|zip|archive|compress|back up|tar|base64|encode|enumerate|export|look (?:in|into|at|for|through|inside)|go through|check|take|read out|decrypt|unlock|contents? of|values? (?:of|in))\b/gu,
  /** Takes something from a server. */
  fetch:
    /(?<![\p{L}])(?:descarg(?:a|ar|ue|uen|uelo)|baix(?:e|ar|a)|télécharge[zr]?|laden? [^.]{0,60}herunter|herunterladen|скача(?:й|йте|ть)|загрузи(?:те)?|scarica\p{L}*|pobierz|indir\p{L}*)(?![\p{L}])|下载|获取|拉取|다운로드|ダウンロード|\b(?:downloads?|downloading|fetch(?:es|ing)?|get|grab|pull|retrieve|curl|wget|clone|obtain|visit|open|go to|navigate to|browse to|load|request|query|read|check|consult|access|call|head to|find|available (?:at|from)|hosted (?:at|on))\b|webfetch|web_fetch/gu,
  /** Has a program do its work. */
  run: /(?<![\p{L}])(?:ejecut(?:a|e|ar|en|alo|elo)|instal(?:a|e|ar|en)|execut(?:e|ar)|rode|lance[zr]?(?:-le)?|exécute[zr]?|führe[n]? [^.]{0,60}aus|ausführen|installier(?:e|en|t)|starte[nt]?|запусти(?:те)?|запускай(?:те)?|выполни(?:те)?|установи(?:те)?|esegui\p{L}*|uruchom|çalıştır\p{L}*)(?![\p{L}])|运行|执行|安装|실행|実行|\b(?:runs?|running|execut(?:e|es|ing)|launch(?:es|ing)?|starts?|double[- ]?click(?:ing)?|installs?|installing|open it|bash|sh|source|eval|invoke|chmod|sudo|installer|(?:run|execute)d)\b/gu,
  /** What opens a person's accounts and lies where no skill is given it. */
  stored: new RegExp(storedSecrets, 'gu'),
  /** Where programs keep what they are given; much of it is ordinary, some of it is not. */
  environment: new RegExp(environment, 'gu'),
  /** Any secret, the skill's own key among them. */
  secret: new RegExp(
    String.raw`\b(?:(?:api|access|auth(?:entication)?|secret|bearer|session|oauth|private|service|personal|refresh|login|user|account|admin|bank|master)[ _-]?)?${secretKinds}|\b(?:credit )?card numbers?\b|\bcvv\b|\bsocial security\b|\bone[- ]time codes?\b|\b2fa codes?\b|\bdevice[_ ]codes?\b|\bauthori[sz]ation codes?\b|\botp\b|\bpin code\b`,
    'gu',
  ),
  /** Not one key that a service needs, but whatever there is. */
  whichever:
    /\b(?:any|all|every|each|whatever|found|discovered|existing|available|other|stored|cached|saved|local|user's|users'|their|person's|his|her|owner's|everything)\b/gu,
  /** What was said between a person and an agent, and what the agent was told. */
  conversation:
    /\b(?:(?:conversation|chat|message|session|dialog(?:ue)?|prompt|interaction)s? (?:history|transcripts?|logs?|context|so far|contents?|summary)|(?:full|entire|whole|complete|current|previous|prior|recent|raw|user'?s?) (?:conversation|chat|transcript|dialogue|context|prompts?|messages?|session)|(?:this|the|our) (?:conversation|chat|transcript|dialogue)|system prompts?|system message|(?:the )?user'?s? (?:(?:original|last|latest|full|exact|raw|recent|verbatim|previous) ){0,3}(?:prompts?|messages?|questions?|queries|query|inputs?)|(?:your|the agent's) (?:memories|context window))\b/gu,
  /** By address, or in words: somebody else's end of a line. */
  elsewhere:
    /(?:https?|ftp|wss?):\/\/(?!localhost|127\.|0\.0\.0\.0|\[::1\])[^\s)>"'`\]]{3,300}|\bwebhooks?\b|\b(?:remote|external|our|collection|telemetry|logging|support|diagnostics?|verification|backup|sync|audit|monitoring|reporting|third-party|cloud|licen[sc]e|update|metrics) (?:server|service|endpoint|api|url|host|backend|collector|dashboard|address|inbox|desk|team)s?\b|\bendpoint\b|\b[\w.+-]{1,64}@[a-z0-9-]{1,63}\.[a-z0-9.-]{2,63}\b|(?<![\w./@-])(?:[a-z0-9-]{1,63}\.){1,4}(?:com|net|org|io|dev|app|ai|xyz|test|invalid|example|top|site|online|me|co|info|ru|cn|sh|cloud)(?![\w.-])/gu,
  /** Parts of a message to somebody else, or of a tool's call. */
  carrier:
    /\b(?:requests?|headers?|parameters?|params?|query(?: string)?|url|body|payload|fields?|arguments?|args?|commit messages?|issues?|pull requests?|comments?|metadata|user-agent|tool calls?|api calls?|context (?:field|argument|parameter)|subdomains?|dns (?:query|lookup)|referrer|image (?:url|link)|call to)\b/gu,
  /** Leads into something. */
  into: /\b(?:in|into|to|as|inside|within|via|through|on|onto)\b/gu,
  /** Carries something along. */
  carrying:
    /\b(?:with|containing|including|plus|along with|together with|carrying|consisting of|of|whose|body|data|payload)\b|@|=|:/gu,
  /** What was just made or found. */
  it: /\b(?:it|them|this|these|that|those|(?:the|this|that|these|all|any|your) (?:\w+ )?(?:results?|outputs?|data|information|values?|contents?|bundle|archive|files?|snapshot|report|payload|diagnostics|findings|collection|list|dump|string|blob|text|details|everything)|everything)\b/gu,
} as const
export type Word = keyof typeof words

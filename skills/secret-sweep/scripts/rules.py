"""What known secrets look like. Every pattern is matched against one line."""

import re
from typing import NamedTuple, Pattern


class Rule(NamedTuple):
    kind: str
    hint: str  # lower-case text that every match contains: looked for first, since that is far quicker
    pattern: Pattern[str]
    group: int


def _rule(kind, hint, pattern, group=0, flags=0):
    return Rule(kind, hint, re.compile(pattern, flags), group)


EDGE = r"(?<![A-Za-z0-9_\-])"
END = r"(?![A-Za-z0-9_\-])"
AWS_SECRET = r".{0,30}?(?:secret|key).{0,20}?[=:]\s*[\"']?([A-Za-z0-9+/]{40})(?![A-Za-z0-9+/=])"

CERTAIN = [
    _rule("private key", "private key", r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"),
    _rule("PuTTY private key", "putty-user-key-file", r"^PuTTY-User-Key-File-\d:"),
    _rule("AWS access key", "ia", EDGE + r"(?:AKIA|ASIA|ABIA)[A-Z2-7]{16}" + END),
    _rule("GitHub token", "gh", EDGE + r"gh[pousr]_[A-Za-z0-9]{36,251}" + END),
    _rule("GitHub token", "github_pat_", EDGE + r"github_pat_[A-Za-z0-9_]{60,255}" + END),
    _rule("GitLab token", "gl", EDGE + r"gl(?:pat|ptt|dt|rt|cbt|soat|ft|imt|agent)-[A-Za-z0-9_\-]{20,}" + END),
    _rule("Slack token", "xox", EDGE + r"xox[abeprs]-(?:[A-Za-z0-9]+-)*[A-Za-z0-9]{10,}" + END),
    _rule("Slack token", "xapp-", EDGE + r"xapp-\d-[A-Z0-9]+-\d+-[a-f0-9]{32,}" + END),
    _rule("Slack webhook", "hooks.slack.com", r"https://hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/_]{30,}"),
    _rule("Discord webhook", "discord", r"https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d{15,}/[\w\-]{50,}"),
    _rule("Stripe key", "_live_", EDGE + r"(?:sk|rk)_live_[A-Za-z0-9]{16,}" + END),
    _rule("Stripe webhook secret", "whsec_", EDGE + r"whsec_[A-Za-z0-9+/=]{32,}" + END),
    _rule("Google API key", "aiza", EDGE + r"AIza[A-Za-z0-9_\-]{35}" + END),
    _rule("Google OAuth secret", "gocspx-", EDGE + r"GOCSPX-[A-Za-z0-9_\-]{28}" + END),
    _rule("Google OAuth token", "ya29.", EDGE + r"ya29\.[A-Za-z0-9_\-]{30,}"),
    _rule("Anthropic key", "sk-ant-", EDGE + r"sk-ant-[a-z0-9]+-[A-Za-z0-9_\-]{32,}" + END),
    _rule("OpenAI key", "sk-", EDGE + r"sk-(?:proj|svcacct|admin)-[A-Za-z0-9_\-]{32,}" + END),
    _rule("OpenAI key", "t3blbkfj", EDGE + r"sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}" + END),
    _rule("Hugging Face token", "hf_", EDGE + r"hf_[A-Za-z]{34}" + END),
    _rule("npm token", "npm_", EDGE + r"npm_[A-Za-z0-9]{36}" + END),
    _rule("npm password", "//", r"//[\w.\-/:]+:_(?:authToken|password)\s*=\s*(?!\$\{)(\S{8,})", 1),
    _rule("PyPI token", "pypi-age", EDGE + r"pypi-AgE[A-Za-z0-9_\-]{50,}"),
    _rule("Docker Hub token", "dckr_", EDGE + r"dckr_(?:pat|oat)_[A-Za-z0-9_\-]{27,}" + END),
    _rule("SendGrid key", "sg.", EDGE + r"SG\.[A-Za-z0-9_\-]{20,24}\.[A-Za-z0-9_\-]{39,50}" + END),
    _rule("Twilio key", "sk", EDGE + r"SK[0-9a-f]{32}" + END),
    _rule("Mailgun key", "key-", EDGE + r"key-[0-9a-f]{32}" + END),
    _rule("Mailchimp key", "-us", EDGE + r"[0-9a-f]{32}-us\d{1,2}" + END),
    _rule("DigitalOcean token", "_v1_", EDGE + r"do[opr]_v1_[a-f0-9]{64}" + END),
    _rule("Shopify token", "shp", EDGE + r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}" + END),
    _rule("Square token", "", EDGE + r"(?:EAAA[A-Za-z0-9_\-]{60}|sq0csp-[A-Za-z0-9_\-]{43})" + END),
    _rule("Telegram bot token", ":aa", EDGE + r"\d{8,10}:AA[A-Za-z0-9_\-]{33}" + END),
    _rule("DeepL key", ":fx", EDGE + r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}:fx" + END),
    _rule("Databricks token", "dapi", EDGE + r"dapi[a-f0-9]{32}(?:-\d)?" + END),
    _rule("Linear key", "lin_api_", EDGE + r"lin_api_[A-Za-z0-9]{40}" + END),
    _rule("Grafana token", "gl", EDGE + r"gl(?:sa|c)_[A-Za-z0-9+/_=]{32,}"),
    _rule("age secret key", "age-secret-key-", EDGE + r"AGE-SECRET-KEY-1[0-9A-Z]{58}" + END),
    _rule("Azure storage key", "accountkey=", r"AccountKey=([A-Za-z0-9+/]{86}==)", 1),
    _rule("Azure shared access key", "sharedaccesskey=", r"SharedAccessKey=([A-Za-z0-9+/]{42,44}=)", 1),
    _rule("password in an address", "://", r"\b[a-z][a-z0-9+.\-]{1,20}://[^\s:/@'\"<>]{0,80}:([^\s/@'\"<>]{3,120})@[\w.\-\[]", 1, re.I),
    _rule("AWS secret key", "aws", r"aws" + AWS_SECRET, 1, re.I),
    _rule("AWS secret key", "amazon", r"amazon" + AWS_SECRET, 1, re.I),
]

SIGNED_TOKEN = re.compile(EDGE + r"eyJ[A-Za-z0-9_\-]{10,}\.eyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{20,}")

NAME_START = re.compile(r"[\w.\-]{0,40}$")
NAMED = re.compile(
    r"""(?P<name>(?:passw(?:or)?d|passwort|passphrase|pwd|secret|api[_.\-]?key|apikey|access[_.\-]?key|auth[_.\-]?key
            |private[_.\-]?key|encryption[_.\-]?key|signing[_.\-]?key|token|credentials?|client[_.\-]?secret)
          [\w.\-]{0,24}?)
        ["']?\]?\s*(?P<sign>:=|=>|={1,3}|:)\s*
        (?P<type>(?:str|string|String|&str)\s*=\s*)?
        (?:(?P<quote>["'`])(?P<quoted>(?:(?!(?P=quote)).){1,200})(?P=quote)|(?P<bare>[^\s"'`,;(){}\[\]<>\\]{1,200}))""",
    re.I | re.X,
)
SENTENCE = re.compile(r"\b(?:pass(?:word|wort)|passphrase|kennwort|pin code)\s*(?:is|ist|:|=)\s*[\"“']?(\S{6,60})", re.I)
RANDOM = re.compile(r"(?<![A-Za-z0-9+/_\-.])[A-Za-z0-9+/_\-]{32,128}={0,2}(?![A-Za-z0-9+/_\-.])")
NEAR = ("key", "token", "secret", "passw", "passphrase", "pwd", "credential", "auth", "bearer")

FILE_NAMES = [
    ("private key file", re.compile(r"^id_(?:rsa|dsa|ecdsa|ed25519)$|\.(?:ppk)$")),
    ("key store", re.compile(r"\.(?:p12|pfx|jks|keystore|kdbx?)$", re.I)),
    ("saved passwords", re.compile(r"^(?:\.netrc|_netrc|\.pgpass|\.git-credentials|\.htpasswd|logins\.json)$")),
]

PLACEHOLDER = re.compile(
    r"""^(?:x{3,}|\*{3,}|\.{3,}|-{3,}|•+|0+|1234?5?6?7?8?9?0?|abc(?:123)?)$
      |example|changeme|change[_\-]me|replace[_\-]?(?:me|this|with)|your[_\-\s]|^your|placeholder|dummy|sample|redacted
      |^todo|^tbd|insert|fill[_\-]?in|^(?:none|null|nil|undefined|true|false|yes|no|required|optional|string|secret
      |password|passwd|token|test|foobar|foo|bar|default|env|key|value|hidden|masked|empty|unset|username|user|pass)$
      |^\$|^%\w+%$|^\{\{|^<|\$\{|\{\w*\}|process\.env|os\.environ|getenv|^secrets\.|^vars\.|^env\.|^self\.|^this\.
      |^config[.\[]|^settings\.|^args\.|^options\.|^req\.|^request\.|«redacted|^\#|^\w+\(\)?$|^@|^vault:|^op://|^arn:""",
    re.I | re.X,
)

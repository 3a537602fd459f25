import { isUnder } from '../hosts.ts'
import { createPatternSet } from '../patterns/pattern-set.ts'
import { isComment, type TextFile } from '../source-file.ts'
import { ruleName, type RuleFinding, type TextRule } from './rule.ts'

const homeFolder =
  /(?:^|[\s"'`(=:,@])((?:\/home\/|\/Users\/|[A-Za-z]:(?:\\{1,2}|\/)Users(?:\\{1,2}|\/)|\/mnt\/c\/Users\/)([A-Za-z0-9][A-Za-z0-9._-]{0,60}))/
/** Names that stand for anybody's. */
const anybody =
  /^(?:users?|you|your(?:[-_.]?(?:user)?name)?|me|my|(?:user|your|my)[-_.]?name|name|skill|runner|someone|somebody|example|demo|test|tester|alice|bob|jdoe|johndoe|janedoe|foo|bar|dev|developer|admin|administrator|public|shared|default|ubuntu|debian|ec2-user|pi|node|app|vscode|coder|deploy|git|jovyan|vagrant|root|docker|codespace|gitpod|claude|agent|openclaw|linuxbrew|oracle|azureuser|opc|www|web|postgres|steam|all|home|path|username|sandbox|appuser|nonroot|appleuser|xxx+|\.+)$/i
const machine =
  /\b((?!my-|your-|the-)[a-z0-9-]{2,40}s?-(?:macbook(?:-pro|-air)?|mbp|mba|imac|laptop|thinkpad|desktop|pc|workstation)(?:\.(?:local|lan|home))?)\b/i
const bonjour =
  /\b((?!example|hostname|printer|raspberrypi|homeassistant|my|your|host|server|device|octopi|node|foo)[a-z0-9-]{3,40}\.local)\b(?!host|[./]\w|\()/i
const mail = /\b([a-z0-9][a-z0-9._%+-]{0,63}@(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,24})\b/i
const harmlessMail =
  /^(?:you|your|user|users?\d*|me|name|first|last|john|jane|alice|bob|foo|test|tests|demo|admin|info|support|hello|contact|help|sales|team|security|noreply|no-reply|notifications?|git|example|someone|somebody|email|mail|postmaster|root|service-account|sender|recipient|to|from|cc|customer|client|abuse|privacy|legal|press|billing|jobs|hi)\b|@(?:\w+\.)?(?:example|test|invalid|localhost|yourdomain|yourcompany|domain|company|email|acme|mycompany|foo|bar|users\.noreply\.github)\b|\.(?:example|test|invalid|localhost)$|\.(?:png|svg|jpe?g|gif|md|js|ts|py|json|service|timer|iam\.gserviceaccount\.com)$/i
const author =
  /^\s*(?:author|co-authored-by|signed-off-by|maintainer|git config (?:--global )?user\.email|email)\b|author(?:_email)?\s*[:=]/i
const inside =
  /(?:^|[\s"'`(=@/\\])((?:[a-z0-9-]{1,63}\.){1,5}(?:internal|corp|intranet|lan|intra|private|corporate|ad|int)|(?:jira|wiki|confluence|gitlab|jenkins|artifactory|nexus|sonar(?:qube)?|grafana|vault|ldap|ad|vpn|intranet|sharepoint)\.(?:corp|int|intra|internal)\.[a-z0-9.-]{3,80})(?=[\s"'`)/:,;\\]|$)/i
const insideHarmless =
  /^(?:host\.docker|metadata\.google|kubernetes|[\w.-]*\.svc\.cluster|[\w-]*\.compute|[\w.-]*\.ec2|example|[\w-]+\.example|my|your|foo|company|acme|service|db|api|redis|postgres)\.|\.docker\.internal$|\.google\.internal$|\.compute\.internal$|\.ec2\.internal$/i
const share = /(?:^|[\s"'`(])(\\\\[a-z0-9][a-z0-9.-]{1,60}\\[a-z0-9$ _-]{1,60})/i
const privateAddress =
  /\bhttps?:\/\/(10(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2})\b/
const ticket =
  /\b(https?:\/\/(?!your|my|example|company|acme|site|domain)[a-z0-9-]{2,60}\.atlassian\.net\/(?:browse|jira|wiki)\/[^\s)>"'`]{2,100}|https?:\/\/(?:[a-z0-9-]{1,60}\.){0,3}(?:jira|youtrack|redmine|servicenow|zendesk)\.[a-z0-9.-]{3,80}\/[^\s)>"'`]{2,100})/i
const account = /\barn:aws[\w-]*:[\w-]*:[\w-]*:(\d{12}):|\b(\d{12})\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/
const account0 =
  /^(?:123456789012|012345678901|111122223333|(\d)\1{11}|999988887777|000011112222|210987654321|987654321098)$/
const privateRegistry =
  /\bhttps?:\/\/((?:[a-z0-9-]{1,60}\.){0,3}(?:artifactory|nexus|jfrog|pkgs|packages|npm|pypi|registry|verdaccio|mirror)\.(?!npmjs|org|io|com|pypi|example|yarnpkg|docker|k8s|terraform|hub)[a-z0-9-]{2,60}\.(?:[a-z0-9.-]{2,60}))/i
const publicRegistries = new Set(
  'npmjs.org yarnpkg.com pypi.org docker.io docker.com ghcr.io quay.io gcr.io k8s.io terraform.io jfrog.io github.com githubusercontent.com gitlab.com microsoft.com debian.org ubuntu.com nodesource.com tailscale.com netbird.io dev.azure.com npmmirror.com pythonhosted.org'.split(
    ' ',
  ),
)
const patterns = createPatternSet([
  homeFolder,
  machine,
  bonjour,
  mail,
  inside,
  share,
  privateAddress,
  ticket,
  account,
  privateRegistry,
])

/** What tells who wrote a skill, on which computer and in which company's network. Nobody means to publish it. */
export const findPrivateDetails: TextRule = (file) => {
  const findings: RuleFinding[] = []
  const add = (
    name: string,
    line: number,
    severity: RuleFinding['severity'],
    message: string,
    evidence: string,
  ) => findings.push({ rule: ruleName(file, name), severity, file: file.path, line, message, evidence })
  for (const [index, text] of file.lines.entries()) {
    if (text.length > 4000 || patterns.possible(text).length === 0) continue
    for (const { name, severity, message } of detailsOf(file, text))
      add(name, index + 1, severity, message, text)
  }
  return findings
}

interface Detail {
  readonly name: 'home-folder' | 'author-details' | 'internal-host'
  readonly severity: 'low' | 'medium'
  readonly message: string
}

function detailsOf(file: TextFile, text: string): Detail[] {
  const found: Detail[] = []
  const home = homeFolder.exec(text)
  if (home?.[1] !== undefined && home[2] !== undefined && !anybody.test(home[2]))
    found.push({
      name: 'home-folder',
      severity: 'medium',
      message: `${home[1]} exists on one person's computer only.`,
    })
  const computer = machine.exec(text)?.[1] ?? bonjour.exec(text)?.[1]
  if (computer !== undefined)
    found.push({ name: 'author-details', severity: 'medium', message: `${computer} is somebody's computer.` })
  // Each word is tried as the start of one otherwise.
  const address = text.includes('@') ? mail.exec(text)?.[1] : undefined
  if (address !== undefined && !harmlessMail.test(address) && (author.test(text) || isComment(file, text)))
    found.push({ name: 'author-details', severity: 'low', message: `${address} is somebody's mail address.` })
  const internal = inside.exec(text)?.[1]
  if (internal !== undefined && !insideHarmless.test(internal))
    found.push({
      name: 'internal-host',
      severity: 'medium',
      message: `${internal} exists in one company's network only.`,
    })
  const network = share.exec(text)?.[1]
  if (network !== undefined && file.language !== 'python' && file.language !== 'javascript')
    found.push({
      name: 'internal-host',
      severity: 'medium',
      message: `${network} exists in one company's network only.`,
    })
  const numbers = privateAddress.exec(text)?.[1]
  if (numbers !== undefined)
    found.push({
      name: 'internal-host',
      severity: 'low',
      message: `${numbers} is an address in a private network.`,
    })
  const issue = ticket.exec(text)?.[1]
  if (issue !== undefined)
    found.push({
      name: 'internal-host',
      severity: 'medium',
      message: 'This leads into the tracker of one company.',
    })
  const aws = account.exec(text)
  const id = aws?.[1] ?? aws?.[2]
  if (id !== undefined && !account0.test(id))
    found.push({
      name: 'internal-host',
      severity: 'medium',
      message: `${id} is the number of somebody's AWS account.`,
    })
  const registry = privateRegistry.exec(text)?.[1]
  if (registry !== undefined && !isUnder(registry.toLowerCase(), publicRegistries))
    found.push({
      name: 'internal-host',
      severity: 'low',
      message: `${registry} may be a registry that only one company can reach.`,
    })
  return found
}

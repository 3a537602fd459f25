import { basename } from 'node:path'
import { proxyPort } from './profile.ts'

/** What a sandbox promises, by the words that the self-test knows it by. */
const promises = {
  files: 'a skill could see files of this computer',
  writes: 'a skill could write where it must not',
  starts: 'a skill could start a program that it brought along',
  network: 'a skill could reach the network',
  proxy: 'the only way to approved hosts was missing',
  processes: 'a skill could see other programs at work',
  privileges: 'a skill kept privileges',
  namespaces: 'a skill could build a sandbox of its own, out of this one',
  devices: 'a skill could see devices of this computer',
  environment: 'a skill could read the settings of the program that started it',
  time: 'a skill was not stopped when its time was up',
  memory: 'a skill was not stopped when it took too much memory',
  test: 'the test did not run to its end',
} as const

export type Guarantee = keyof typeof promises

/** One sentence for a person. */
export function brokenSentence(broken: readonly Guarantee[]): string {
  return `The sandbox did not hold in its own test: ${broken.map((one) => promises[one]).join('; ')}.`
}

export interface ProbeOptions {
  /** Real paths inside and outside. */
  readonly shell: string
  readonly unshare: string | null
  /** A folder of this computer that surely exists. */
  readonly outside: string
  /** What was bound for the programs, and the dynamic loader among it. */
  readonly runtime: { readonly paths: readonly string[]; readonly loader: string | null }
}

/**
 * A script in plain POSIX shell that prints the name of each guarantee that doesn't hold, and last `done`. It uses
 * what a shell has built in, since the sandbox holds no other program but `unshare`.
 */
export function probeScript({ shell, unshare, outside, runtime }: ProbeOptions): string {
  const top = new Set(runtime.paths.map((path) => `/${path.split('/')[1]}`))
  for (const name of ['dev', 'etc', 'home', 'proc', 'skill', 'tmp', '.launcher']) top.add(`/${name}`)
  const own = ['bwrap', 'firejail', '.launcher', ...[shell, unshare ?? shell].map((path) => basename(path))]
  const port = proxyPort.toString(16).toUpperCase().padStart(4, '0')
  return `
exec 2>/dev/null
for entry in /* /.[!.]*; do case $entry in ${[...top].map(quoted).join('|')}) ;; *) [ -e "$entry" ] && echo files ;; esac; done
for entry in /home/*; do [ "$entry" = /home/skill ] || echo files; done
for entry in ${quoted(outside)} /etc/passwd /etc/hostname /proc/1/root/etc /proc/1/cwd/etc; do [ -e "$entry" ] && echo files; done
for place in / /skill /usr /etc /dev /home/skill /proc; do (: > "$place/skillet-probe") && echo writes; done
(: >> /proc/sys/kernel/core_pattern) && echo writes
(: > /tmp/skillet-probe) || echo test
(: > /skill/state/skillet-probe) || echo test
${quoted(shell)} -c 'exit 7'
[ $? = 7 ] || echo test
for program in /skill/program /skill/state/program; do "$program" -c 'echo starts'; done
${runtime.loader === null ? '' : `for program in /skill/program /skill/state/program; do ${quoted(runtime.loader)} "$program" -c 'echo starts'; done`}
proxy=
while read -r name rest; do case $name in lo:*|Inter-*|face) ;; *) echo network ;; esac; done < /proc/self/net/dev
while read -r name rest; do [ "$name" = Iface ] || echo network; done < /proc/self/net/route
while read -r slot local remote state rest; do case $local-$state in
  0100007F:${port}-0A) proxy=1 ;; local_address-*) ;; *) echo network ;; esac; done < /proc/self/net/tcp
[ -n "$proxy" ] || echo proxy
count=0
for process in /proc/[0-9]*; do
  count=$((count + 1)); name=; read -r name < "$process/comm"
  case $name in ${own.map((name) => quoted(name.slice(0, 15))).join('|')}) ;; *) echo processes ;; esac
done
[ "$count" -gt 6 ] && echo processes
lines=0
while read -r name value rest; do
  case $name in
    CapInh:|CapPrm:|CapEff:|CapBnd:|CapAmb:) wanted=0000000000000000 ;;
    NoNewPrivs:) wanted=1 ;;
    Seccomp:) wanted=2 ;;
    Uid:|Gid:) wanted=1000 ;;
    *) continue ;;
  esac
  lines=$((lines + 1)); [ "$value" = "$wanted" ] || echo privileges
done < /proc/self/status
[ "$lines" = 9 ] || echo test
${unshare === null ? '' : `${quoted(unshare)} --user ${quoted(shell)} -c 'echo namespaces'`}
for entry in /dev/*; do case \${entry#/dev/} in
  null|zero|full|random|urandom|tty|pts|ptmx|shm|fd|stdin|stdout|stderr|core|console) ;; *) echo devices ;; esac; done
text=; read -r text < /proc/1/environ; [ -z "$text" ] || echo environment
[ -z "\${container+x}\${SSH_AUTH_SOCK+x}\${DBUS_SESSION_BUS_ADDRESS+x}\${DISPLAY+x}\${USER+x}" ] || echo environment
[ "$HOME" = /home/skill ] || echo environment
echo done
`
}

/** What the script found, each once. */
export function brokenIn(output: string): Guarantee[] {
  const words = output.split('\n').filter((line) => line !== '')
  const found = words
    .slice(0, -1)
    .map((word) => (Object.hasOwn(promises, word) ? (word as Guarantee) : 'test'))
  return [...new Set(words.at(-1) === 'done' ? found : [...found, 'test' as const])]
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

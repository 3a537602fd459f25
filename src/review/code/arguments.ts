/** Programs that carry out what they are given; others only read it. */
const carriers =
  /^(?:sudo|doas|env|nohup|exec|command|time|nice|ionice|setsid|builtin|timeout|xargs|parallel|stdbuf|watch|eval|source|trap|at|batch|su|ssh|chroot|unshare|strace|busybox|flock|script|systemd-run|(?:ba|z|k|da|fi)?sh|python[\d.]*|node|deno|bun|perl|ruby|php|osascript|pwsh|powershell|cmd|tclsh|lua|expect|make|awk|gawk)$/i
/** Options behind which a command or a program stands, with nothing closed between it and the end. */
const takesCode =
  /(?:^|\s)-{1,2}(?:c|e|r|x|exec(?:dir)?|eval|command|run|rsh|ssh-command|to-command)(?:[\s=]*['"]|(?:[\s=]+[^\s-]\S*)*\s*$)/i

/**
 * True where what follows `before`, the beginning of a command, can only be an argument of a program that is known, as
 * in `rsync --link-dest='`. What a server sends is data to that program, however badly it is quoted.
 */
export function isArgumentAfter(before: string): boolean {
  const statement = before.split(/[;&|\n`{}]|\$\(/).at(-1) ?? ''
  const [program = '', ...rest] = statement
    .replace(/^\s*(?:(?:[\d*/,-]+\s+){5}|@\w+\s+)?(?:[A-Za-z_]\w*=\S*\s+)*/, '')
    .split(/\s+/)
  const name = program.split('/').at(-1) ?? ''
  return (
    rest.length > 0 &&
    /^[A-Za-z][\w.+-]*$/.test(name) &&
    !carriers.test(name) &&
    !takesCode.test(statement.replace(/'[^']*'|"[^"]*"/g, 'x'))
  )
}

/** True where what follows `before`, the beginning of a program, stands within a text of that program. */
export function isQuotedAfter(before: string): boolean {
  const line = before.split('\n').at(-1) ?? ''
  let quote = ''
  let start = 0
  for (const [at, letter] of [...line].entries()) {
    if (quote === '' && (letter === '"' || letter === "'")) [quote, start] = [letter, at]
    else if (letter === quote) quote = ''
  }
  return quote !== '' && !runsText.test(line.slice(0, start))
}

const runsText =
  /(?:exec|eval|system|popen|run|call|check_output|compile|source|spawn\w*|__import__|-c|-e)\W{0,4}[fbru]{0,2}$/i

# Reads log lines; prints tab-separated records:
#   A lines continued first last   B level count   C count message (errors)   D count message (warnings)
#   E count minute (errors)        F minutes errors

function level_of(text, head, n, words, i, word) {
  # JSON lines and logfmt name their level.
  if (match(text, /"(level|severity|lvl|levelname)" *: *"[A-Za-z]+"/) || match(text, /(^|[ \t])(level|severity|lvl)="?[A-Za-z]+/)) {
    head = substr(text, RSTART, RLENGTH)
    sub(/"$/, "", head)
    sub(/.*[":= ]/, "", head)
    return name_of(tolower(head))
  }
  if (match(text, /"level" *: *[1-6]0[,}]/)) { # pino and bunyan
    head = substr(text, RSTART, RLENGTH)
    gsub(/[^0-9]/, "", head)
    return head == 60 ? "fatal" : head == 50 ? "error" : head == 40 ? "warning" : head == 30 ? "info" : "debug"
  }
  # A web server's access log: the status after the request.
  if (match(text, /" [1-5][0-9][0-9] ([0-9]+|-)/)) {
    head = substr(text, RSTART + 2, 1)
    return head == 5 ? "error" : head == 4 ? "warning" : "info"
  }
  head = substr(text, 1, 160)
  gsub(/[^A-Za-z]+/, " ", head)
  n = split(head, words, " ")
  for (i = 1; i <= n && i <= 14; i++) {
    word = words[i]
    # A word in small letters is a level only where it stands early; in capitals anywhere.
    if (word == toupper(word) || i <= 8) {
      word = name_of(tolower(word))
      if (word != "") return word
    }
  }
  return ""
}

function name_of(word) {
  if (word == "error" || word == "err" || word == "severe" || word == "exception") return "error"
  if (word == "warn" || word == "warning" || word == "wrn") return "warning"
  if (word == "fatal" || word == "critical" || word == "crit" || word == "emerg" || word == "alert" || word == "panic") return "fatal"
  if (word == "info" || word == "notice" || word == "information" || word == "inf") return "info"
  if (word == "debug" || word == "trace" || word == "verbose" || word == "dbg") return "debug"
  return ""
}

# A time that sorts as text, to the second, or "". Syslog's has no year.
function time_of(text, part, words) {
  text = substr(text, 1, 400)
  if (match(text, /[12][0-9][0-9][0-9][-\/][01][0-9][-\/][0-3][0-9][T ][0-2][0-9]:[0-5][0-9]:[0-6][0-9]/)) {
    part = substr(text, RSTART, RLENGTH)
    gsub("/", "-", part)
    sub("T", " ", part)
    return part
  }
  if (match(text, /[0-3][0-9]\/[A-Z][a-z][a-z]\/[12][0-9][0-9][0-9]:[0-2][0-9]:[0-5][0-9]:[0-6][0-9]/)) {
    part = substr(text, RSTART, RLENGTH)
    return substr(part, 8, 4) "-" month_of(substr(part, 4, 3)) "-" substr(part, 1, 2) " " substr(part, 13)
  }
  if (match(text, /^(<[0-9]+>)?[A-Z][a-z][a-z] +[0-9]+ [0-2][0-9]:[0-5][0-9]:[0-6][0-9]/)) {
    part = substr(text, RSTART, RLENGTH)
    sub(/^<[0-9]+>/, "", part)
    split(part, words, " ")
    if (month_of(words[1]) != "00") return sprintf("%s-%02d %s", month_of(words[1]), words[2], words[3])
  }
  return ""
}

function month_of(name) {
  return sprintf("%02d", (index("JanFebMarAprMayJunJulAugSepOctNovDec", name) + 2) / 3)
}

# The message without what differs from one occurrence to the next.
function shape_of(text, part) {
  # In JSON lines the message is one field.
  if (text ~ /^[ \t]*\{/ && match(text, /"(msg|message|error|event)" *: *"([^"\\]|\\.)*"/)) {
    part = substr(text, RSTART, RLENGTH)
    sub(/^"[a-z]+" *: *"/, "", part)
    sub(/"$/, "", part)
    gsub(/\\"/, "\"", part)
    gsub(/\\[nrt]/, " ", part)
    text = part
  } else if (match(text, /(^|[ \t])(msg|message)="([^"\\]|\\.)*"/)) {
    part = substr(text, RSTART, RLENGTH)
    sub(/^[ \t]*[a-z]+="/, "", part)
    sub(/"$/, "", part)
    gsub(/\\"/, "\"", part)
    gsub(/\\[nrt]/, " ", part)
    text = part
  } else if (match(text, /"[A-Z]+ [^" ]+ HTTP\/[0-9.]+" [1-5][0-9][0-9]/)) {
    part = substr(text, RSTART + 1, RLENGTH - 1)
    sub(/\?[^ ]*/, "", part)
    sub(/ HTTP\/[0-9.]+"/, "", part)
    text = substr(part, length(part) - 2) " " substr(part, 1, length(part) - 4)
    part = substr(text, 1, 3)
    text = substr(text, 4)
    gsub(/[0-9]+/, "#", text)
    return part text
  } else {
    sub(/^(<[0-9]+>)?[A-Z][a-z][a-z] +[0-9]+ [0-9:.]+ [^ ]+ /, "", text)
    sub(/^[^A-Za-z]*[12][0-9][0-9][0-9][-\/][01][0-9][-\/][0-3][0-9][T ][0-9:.,]*(Z|[+-][0-9:]+)?[]]?[ \t]*/, "", text)
    sub(/^\[?[A-Z][a-z][a-z] [A-Z][a-z][a-z] +[0-9]+ [0-9:.]+ [0-9]+\][ \t]*/, "", text)
    if (match(text, /^[[(<]?[A-Za-z]+[])>:|]*[ \t]*/)) {
      part = substr(text, RSTART, RLENGTH)
      gsub(/[^A-Za-z]/, "", part)
      if (name_of(tolower(part)) != "") text = substr(text, RSTART + RLENGTH)
    }
  }
  gsub(/[0-9a-fA-F]+-[0-9a-fA-F]+-[0-9a-fA-F]+-[0-9a-fA-F]+-[0-9a-fA-F]+/, "#", text)
  gsub(/0x[0-9a-fA-F]+/, "#", text)
  gsub(/"[^"]*"/, "\"…\"", text)
  gsub(/'[^' ][^']*'/, "'…'", text)
  gsub(/[0-9]+([.:,][0-9]+)*/, "#", text)
  gsub(/#[0-9a-f#]+/, "#", text)
  gsub(/[ \t]+/, " ", text)
  gsub(/[^ -~\200-\377]/, "?", text)
  sub(/^[ :|-]+/, "", text)
  sub(/ +$/, "", text)
  return length(text) > 160 ? substr(text, 1, 157) "..." : text
}

{
  sub(/\r$/, "")
  if ($0 ~ /^[ \t]*$/) next
  lines++
  time = time_of($0)
  level = level_of($0)
  # Without a time, after a line with one, and indented or without a level: the message goes on.
  if (time == "" && seen && ($0 ~ /^[ \t]/ || level == "" || $0 ~ /^(Caused by|Traceback|[A-Za-z_.]+(Error|Exception))/)) {
    continued++
    next
  }
  if (time != "") {
    seen = 1
    if (first == "" || time < first) first = time
    if (last == "" || time > last) last = time
  }
  levels[level == "" ? "none" : level]++
  if (level == "error" || level == "fatal") {
    if (errors_kept < 50000 || (shape_of($0) in errors)) {
      shape = shape_of($0)
      if (!(shape in errors)) errors_kept++
      errors[shape]++
    }
    if (time != "") {
      minute = substr(time, 1, length(time) - 3)
      minutes[minute]++
      in_minutes++
    }
  } else if (level == "warning") {
    shape = shape_of($0)
    if (warnings_kept < 50000 || (shape in warnings)) {
      if (!(shape in warnings)) warnings_kept++
      warnings[shape]++
    }
  }
}

END {
  printf "A\t%d\t%d\t%s\t%s\n", lines, continued, first, last
  for (level in levels) printf "B\t%d\t%s\n", levels[level], level
  for (shape in errors) printf "C\t%d\t%s\n", errors[shape], shape
  for (shape in warnings) printf "D\t%d\t%s\n", warnings[shape], shape
  count = 0
  for (minute in minutes) count++
  for (minute in minutes)
    # The other minutes' mean is what is usual.
    if (minutes[minute] >= 5 && (count == 1 || minutes[minute] >= 4 * (in_minutes - minutes[minute]) / (count - 1)))
      printf "E\t%d\t%s\n", minutes[minute], minute
}

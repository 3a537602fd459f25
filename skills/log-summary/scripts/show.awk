# Puts the sorted records of read.awk into words.

function thousands(n, text, out) {
  text = sprintf("%d", n)
  out = ""
  while (length(text) > 3) {
    out = "," substr(text, length(text) - 2) out
    text = substr(text, 1, length(text) - 3)
  }
  return text out
}

function of_all(kinds) {
  return (kinds > top) ? " (" top " of " thousands(kinds) " kinds)" : ""
}

$1 == "A" {
  lines = $2
  continued = $3
  if ($4 != "") print "Time      " ($4 == $5 ? $4 : $4 " to " $5)
  else print "Time      no times recognised"
  printf "Lines     %s\n", thousands(lines)
}
$1 == "B" { levels[$3] = $2 }
$1 == "C" && ++errors <= top { error_text = error_text sprintf("%9s ×  %s\n", thousands($2), $3) }
$1 == "D" && ++warnings <= top { warning_text = warning_text sprintf("%9s ×  %s\n", thousands($2), $3) }
$1 == "E" && ++bursts <= 10 { burst_text = burst_text sprintf("  %s  %s errors\n", $3, thousands($2)) }

END {
  print "\nLevels"
  n = split("fatal error warning info debug none", names, " ")
  for (i = 1; i <= n; i++)
    if (levels[names[i]]) printf "  %-10s%9s\n", (names[i] == "none" ? "no level" : names[i]), thousands(levels[names[i]])
  if (continued) printf "  %-10s%9s\n", "continued", thousands(continued)
  if (errors) {
    printf "\nMost frequent errors%s\n%s", of_all(errors), error_text
  } else print "\nNo errors."
  if (warnings)
    printf "\nMost frequent warnings%s\n%s", of_all(warnings), warning_text
  if (bursts) printf "\nBursts of errors\n%s", burst_text
  else if (errors) print "\nNo bursts: the errors are spread out."
}

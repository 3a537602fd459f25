#!/bin/sh
# Summarises a log file. POSIX sh and awk; works with mawk, gawk, busybox and the BSD awk.
set -eu
LC_ALL=C
export LC_ALL

fail() {
  printf 'log-summary: %s\n' "$1" >&2
  exit 1
}

file=
top=10
for word in "$@"; do
  case $word in
    --file=*) file=${word#--file=} ;;
    --top=*) top=${word#--top=} ;;
    *) fail "“$word” is not known here." ;;
  esac
done

[ -n "$file" ] || fail 'Choose a log file.'
[ ! -d "$file" ] || fail 'This is a folder. Choose a log file.'
[ -e "$file" ] || fail "There is no file $file."
[ -r "$file" ] || fail "The file $file can't be read."
[ -s "$file" ] || fail 'The file is empty.'
case $top in
  '' | *[!0-9]*) fail "“$top” is not a number of messages." ;;
esac
if [ "$top" -lt 1 ] || [ "$top" -gt 100 ]; then fail 'The number of messages must be from 1 to 100.'; fi

case $(head -c 4 "$file" | od -An -tx1 | tr -d ' \n') in
  1f8b*) fail 'This log is compressed (gzip). Unpack it first.' ;;
  28b52ffd) fail 'This log is compressed (zstd). Unpack it first.' ;;
  fffe* | feff*) fail 'This log is in UTF-16. Save it as UTF-8 first.' ;;
esac
if [ "$(head -c 4096 "$file" | tr -d '\000' | od -An -tx1 | tr -d ' \n')" != "$(head -c 4096 "$file" | od -An -tx1 | tr -d ' \n')" ]; then
  fail "This file isn't a text log: it holds zero bytes."
fi

printf '%s\n\n' "${file##*/}"
# The first program prints records that begin with a letter; the second puts the sorted records into words.
awk -f scripts/read.awk <"$file" | sort -t '	' -k1,1 -k2,2nr -k3 | awk -F '	' -v top="$top" -f scripts/show.awk

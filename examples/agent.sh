#!/bin/sh
# A small agent as a shell script: sh examples/agent.sh SLUG NAME=VALUE…
# Speaks to Skillet's socket with curl, connects once, asks for the skill where it isn't installed, runs it and prints what
# it printed. The socket lies in a folder that only this person may enter, so nobody else can stand in for Skillet there.
# Needs curl and jq.
set -eu
umask 077

[ $# -ge 1 ] || { echo 'usage: sh examples/agent.sh SLUG NAME=VALUE…' >&2; exit 2; }
slug=$1; shift

case $(uname) in
  Darwin) usual="$HOME/Library/Application Support/Skillet" ;;
  *) usual="${XDG_DATA_HOME:-$HOME/.local/share}/skillet" ;;
esac
home=${SKILLET_HOME:-$usual}
[ -f "$home/bridge.json" ] || { echo 'Skillet does not run. Open it, or start: skillet serve' >&2; exit 1; }
[ -O "$home/bridge.json" ] || { echo "$home/bridge.json belongs to somebody else." >&2; exit 1; }
socket=$(jq -r .socket "$home/bridge.json")
[ -O "$socket" ] && [ -O "$(dirname "$socket")" ] || { echo "$socket belongs to somebody else." >&2; exit 1; }

tokens=$home/access/clients
header=$tokens/example-shell.header
mkdir -p "$tokens"

# ask METHOD PATH [BODY]: the answer, or what Skillet says is wrong. The token comes from a file: other programs see words.
ask() {
  set -- "$1" "$2" "${3-}"
  if [ -n "$3" ]; then set -- "$@" --data-binary @- -H 'content-type: application/json'; else set -- "$@"; fi
  method=$1 path=$2 body=$3; shift 3
  [ ! -f "$header" ] || set -- "$@" -H "@$header"
  answer=$(printf %s "$body" | curl -sS --max-time 700 --unix-socket "$socket" -X "$method" "$@" \
    -w '\n%{http_code}' "http://localhost/v1$path")
  status=${answer##*
}
  answer=${answer%
*}
  [ "$status" -lt 400 ] || { printf '%s' "$answer" | jq -r '"\(.detail) \(.remedy)"' >&2; return 1; }
  printf '%s' "$answer"
}

# answered ID: once the person has said yes.
answered() {
  state=pending
  while [ "$state" = pending ]; do
    state=$(ask GET "/requests/$1?waitS=60" | jq -r .request.state)
  done
  case $state in denied | expired) echo "It was not allowed ($state)." >&2; exit 1 ;; esac
}

if ! installed=$(ask GET /installed 2>/dev/null); then
  rm -f "$header"
  pairing=$(ask POST /pairings '{"name":"Example agent in shell","scopes":["catalog:read","skills:request","skills:run"]}')
  echo "Allow this in Skillet, if it shows the number $(printf %s "$pairing" | jq -r .code)." >&2
  secret=$(printf %s "$pairing" | jq -c '{secret, waitS: 60}')
  state=pending
  while [ "$state" = pending ]; do
    answer=$(ask POST "/pairings/$(printf %s "$pairing" | jq -r .id)/token" "$secret")
    state=$(printf %s "$answer" | jq -r .state)
  done
  [ "$state" = approved ] || { echo "The connection was not allowed ($state)." >&2; exit 1; }
  printf 'authorization: Bearer %s\n' "$(printf %s "$answer" | jq -r .token)" > "$header"
  installed=$(ask GET /installed)
fi

if ! printf %s "$installed" | jq -e --arg slug "$slug" 'any(.skills[]; .slug == $slug)' > /dev/null; then
  echo "Waiting until you have installed $slug in Skillet." >&2
  wish=$(jq -cn --arg slug "$slug" '{slug: $slug, reason: "The example in shell was asked to run it."}')
  answered "$(ask POST /requests "$wish" | jq -r .request.id)"
fi

inputs='{}'
for word in "$@"; do
  inputs=$(printf %s "$inputs" | jq -c --arg name "${word%%=*}" --arg value "${word#*=}" '.[$name] = $value')
done
run=null
while [ "$run" = null ]; do
  answer=$(ask POST /runs "$(jq -cn --arg slug "$slug" --argjson inputs "$inputs" '{slug: $slug, inputs: $inputs, waitS: 600}')")
  run=$(printf %s "$answer" | jq -c .run)
  [ "$run" != null ] || answered "$(printf %s "$answer" | jq -r .request.id)"
done
printf %s "$run" | jq -r 'if .error then "\(.error.message) \(.error.remedy)" else empty end' >&2
printf %s "$run" | jq -j '.result.stdout // ""'
exit "$(printf %s "$run" | jq -r '.result.exitCode // 1')"

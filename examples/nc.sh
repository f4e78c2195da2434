#!/usr/bin/env bash
# Plays a whole game, both sides, on the open board of a server, through nc: nc.sh [HOST [PORT]]
set -euo pipefail

coproc SERVER { nc "${1:-localhost}" "${2:-1952}"; }

# Says one line and keeps the reply, which ends with an empty line.
ask() {
  printf '%s\n' "$1" >&"${SERVER[1]}"
  reply=()
  while IFS= read -r -u "${SERVER[0]}" line && [[ -n $line ]]; do reply+=("$line"); done
}

# Names the first free place: rows are "0 X . O", below a line of column numbers.
free_place() {
  local row y
  for row in "${reply[@]:2}"; do
    read -ra cells <<<"$row"
    y=${cells[0]}
    cells=("${cells[@]:1}")
    for x in "${!cells[@]}"; do
      if [[ ${cells[x]} == . ]]; then echo "$x $y" && return; fi
    done
  done
}

ask new
while [[ ${reply[0]} =~ ([XO])\ to\ move ]]; do
  ask "${BASH_REMATCH[1]} $(free_place)"
done
printf '%s\n' "${reply[@]}"

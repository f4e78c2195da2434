#!/usr/bin/env bash
# Plays a whole game, both sides, on the open board of a server, through nc: nc.sh [HOST [PORT]]
set -euo pipefail

coproc SERVER { nc "${1:-localhost}" "${2:-1952}"; }

# Sends one line and stores the reply, which ends with an empty line.
request() {
  printf '%s\n' "$1" >&"${SERVER[1]}"
  reply=()
  while IFS= read -r -u "${SERVER[0]}" line && [[ -n $line ]]; do reply+=("$line"); done
}

# Prints the first free cell: rows are "0 X . O", below a line of column numbers.
free_cell() {
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

request new
while [[ ${reply[0]} =~ ([XO])\ to\ move ]]; do
  request "${BASH_REMATCH[1]} $(free_cell)"
done
printf '%s\n' "${reply[@]}"

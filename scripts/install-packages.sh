#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs what is missing of packages.txt:
#   install-packages.sh [build] [run] [test] [package]   (default: build run test)
# Needs root or sudo only if something is missing.
set -euo pipefail

list="$(dirname "$0")/packages.txt"

# A Node.js from elsewhere conflicts with Debian's npm package, so who has one keeps it.
has_own_node() {
  command -v node >/dev/null && command -v npm >/dev/null
}

wanted() {
  awk -v groups=" $* " '
    /^[[:space:]]*(#|$)/ { next }
    /^\[/ { group = substr($1, 2, length($1) - 2); next }
    index(groups, " " group " ") { print $1 }' "$list" |
    if has_own_node; then grep -vxE 'nodejs|npm'; else cat; fi
}

is_installed() {
  [[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]
}

as_root() {
  if [[ "$(id -u)" == 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "Run this as root, or install sudo: $*" >&2
    return 1
  fi
}

apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 \
    -o Dpkg::Use-Pty=0 "$@" </dev/null
}

# One line in fifty packages; the whole story only if it ends badly.
show_progress() {
  awk '/^Need to get/ { print "  " $0; fflush() }
    /^Get:/ && ++fetched % 50 == 0 { print "  " fetched " files fetched"; fflush() }
    /^Setting up/ && ++n % 50 == 0 { print "  " n " packages set up"; fflush() }'
}

main() {
  [[ $# -gt 0 ]] || set -- build run test
  local missing=()
  local package
  for package in $(wanted "$@"); do
    is_installed "$package" || missing+=("$package")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  echo "Installing ${#missing[@]} Debian packages and what they need: ${missing[*]}"
  log="$(mktemp)"  # global: the trap runs when this function is over
  trap 'rm -f "$log"' EXIT
  if ! { apt update && apt install -y --no-install-recommends "${missing[@]}"; } 2>&1 |
    tee "$log" | show_progress; then
    tail -n 30 "$log" >&2
    echo "The packages could not be installed." >&2
    return 1
  fi
}

main "$@"

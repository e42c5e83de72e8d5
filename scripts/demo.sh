#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A telephone call in a file, by one command: installs what is needed, builds, records the call.
#
#   scripts/demo.sh [file.wav]
#
# With an account in the environment (RINGCENTRAL_CLIENT_ID, RINGCENTRAL_CLIENT_SECRET,
# RINGCENTRAL_JWT_TOKEN) it waits for a real call. Without, a stand-in RingCentral on this machine
# calls and speaks a sentence: the same SIP over secure WebSocket, ICE and DTLS-SRTP, no Internet.
set -euo pipefail

output="$(realpath "${1:-call.wav}")"
cd "$(dirname "$0")/.."
build=build
sentence="Hello. This is a real telephone call, recorded by a G streamer pipeline. Have a nice day."
pipeline="rcsrc num-calls=1 idle=none ! wavenc ! filesink location="

title() { printf '\n== %s\n' "$1"; }

build_it() {
  title "packages and build"
  scripts/install-packages.sh build run
  [[ -f "$build/build.ninja" ]] || meson setup "$build" >"/dev/null"
  ninja -C "$build" plugins/libgstringcentral.so tests/standin/rc-standin
}

has_account() { [[ -n "${RINGCENTRAL_JWT_TOKEN:-}${RC_USER_JWT:-}" ]]; }

# What happens, for a person: progress, errors and who calls; the rest of -m is for programs.
show() {
  awk '/^Progress:/ { print; fflush() }
    /rc-call,/ && match($0, /state=\(string\)[a-z]+/) {
      state = substr($0, RSTART + 14, RLENGTH - 14)
      match($0, / from=\(string\)[^,]*/); from = substr($0, RSTART + 14, RLENGTH - 14)
      match($0, / from-name=\(string\)("[^"]*"|[^,]*)/); name = substr($0, RSTART + 19, RLENGTH - 19)
      gsub(/["\\]/, "", name); print "Call from " name " " from ": " state; fflush() }
    /^(ERROR|WARNING)/ { print; fflush() }'
}

record() {
  local command=()
  if has_account; then
    echo "Call this phone's number now; hang up when you have heard enough."
  else
    command=(rc-standin --call 101 --name "Ada Lovelace" --say "$sentence"
      --wait 1 --hang-up --)
  fi
  title "gst-launch-1.0 -e $pipeline${output##*/}"
  # shellcheck disable=SC2086 # the words of the pipeline
  scripts/dev-shell.sh "${command[@]}" gst-launch-1.0 -m -e $pipeline"$output" | show
}

next_steps() {
  ! has_account || return 0
  cat <<'TEXT'

That was the stand-in. For a real account set these, and run the same line again:
  RINGCENTRAL_CLIENT_ID      \
  RINGCENTRAL_CLIENT_SECRET   } of your app and user: https://developers.ringcentral.com
  RINGCENTRAL_JWT_TOKEN      /  (the app needs the permission "VoIP Calling")
TEXT
}

main() {
  build_it
  record
  title "what is in the file"
  scripts/describe_recording.py "$output"
  next_steps
}

main

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

title() { printf '\n== %s\n' "$1"; }

build_it() {
  title "packages and build"
  scripts/install-packages.sh build run
  [[ -f "$build/build.ninja" ]] || meson setup "$build" >"/dev/null"
  ninja -C "$build" plugins/libgstringcentral.so tests/standin/rc-standin
  export GST_PLUGIN_PATH="$PWD/$build/plugins"
}

clean_up() {
  [[ -z "${standin_pid:-}" ]] || kill "$standin_pid" 2>/dev/null || true
  rm -rf "${folder:-}"
}

fact() { python3 -c 'import json, sys; print(eval(sys.argv[2], json.load(open(sys.argv[1]))))' "$folder/facts" "$1"; }

control() {
  python3 - "$(fact control)$2" "$(fact control_token)" "$1" "${3:-}" <<'PYTHON'
import sys, urllib.request
url, token, method, body = sys.argv[1:]
request = urllib.request.Request(url, method=method, data=body.encode() or None,
                                 headers={"Authorization": "Bearer " + token})
urllib.request.urlopen(request, timeout=30).read()
PYTHON
}

start_standin() {
  title "a stand-in RingCentral on 127.0.0.1"
  folder="$(mktemp -d)"
  "$build/tests/standin/rc-standin" >"$folder/facts" &
  standin_pid=$!
  until [[ -s "$folder/facts" ]]; do kill -0 "$standin_pid" && sleep 0.05; done
  RINGCENTRAL_SERVER_URL="$(fact rest)"
  RINGCENTRAL_CA_FILE="$(fact ca)"
  RINGCENTRAL_CLIENT_ID="$(fact 'accounts[0]["client_id"]')"
  RINGCENTRAL_CLIENT_SECRET="$(fact 'accounts[0]["client_secret"]')"
  RINGCENTRAL_JWT_TOKEN="$(fact 'accounts[0]["jwt"]')"
  XDG_STATE_HOME="$folder/state"
  export RINGCENTRAL_SERVER_URL RINGCENTRAL_CA_FILE RINGCENTRAL_CLIENT_ID
  export RINGCENTRAL_CLIENT_SECRET RINGCENTRAL_JWT_TOKEN XDG_STATE_HOME
}

# In the background: calls us as soon as we are registered, and speaks.
call_us() {
  control GET "/registrations?wait=101&timeout_ms=20000"
  control POST /calls "{\"to\":\"101\",\"from\":\"+12025550166\",\"name\":\"Ada Lovelace\",
    \"hangup_after_ms\":8000,\"media\":{\"play\":{\"type\":\"speech\",\"text\":\"$sentence\"}}}"
}

record() {
  title "gst-launch-1.0 -e rcsrc num-calls=1 idle=none ! wavenc ! filesink location=${output##*/}"
  [[ -n "${standin_pid:-}" ]] || echo "Call this phone's number now; hang up when you have heard enough."
  gst-launch-1.0 -m -e rcsrc num-calls=1 idle=none ! wavenc ! filesink location="$output" |
    awk '/^Progress:/ { print; fflush() }
      /rc-call,/ && match($0, /state=\(string\)[a-z]+/) {
        state = substr($0, RSTART + 14, RLENGTH - 14)
        match($0, / from=\(string\)[^,]*/); from = substr($0, RSTART + 14, RLENGTH - 14)
        match($0, / from-name=\(string\)("[^"]*"|[^,]*)/); name = substr($0, RSTART + 19, RLENGTH - 19)
        gsub(/["\\]/, "", name); print "Call from " name " " from ": " state; fflush() }
      /^(ERROR|WARNING)/ { print; fflush() }'
}

next_steps() {
  [[ -n "${standin_pid:-}" ]] || return 0
  cat <<'TEXT'

That was the stand-in. For a real account set these, and run the same line again:
  RINGCENTRAL_CLIENT_ID      \
  RINGCENTRAL_CLIENT_SECRET   } of your app and user: https://developers.ringcentral.com
  RINGCENTRAL_JWT_TOKEN      /  (the app needs the permission "VoIP Calling")
TEXT
}

main() {
  trap clean_up EXIT
  build_it
  if [[ -z "${RINGCENTRAL_JWT_TOKEN:-}${RC_USER_JWT:-}" ]]; then
    start_standin
    call_us &
  fi
  record
  title "what is in the file"
  scripts/describe_recording.py "$output"
  next_steps
}

main

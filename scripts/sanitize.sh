#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds and runs tests with sanitizers. The last line says "N passed, N failed".
#
#   scripts/sanitize.sh address|thread [--standin <program>] [--build <folder>]
#     address    AddressSanitizer (with leaks) and UBSan: unit and element tests, and whole calls
#     thread     ThreadSanitizer: unit tests
#     --standin  rc-standin for the flow tests (default: the one of the folder build)
#     --build    Meson build folder (default: build-address or build-thread)
set -uo pipefail
cd "$(dirname "$0")/.." || exit

# Not media/webrtc_test: GSignal and GstPromise, which hand our objects to other threads, are not
# instrumented, and ThreadSanitizer takes each such object for a race (32 reports).
unit_tests=(unit/call/call_test unit/core/core_test unit/media/playout_test unit/rest/rest_test
  unit/sip/sip_{sessions,ws_transport}_test unit/tls/tls_test)
# Of text alone: one thread.
text_tests=(unit/media/sdp_test unit/sip/sip_{messages,torture}_test)
# Calls of flow-player, which we build. Tests whose limits are times would measure the sanitizer.
flow_tests=(errors_call hostile media_fingerprint sip_forms tls_trust)

kind=
build=
standin=build/tests/standin/rc-standin
passed=0
failed=0

usage() { sed -n '3,9s/^# \{0,1\}//p' "$0" >&2 && exit 2; }

parse_arguments() {
  while [[ $# -gt 0 ]]; do
    case "$1" in
      address | thread) kind="$1" ;;
      --build) build="${2:?--build needs a folder}" && shift ;;
      --standin) standin="${2:?--standin needs a program}" && shift ;;
      *) usage ;;
    esac
    shift
  done
  [[ -n "$kind" ]] || usage
  build="$(realpath -m "${build:-build-$kind}")"
}

build_tests() {
  local sanitizers=thread flags='-O1 -g1 -fno-omit-frame-pointer' targets
  [[ "$kind" == thread ]] || { sanitizers=address,undefined flags+=' -fno-sanitize-recover=undefined'; }
  [[ -f "$build/build.ninja" ]] ||
    meson setup "$build" -Db_sanitize="$sanitizers" -Dbuildtype=plain -Dcpp_args="$flags" >/dev/null || return
  targets=("${unit_tests[@]/#/tests/}")
  [[ "$kind" == thread ]] ||
    targets+=(plugins/libgstringcentral.so tests/element/element_test tests/flow/flow-player)
  ninja -C "$build" "${targets[@]}"
}

# LeakSanitizer gives up when a thread ends while it stops them all: that says nothing about the test.
attempt() {
  for _ in 1 2 3; do
    output="$("$@" 2>&1)" && return
    [[ "$output" == *"LeakSanitizer has encountered a fatal error"* ]] || return
  done
  return 1
}

# run <name> <command>...: its output only if it fails.
run() {
  local name="$1" output
  shift
  if attempt "$@"; then
    passed=$((passed + 1))
    echo "ok      $kind: $name"
  else
    failed=$((failed + 1))
    printf '%s\n' "$output" | tail -n 80
    echo "FAILED  $kind: $name"
  fi
}

# The elements in their plugin, found as users' programs find it.
run_whole() {
  local test
  # gst-plugin-scanner has no sanitizer and could not load our plugin; the plugins of others leak as they
  # are looked at, which is done here once, before any test.
  export GST_REGISTRY_FORK=no GST_PLUGIN_PATH="$build/plugins" GST_REGISTRY="$build/flow-registry.bin"
  ASAN_OPTIONS=detect_leaks=0 "$build/tests/flow/flow-player" </dev/null
  # Whole stacks: the suppressed leak is known by a function far from malloc().
  ASAN_OPTIONS+=:fast_unwind_on_malloc=0:malloc_context_size=20
  run element/element_test timeout 600 "$build/tests/element/element_test"
  for test in "${flow_tests[@]}"; do
    run "flow/$test" env RC_BUILD="$build" RC_STANDIN="$standin" \
      timeout 600 /usr/bin/python3 "tests/flow/$test.py"
  done
}

main() {
  local test
  parse_arguments "$@"
  [[ "$kind" == thread ]] || unit_tests+=("${text_tests[@]}")
  # The limits of WsFlood are of memory: a sanitizer's own is more than that.
  [[ "$kind" == address ]] || export GTEST_FILTER='-WsFlood.*'
  export ASAN_OPTIONS=quarantine_size_mb=2
  export LSAN_OPTIONS=suppressions=$PWD/tests/sanitize/leaks.supp:print_suppressions=0
  export TSAN_OPTIONS=ignore_noninstrumented_modules=1
  export UBSAN_OPTIONS=print_stacktrace=1
  run "build" build_tests
  if [[ "$failed" == 0 ]]; then
    for test in "${unit_tests[@]}"; do run "$test" timeout 600 "$build/tests/$test"; done
    [[ "$kind" == thread ]] || run_whole
  fi
  echo "$passed passed, $failed failed"
  [[ "$failed" == 0 ]]
}

main "$@"

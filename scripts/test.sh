#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# All gates: installs the packages, builds, checks, tests. The last line says "N passed, N failed".
#
#   scripts/test.sh [--quick] [--long] [--build <folder>]
#     --quick   without sanitizers, fuzzers and interop (the official SDK in Chromium)
#     --long    also the long forms: clang-tidy, tests of suite "long", RC_LONG=1 for all tests
#     --build   Meson build folder (default: build)
#
# A part that is missing, crashes or says nothing counts as failed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

# Suites of Meson tests that must have a test.
required_suites=(unit element flow pipelines)

build=build
quick=no
long=no
passed=0
failed=0
skipped=0

parse_arguments() {
  while [[ $# -gt 0 ]]; do
    case "$1" in
      --quick) quick=yes ;;
      --long) long=yes ;;
      --build) build="${2:?--build needs a folder}" && shift ;;
      *) echo "usage: scripts/test.sh [--quick] [--long] [--build <folder>]" >&2 && exit 2 ;;
    esac
    shift
  done
}

title() { printf '\n== %s (%d:%02d)\n' "$1" $((SECONDS / 60)) $((SECONDS % 60)); }

add() {
  passed=$((passed + $1))
  failed=$((failed + $2))
  skipped=$((skipped + $3))
}

# check <name> <command>...: one test; its output is shown only if it fails.
check() {
  local name="$1" output
  shift
  if output="$("$@" 2>&1)"; then
    add 1 0 0
    echo "ok      $name"
  else
    add 0 1 0
    printf '%s\n' "$output" | tail -n 60
    echo "FAILED  $name"
    return 1
  fi
}

finish() {
  local line="$passed passed, $failed failed"
  [[ "$skipped" == 0 ]] || line+=", $skipped skipped"
  title "all in all"
  echo "$line"
  [[ "$failed" == 0 ]]
  exit
}

install_packages() {
  title "packages"
  if ! scripts/install-packages.sh; then
    add 0 1 0
    finish
  fi
}

configure() {
  [[ -f "$build/build.ninja" ]] || meson setup "$build" -Dwerror=true
}

# Without it there is nothing to test, so it shows its progress and ends the run if it fails.
compile() {
  title "build"
  if configure && ninja -C "$build"; then
    add 1 0 0
  else
    add 0 1 0
    finish
  fi
}

static_checks() {
  local files
  title "checks"
  check "format" scripts/format.sh --check
  check "style" scripts/check_style.py
  mapfile -t files < <(find pipelines scripts tests -name '*.py' -not -path '*/node_modules/*')
  check "python" pyflakes3 "${files[@]}"
  check "layers" scripts/check_layers.py
  check "layers: the check itself can fail" scripts/check_layers.py --self-test
  check "test map" scripts/check_test_map.py
  check "test map: the check itself can fail" scripts/check_test_map.py --self-test
  check "counting: tests are counted as they ended" scripts/count_tests.py --self-test
  check "clang compiles it too" scripts/check_clang.sh "$build"
  [[ "$long" == no ]] || check "clang-tidy" scripts/tidy.sh "$build"
}

# add_counts <what> <exit status> <"passed failed skipped">: a part that ended badly counts at least one
# failure, and one without a test is a failure.
add_counts() {
  local what="$1" status="$2" good bad omitted
  read -r good bad omitted <<<"$3"
  add "$good" "$bad" "$omitted"
  if [[ "$good" == 0 && "$bad" == 0 ]] || [[ "$status" != 0 && "$bad" == 0 ]]; then
    echo "FAILED  $what: no result, or a failure without a name (exit status $status)"
    add 0 1 0
  fi
}

missing_suites() {
  meson introspect --tests "$build" | python3 -c '
import json, sys
found = {suite.split(":")[-1] for test in json.load(sys.stdin) for suite in test["suite"]}
print(*(name for name in sys.argv[1:] if name not in found))' "${required_suites[@]}"
}

# "live" needs an account of RingCentral.
meson_tests() {
  local options=(--no-rebuild --print-errorlogs --no-suite live)
  local name status=0 counts
  [[ "$long" == yes ]] || options+=(--no-suite long)
  title "unit, element, flow and pipeline tests"
  for name in $(missing_suites); do
    echo "FAILED  suite $name: it has no test"
    add 0 1 0
  done
  rm -f "$build/meson-logs/testlog.json"
  meson test -C "$build" "${options[@]}" || status=$?
  counts="$(scripts/count_tests.py "$build" 2>/dev/null)" || counts="0 0 0"
  add_counts "meson test" "$status" "$counts"
}

# count_last_line <file>: "passed failed skipped" of a log that ends in "N passed, N failed[, N skipped]".
count_last_line() {
  tail -n 1 "$1" |
    sed -nE 's/^([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?$/\1 \2 0\4/p' |
    awk '{ print $1, $2, $3 + 0; found = 1 } END { exit !found }'
}

# shellcheck disable=SC2317 # called by check
install_sdk() {
  local installed=tests/interop/node_modules/.package-lock.json
  [[ "$installed" -nt tests/interop/package-lock.json ]] ||
    npm --prefix tests/interop ci --no-audit --no-fund --ignore-scripts
}

# part <name> <title> <command>...: a program that counts its tests in its last line.
part() {
  local name="$1" log status=0 counts
  title "$2"
  shift 2
  log="$(mktemp)"
  "$@" 2>&1 | tee "$log" || status=$?
  counts="$(count_last_line "$log")" || counts="0 0 0"
  rm -f "$log"
  add_counts "$name" "$status" "$counts"
}

sanitize() {
  local kind
  for kind in address thread; do
    part "$kind" "sanitizers: $kind" scripts/sanitize.sh "$kind" --build "$build-$kind" \
      --standin "$build/tests/standin/rc-standin"
  done
}

# Each finding of old, and some seconds of new tries.
fuzz() {
  local seconds=10
  [[ "$long" == no ]] || seconds=60
  part fuzz "fuzz: hostile bytes, with ASan and UBSan" scripts/fuzz.sh --seconds "$seconds"
}

interop() {
  check "npm ci" install_sdk || return
  part interop "interop: RingCentral's SDK in Chromium" \
    timeout 1800 node tests/interop/run.mjs --build "$build"
}

main() {
  parse_arguments "$@"
  [[ "$long" == no ]] || export RC_LONG=1
  install_packages
  compile
  static_checks
  meson_tests
  if [[ "$quick" == no ]]; then
    sanitize
    fuzz
    interop
  fi
  finish
}

main "$@"

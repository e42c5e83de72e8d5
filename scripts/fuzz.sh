#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds the libFuzzer targets of tests/fuzz with clang, ASan and UBSan, and runs them, two at a time.
# The last line says "N passed, N failed".
#
#   scripts/fuzz.sh [--seconds N | --runs N] [--build <folder>] [--keep <folder>] [target...]
#     --seconds  for each target (default 10)
#     --runs     executions of each target, instead of a time
#     --build    Meson build folder (default: build-fuzz)
#     --keep     where grown corpora stay, one folder a target (default: forgotten)
#
# Seeds: tests/fuzz/corpus, and the data of ../shared where it is. Regressions of earlier findings run first.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

build=build-fuzz
limit=-max_total_time=10
keep=
targets=()

parse_arguments() {
  while [[ $# -gt 0 ]]; do
    case "$1" in
      --seconds) limit="-max_total_time=${2:?--seconds needs a number}" && shift ;;
      --runs) limit="-runs=${2:?--runs needs a number}" && shift ;;
      --build) build="${2:?--build needs a folder}" && shift ;;
      --keep) keep="${2:?--keep needs a folder}" && shift ;;
      -*) sed -n '3,13s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
      *) targets+=("$1") ;;
    esac
    shift
  done
  [[ ${#targets[@]} -gt 0 ]] || mapfile -t targets < <(sed -nE "s/^  '(.*)': .*_dep,$/\1/p" tests/fuzz/meson.build)
}

build_targets() {
  [[ -f "$build/build.ninja" ]] ||
    CXX=clang++ meson setup "$build" -Dfuzzers=true -Db_sanitize=address,undefined -Db_lundef=false \
      -Dbuildtype=plain -Dcpp_args='-O1 -g1 -fno-omit-frame-pointer -fno-sanitize-recover=undefined' >/dev/null ||
    return
  ninja -C "$build" "${targets[@]/#/tests/fuzz/fuzz_}"
}

# Longest input worth trying: a dialog's script is dense, a SIP message is not.
longest() {
  case "$1" in
    sip_dialog) echo 160 ;;
    remote_sdp | ws_frames) echo 2048 ;;
    *) echo 1024 ;;
  esac
}

seeds_of() {
  local folder
  for folder in "tests/fuzz/corpus/$1" "tests/fuzz/regressions/$1"; do
    [[ ! -d "$folder" ]] || echo "$folder"
  done
  case "$1" in
    sip_message) ls -d ../shared/sip-torture/rfc* 2>/dev/null ;;
    remote_sdp) ls -d ../shared/protocol/samples/sdp 2>/dev/null ;;
  esac
}

# fuzz <target> <work folder>: its log there; the status is libFuzzer's.
fuzz() {
  local grown="${keep:-$2}/$1"
  local seeds
  mapfile -t seeds < <(seeds_of "$1")
  mkdir -p "$grown"
  ASAN_OPTIONS=malloc_context_size=2:quarantine_size_mb=16 "$build/tests/fuzz/fuzz_$1" "$limit" \
    -max_len="$(longest "$1")" -entropic=0 -timeout=20 -print_final_stats=1 -artifact_prefix="$2/$1-" \
    "$grown" "${seeds[@]}" >"$2/$1.log" 2>&1
}

figure() { sed -nE "s/^stat::$2: *//p" "$1"; }

report() {
  local name="$1" log="$2/$1.log"
  printf '%-14s %10s executions, %7s a second\n' "$name" \
    "$(figure "$log" number_of_executed_units)" "$(figure "$log" average_exec_per_sec)"
}

report_finding() {
  local name="$1" folder="$2"
  grep -vE '^#[0-9]+' "$folder/$name.log" | tail -n 40
  cp "$folder/$name"-* . 2>/dev/null
  echo "FAILED  $name: the input is in this folder; mend it, then keep it in tests/fuzz/regressions/$name"
}

main() {
  parse_arguments "$@"
  local folder passed=0 failed=0 target
  if ! build_targets; then
    echo "0 passed, 1 failed"
    exit 1
  fi
  folder="$(mktemp -d)"
  export -f fuzz longest seeds_of
  export build limit keep
  printf '%s\n' "${targets[@]}" |
    xargs -P 2 -I{} bash -c 'fuzz "$1" "$2" && touch "$2/$1.good"' fuzz {} "$folder"
  for target in "${targets[@]}"; do
    if [[ -f "$folder/$target.good" ]]; then
      passed=$((passed + 1))
      report "$target" "$folder"
    else
      failed=$((failed + 1))
      report_finding "$target" "$folder"
    fi
  done
  rm -rf "$folder"
  echo "$passed passed, $failed failed"
  [[ "$failed" == 0 ]]
}

main "$@"

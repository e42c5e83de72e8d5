#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A shell, or one command, that finds the plugin and rc-standin of the build folder:
#
#   scripts/dev-shell.sh [--build <folder>] [<command> [<argument>...]]
#
#   scripts/dev-shell.sh                            a shell with (rc) before its prompt
#   scripts/dev-shell.sh gst-inspect-1.0 rcsrc      one command
#
# What is missing is built first. GStreamer's registry of your own is left alone.
set -euo pipefail
top="$(cd "$(dirname "$0")/.." && pwd)"

parse_arguments() {
  build="$top/build"
  case "${1:-}" in
    --help | -h) sed -nE '3,/^set/s/^# ?//p' "$0" && exit ;;
    --build)
      [[ $# -ge 2 ]] || { echo "dev-shell.sh: --build needs a folder" >&2 && exit 2; }
      build="$(realpath -m "$2")"
      shift 2
      ;;
  esac
  command=("$@")
}

build_what_is_missing() {
  local targets=(plugins/libgstringcentral.so tests/standin/rc-standin)
  [[ ! -f "$build/${targets[0]}" || ! -x "$build/${targets[1]}" ]] || return 0
  {
    [[ -f "$build/build.ninja" ]] || meson setup "$build" "$top"
    ninja -C "$build" "${targets[@]}"
  } >&2
}

main() {
  parse_arguments "$@"
  build_what_is_missing
  export PATH="$build/tests/standin:$PATH"
  export GST_PLUGIN_PATH="$build/plugins${GST_PLUGIN_PATH:+:$GST_PLUGIN_PATH}"
  export GST_REGISTRY="$build/dev-registry.bin"
  [[ ${#command[@]} == 0 ]] || exec "${command[@]}"
  # bash itself reads the file before its first prompt, and a pipe leaves nothing behind.
  exec bash --rcfile <(
    cat "$HOME/.bashrc" 2>/dev/null || true
    printf 'PS1="(rc) $PS1"\n'
  ) -i
}

main "$@"

#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# clang's thread analysis, then clang-tidy on gst/ and plugins/: tidy.sh [<Meson build folder>] [<file>...]
set -euo pipefail
cd "$(dirname "$0")/.."

build="${1:-build}"
shift || true
scripts/check_clang.sh "$build"
files=("$@")
if [[ ${#files[@]} -eq 0 ]]; then
  mapfile -t files < <(find gst plugins -name '*.cpp' | sort)
fi
printf '%s\0' "${files[@]}" | xargs -0 -P "$(nproc)" -n 4 clang-tidy --quiet -p "$build"

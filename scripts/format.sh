#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Formats our C++ files; with --check only says which ones are not formatted.
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t files < <(find gst plugins pipelines tests -name node_modules -prune -o \
  \( -name '*.h' -o -name '*.cpp' \) -print | sort)
if [[ "${1:-}" == --check ]]; then
  clang-format --dry-run -Werror "${files[@]}"
else
  clang-format -i "${files[@]}"
fi

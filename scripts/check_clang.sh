#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Compiles gst/ and plugins/ once more by clang, whose warnings are others than those of g++:
#   check_clang.sh <Meson build folder>
set -euo pipefail

build="$(realpath "${1:-$(dirname "$0")/../build}")"
cd "$(dirname "$0")/.."

# The build's own commands, without what only g++ and the linker know.
commands() {
  python3 - "$build" "$PWD" <<'PYTHON'
import json, os, shlex, sys
build, top = sys.argv[1:]
for entry in json.load(open(os.path.join(build, "compile_commands.json"))):
    source = os.path.relpath(os.path.join(entry["directory"], entry["file"]), top)
    if not source.startswith(("gst/", "plugins/")):
        continue
    words = shlex.split(entry["command"])[1:]
    flags = [w for w in words if w.startswith(("-I", "-D", "-isystem", "-std", "-pthread", "-f"))]
    print(shlex.join(["clang++", "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
                      "-Wno-ignored-optimization-argument", *flags, os.path.join(top, source)]))
PYTHON
}

list="$(commands)"
[[ -n "$list" ]] || { echo "no compile commands in $build" >&2; exit 1; }
cd "$build"
tr '\n' '\0' <<<"$list" | xargs -0 -P "$(nproc)" -I '{}' sh -c '{}'

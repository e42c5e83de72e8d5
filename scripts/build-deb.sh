#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds the Debian packages gstreamer1.0-ringcentral and ringcentral-standin:
#
#   scripts/build-deb.sh [<output folder>]        (default: build-deb)
#
# from what git knows of this working tree, changes included. Installs what the build needs.
# Then:  sudo apt install ./build-deb/*.deb
set -euo pipefail
top="$(realpath "$(dirname "$0")/..")"

fail() {
  printf 'build-deb.sh: %s\n' "$@" >&2
  exit 1
}

# debian/changelog is what names the packages; it must not fall behind.
check_version() {
  local ours packaged
  ours="$(sed -nE "s/^ *version: '([^']+)',/\1/p" "$top/meson.build" | head -n 1)"
  packaged="$(dpkg-parsechangelog -l "$top/scripts/debian/changelog" -S Version)"
  [[ "$packaged" == "$ours" ]] ||
    fail "scripts/debian/changelog is about $packaged, meson.build about $ours" \
      "add an entry for $ours to the changelog"
}

# A source tree of its own: dpkg-buildpackage wants debian/ at its top, and writes beside it.
copy_source() {
  mkdir "$work/gst-ringcentral"
  git -C "$top" ls-files -z --cached --others --exclude-standard |
    tar -C "$top" --ignore-failed-read --null -T - -cf - | tar -C "$work/gst-ringcentral" -xf -
  cp -r "$top/scripts/debian" "$work/gst-ringcentral/debian"
}

build_packages() {
  local log="$output/build.log"
  export DEB_BUILD_OPTIONS="${DEB_BUILD_OPTIONS:-} noautodbgsym"
  (cd "$work/gst-ringcentral" && dpkg-buildpackage --build=binary --no-sign) >"$log" 2>&1 ||
    fail "dpkg-buildpackage failed; all of it is in $log:" "$(tail -n 20 "$log")"
  cp "$work"/*.deb "$output"
}

main() {
  case "${1:-}" in
    --help | -h) sed -nE '3,/^set/s/^# ?//p' "$0" && exit ;;
    -*) fail "unknown: $1" "usage: scripts/build-deb.sh [<output folder>]" ;;
  esac
  output="$(realpath -m "${1:-$top/build-deb}")"
  mkdir -p "$output"
  "$top/scripts/install-packages.sh" build package
  check_version
  work="$(mktemp -d)"
  trap 'rm -rf "$work"' EXIT
  copy_source
  echo "Building in $work; the log is $output/build.log"
  build_packages
  ls "$output"/*.deb
}

main "$@"

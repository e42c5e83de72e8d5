#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs plugin and rc-standin, so that gst-launch-1.0 knows rcsrc in every new shell.
#
#   scripts/install.sh               for all users: the plugin into GStreamer's own folder, the rest
#                                    below /usr/local (asks for sudo if you are not root)
#   scripts/install.sh --user        for you alone: the plugin into GStreamer's folder of your home,
#                                    the rest below ~/.local (sudo only for missing Debian packages)
#   scripts/install.sh --uninstall   removes what was installed for all users, with --user for you
#   scripts/install.sh --help        this text
set -euo pipefail
cd "$(dirname "$0")/.."

build="build-install"
for_user=no
uninstall=no

fail() {
  printf 'install.sh: %s\n' "$@" >&2
  exit 1
}

parse_arguments() {
  local argument
  for argument in "$@"; do
    case "$argument" in
      --user) for_user=yes ;;
      --uninstall) uninstall=yes ;;
      --help | -h) sed -nE '3,/^set/s/^# ?//p' scripts/install.sh && exit ;;
      *) fail "unknown: $argument" "scripts/install.sh --help tells what there is" ;;
    esac
  done
}

# For all users GStreamer looks into one folder only, that of Debian's own plugins; /usr/local is
# none of it. Of a home it looks into this one without being told.
set_plugins() {
  if [[ "$for_user" == yes ]]; then
    plugins="${XDG_DATA_HOME:-$HOME/.local/share}/gstreamer-1.0/plugins"
  else
    plugins="$(pkg-config --variable=pluginsdir gstreamer-1.0)"
  fi
}

# With the rights that the place needs.
do_it() {
  if [[ "$for_user" == yes || "$(id -u)" == 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "$prefix belongs to root, and there is no sudo here" \
      "run this as root, or install for yourself: scripts/install.sh --user"
  fi
}

refuse_beside_package() {
  local state
  state="$(dpkg-query -W -f='${db:Status-Status}' gstreamer1.0-ringcentral 2>/dev/null)" || return 0
  [[ "$for_user" == yes || "$state" != installed ]] ||
    fail "the Debian package gstreamer1.0-ringcentral is installed, in the same place" \
      "remove it first: sudo apt remove gstreamer1.0-ringcentral ringcentral-standin"
}

build_it() {
  local libdir=lib
  [[ "$for_user" == yes ]] || libdir="lib/$(gcc -print-multiarch)"
  local options=(--prefix "$prefix" --libdir "$libdir" -Dplugindir="$plugins"
    --buildtype release -Dtests=false -Dwerror=false)
  [[ ! -f "$build/build.ninja" ]] || options+=(--reconfigure)
  meson setup "$build" "${options[@]}" >"$stage/log" 2>&1 ||
    fail "Meson cannot configure the build:" "$(tail -n 5 "$stage/log")"
  ninja -C "$build" || fail "the build failed; what is wrong stands above"
}

# One line each: files, and with a slash at the end the folders that were not there before.
write_list() {
  local path
  {
    [[ ! -f "$list" ]] || grep '/$' "$list" || true
    find . -mindepth 1 -type d | while read -r path; do
      [[ -d "${path#.}" ]] || echo "${path#.}/"
    done
    find . -type f | sed 's/^\.//'
    echo "$list"
  } | sort -u >"$stage/list"
  install -D -m 644 "$stage/list" ".$list"
}

copy_it() {
  DESTDIR="$stage/root" meson install -C "$build" --no-rebuild --quiet >"$stage/log" ||
    fail "meson install failed:" "$(tail -n 5 "$stage/log")"
  mkdir -p "$stage/root$prefix/share/gst-ringcentral"
  (cd "$stage/root" && write_list)
  tar -C "$stage/root" --owner=root --group=root -cf "$stage/all.tar" .
  do_it tar -C / --no-same-owner --no-overwrite-dir -xf "$stage/all.tar" ||
    fail "not all could be written below $prefix" "is the disk full, or the folder not yours?"
}

# In an environment as a new shell has it, but for a registry of its own.
check_it() {
  env -u GST_PLUGIN_PATH -u GST_PLUGIN_PATH_1_0 GST_REGISTRY="$stage/registry" \
    gst-inspect-1.0 rcsrc >/dev/null 2>"$stage/log" ||
    fail "installed in $plugins, but GStreamer does not find it there" "$(tail -n 3 "$stage/log")" \
      "if GST_PLUGIN_SYSTEM_PATH is set, unset it: it hides that folder"
}

tell() {
  echo
  echo "Installed: $plugins/libgstringcentral.so; rc-standin and its manual below $prefix."
  if [[ ":$PATH:" != *":$prefix/bin:"* ]]; then
    echo "$prefix/bin is not in your PATH yet: log in anew, or export PATH=\"$prefix/bin:\$PATH\""
  fi
  [[ "$for_user" == no ]] ||
    echo "For pkg-config gstringcentral: export PKG_CONFIG_PATH=$prefix/lib/pkgconfig"
  echo "Try it without an account:"
  echo "  rc-standin --call 101 --say 'Hello.' -- gst-launch-1.0 -e rcsrc num-calls=1 idle=none !" \
    "wavenc ! filesink location=call.wav"
}

install_it() {
  scripts/install-packages.sh build run
  set_plugins
  build_it
  copy_it
  check_it
  tell
}

remove_it() {
  [[ -f "$list" ]] || fail "nothing to remove: there is no $list" \
    "what --user installed is removed by --user --uninstall, the rest by --uninstall"
  cp "$list" "$stage/list"
  grep -v '/$' "$stage/list" | do_it xargs -d '\n' rm -f --
  grep '/$' "$stage/list" | sort -r |
    do_it xargs -r -d '\n' rmdir --ignore-fail-on-non-empty -- 2>/dev/null || true
  echo "Removed what was listed in $list."
}

main() {
  parse_arguments "$@"
  umask 022
  prefix=/usr/local
  [[ "$for_user" == no ]] || prefix="$HOME/.local"
  list="$prefix/share/gst-ringcentral/installed"
  stage="$(mktemp -d)"
  trap 'rm -rf "$stage"' EXIT
  refuse_beside_package
  if [[ "$uninstall" == yes ]]; then remove_it; else install_it; fi
}

main "$@"

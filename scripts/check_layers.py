#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks who includes whom (the layers of gst/ and plugins/).

usage: check_layers.py [--self-test] [<project folder>]
"""
import pathlib
import re
import sys
import tempfile

# A layer may include itself and these.
ALLOWED = {
    "core": set(),
    "rest": {"core"},
    "sip": {"core"},
    "events": {"core", "rest"},
    "call": {"core", "sip"},
    "media": {"core", "call"},
    "bridge": {"core"},
    "record": {"core"},
    "phone": {"core", "rest", "sip", "events", "call", "media", "bridge", "record"},
    "plugins": {"core", "call", "phone", "bridge", "record"},
}
# They must be usable and testable without GStreamer.
WITHOUT_GSTREAMER = {"rest", "sip", "bridge"}

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)
# A GType in the static library is registered once by each module it is linked into.
GTYPE = re.compile(r"\b(G_DEFINE_\w+|G_DECLARE_\w+|g_type_register_\w+)\s*\(")


def layer_of(path):
    """"sip" for gst/sip/message.h, "plugins" for plugins/rcsrc.cpp."""
    return path.parts[1] if path.parts[0] == "gst" else path.parts[0]


def check_include(layer, bracket, target):
    if bracket == "<":
        if layer in WITHOUT_GSTREAMER and target.startswith("gst/"):
            return f"{layer} must not know GStreamer (<{target}>)"
        return None
    folder = target.split("/")[0] if "/" in target else None
    if folder is None:
        return None if layer == "plugins" else f'"{target}": name it from gst/ on'
    if folder not in ALLOWED:
        return f'"{target}": no such layer'
    if folder != layer and folder not in ALLOWED[layer]:
        return f'{layer} must not include {folder} ("{target}")'
    return None


def check_file(path, text):
    """The faults of one file, as texts."""
    layer = layer_of(path)
    if layer not in ALLOWED:
        return [f"unknown layer {layer}: add it to scripts/check_layers.py"]
    faults = [check_include(layer, *match) for match in INCLUDE.findall(text)]
    if layer != "plugins" and GTYPE.search(text):
        faults.append(f"a GType in gst/ ({GTYPE.search(text).group(1)}): GTypes live in plugins/")
    return [fault for fault in faults if fault]


def check_tree(top):
    faults = []
    files = [p for folder in ("gst", "plugins") for p in sorted((top / folder).rglob("*"))]
    sources = [p for p in files if p.suffix in (".h", ".cpp")]
    for source in sources:
        path = source.relative_to(top)
        faults += [f"{path}: {fault}" for fault in check_file(path, source.read_text())]
    if not sources:
        faults.append(f"no sources in {top}")
    return faults


SELF_TEST = {
    "gst/core/a.h": ('#include "core/b.h"\n#include <gst/gst.h>', 0),
    "gst/core/b.h": ('#include "sip/a.h"', 1),
    "gst/rest/a.cpp": ('#include "core/a.h"\n#include "rest/a.h"', 0),
    "gst/rest/b.cpp": ('#include "sip/a.h"', 1),
    "gst/sip/a.h": ("#include <gst/gst.h>", 1),
    "gst/sip/b.cpp": ('  #  include "call/a.h"', 1),
    "gst/sip/c.cpp": ('#include "b.h"', 1),
    "gst/call/a.h": ('#include "sip/a.h"\n#include "core/a.h"', 0),
    "gst/call/b.h": ('#include "media/a.h"', 1),
    "gst/media/a.cpp": ('#include "sip/a.h"', 1),
    "gst/phone/a.cpp": ('#include "rest/a.h"\n#include "media/a.h"', 0),
    "gst/phone/b.cpp": ("G_DEFINE_TYPE(A, b, C)", 1),
    "gst/misc/a.h": ("", 1),
    "plugins/a.cpp": ('#include "b.h"\n#include "phone/a.h"\nG_DEFINE_TYPE (A, b, C)', 0),
    "plugins/b.cpp": ('#include "sip/a.h"\n#include "rest/a.h"', 2),
    "plugins/c.cpp": ('#include "unknown/a.h"', 1),
}


def self_test():
    with tempfile.TemporaryDirectory() as folder:
        top = pathlib.Path(folder)
        for name, (text, _) in SELF_TEST.items():
            (top / name).parent.mkdir(parents=True, exist_ok=True)
            (top / name).write_text(text)
        found = check_tree(top)
    wrong = [
        f"{name}: {expected} expected, found {[f for f in found if f.startswith(name + ':')]}"
        for name, (_, expected) in SELF_TEST.items()
        if sum(f.startswith(name + ":") for f in found) != expected
    ]
    return wrong


def main(arguments):
    if arguments[:1] == ["--self-test"]:
        faults = self_test()
    else:
        faults = check_tree(pathlib.Path(arguments[0] if arguments else "."))
    print("\n".join(faults) if faults else "layers: in order")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

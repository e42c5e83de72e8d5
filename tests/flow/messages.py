# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads the bus messages that `gst-launch-1.0 -m` prints."""

import re

_FIELD = re.compile(r'([a-z-]+)=\(([a-z0-9]+)\)("(?:[^"\\]|\\.)*"|[^,;]*)')
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)")


def structures(log, name):
    """Every element message of that name, as dictionaries."""
    found = []
    for line in log.splitlines():
        if f"(element): {name}," in line:
            found.append({key: _value(kind, text) for key, kind, text in _FIELD.findall(line)})
    return found


def calls(log):
    return structures(log, "rc-call")


def _value(kind, text):
    if kind in ("int", "gint64", "uint", "guint64"):
        return int(text)
    if kind == "double":
        return float(text)
    if kind == "boolean":
        return text == "true"
    if text.startswith('"'):
        text = text[1:-1]
    return _ESCAPE.sub(_unescape, text.encode()).decode()


def _unescape(escape):
    """`\\303` is a byte, any other character stands for itself."""
    body = escape.group(1)
    return bytes([int(body, 8)]) if len(body) == 3 else body

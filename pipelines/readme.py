# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a README tells people to type: its fenced blocks, and the commands in them."""

import re

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(path, language):
    """The texts of the blocks in this language. A block without a language is a picture."""
    return [text for kind, text in FENCE.findall(path.read_text()) if kind == language]


def languages(path):
    return {kind for kind, _ in FENCE.findall(path.read_text())}


def commands(path):
    """Each shell command as it stands there, with its continuation lines; comments are left out."""
    lines = "".join(blocks(path, "sh")).replace("\\\n", "\\\0").splitlines()
    return [line.replace("\\\0", "\\\n") for line in lines
            if line and not line.startswith("#")]

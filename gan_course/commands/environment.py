"""What the environment decides about a command: nothing but how it looks."""

from __future__ import annotations

import codecs
import os
import sys
from contextlib import suppress
from typing import cast

BLOCKS = "▁▂▃▄▅▆▇█"
PLAIN = str.maketrans(
    {"→": "->", "…": "...", "·": "-", "×": "x", "–": "-", "²": "^2", "³": "^3"}
    | {block: str(height) for height, block in enumerate(BLOCKS, start=1)}
)


def settle() -> None:
    """Let every text be written, whatever code page the output is in, and every picture drawn,
    whatever program started this one: a notebook names a backend that may not be installed here."""
    codecs.register_error("gan_course.plain", _plain)
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):  # None, or a notebook's own
            stream.reconfigure(errors="gan_course.plain")  # type: ignore[union-attr]
    os.environ["MPLBACKEND"] = "agg"


def _plain(error: UnicodeError) -> tuple[str, int]:
    """What stands for characters that a code page lacks: "->" for an arrow, else "?"."""
    fault = cast("UnicodeEncodeError", error)
    text = fault.object[fault.start : fault.end].translate(PLAIN)
    return "".join(character if character.isascii() else "?" for character in text), fault.end

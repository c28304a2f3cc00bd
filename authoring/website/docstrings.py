"""Docstrings of the package as reStructuredText, and its signatures as they are written. Docstrings
are plain English with code between single backticks, which Sphinx would read as something else."""

from __future__ import annotations

import re

CODE = re.compile(r"(`+)(.+?)\1(\w?)", re.DOTALL)
MARKUP = re.compile(r"([*|\\]|(?<=[\w\]])_(?!\w))")
COLUMNS = re.compile(r"\S {3,}\S")
INDENTED = re.compile(r"^ +\S", re.MULTILINE)
ITEM = re.compile(r"[-*] |\d+\. ")
QUOTED = re.compile(r""": (["'])(.+?)\1(?=,| =|\))""")
FULL_NAME = re.compile(r"~(\w+\.)+")


def as_written(signature: str) -> str:
    """A signature without the quotes that `from __future__ import annotations` leaves around the
    types of a dataclass. Sphinx shortens names itself, but not beside a default such as
    `<factory>`, since it cannot read the signature then."""
    signature = QUOTED.sub(r": \2", signature)
    return FULL_NAME.sub("", signature) if "<" in signature else signature


def as_restructured(lines: list[str]) -> list[str]:
    """The lines of a docstring with its code as literals, tables and what is indented as they
    stand, and every other mark as itself."""
    text = "\n".join(lines)
    if text.startswith("Alias for field number "):  # what Python says of a named tuple's field
        return []
    paragraphs = text.split("\n\n")
    return "\n\n".join(map(_paragraph, paragraphs)).split("\n")


def _paragraph(text: str) -> str:
    if COLUMNS.search(text) or (INDENTED.search(text) and not ITEM.match(text)):
        return "::\n\n" + re.sub("^", "    ", text, flags=re.MULTILINE)
    done, end = [], 0
    for code in CODE.finditer(text):
        # A letter that follows, as a plural's does, has to be parted from a literal.
        done += [_escaped(text[end : code.start()]), f"``{code[2]}``", "\\ " * bool(code[3])]
        end = code.start(3)
    return "".join([*done, _escaped(text[end:])])


def _escaped(text: str) -> str:
    return MARKUP.sub(r"\\\1", text)

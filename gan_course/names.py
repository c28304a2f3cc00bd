"""What is said of a name that nobody has; nothing heavy is imported for it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def unknown_name(kind: str, name: object, known: Iterable[str]) -> ValueError:
    """The error for a name that is not in a list, with the nearest one that is; `name` is whatever
    was given, a string or not."""
    options = sorted(known)
    near = [option for option in options if option.lstrip("0") == str(name)]  # 1 for 01
    near = near or get_close_matches(str(name), options, n=1, cutoff=0.4)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    return ValueError(
        f"there is no {kind} {name!r}{hint}; known are {', '.join(options) or 'none'}"
    )

"""What a lesson shows: rich in a notebook, text where the lesson runs as a plain script."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any


def in_ipython() -> bool:
    """Whether IPython, a notebook's kernel for one, runs this; looking for it imports nothing."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and ipython.get_ipython() is not None


def display(
    data: Mapping[str, Any], metadata: Mapping[str, Any] | None = None, *, replaceable: bool = False
) -> Any:
    """Show one output, its contents by MIME type, and their metadata; outside IPython, which would
    print them all, its "text/plain" is printed.

    A `replaceable` output returns a handle to update it with; where text was printed, None.
    """
    if not in_ipython():
        print(data["text/plain"])
        return None
    from IPython.display import display as show  # only here: the package must import without it

    return show(data, metadata=metadata, raw=True, display_id=True if replaceable else None)

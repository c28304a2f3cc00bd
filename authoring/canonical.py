"""What JupyterLab writes when someone opens a notebook and saves it, without running a cell.

A stored notebook has this form already, so that an autosave of a lesson that was only read changes
no byte, and the next `git pull` finds nothing in its way.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import nbformat
from nbformat import NotebookNode

# The kernel's own name for itself. Its language_info also tells the version of its Python, which
# differs from machine to machine and is therefore never stored.
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}
FOLDERS = ("chapters", "solutions", "exercises")


def notebook_text(notebook: NotebookNode) -> str:
    """The .ipynb of a notebook as JupyterLab would write it, checked against the format's
    schema."""
    nbformat.validate(notebook)
    return nbformat.writes(numbers_of_a_browser(notebook)) + "\n"


def numbers_of_a_browser(value: Any) -> Any:
    """`value` (JSON) as JavaScript would write it back, where 1.0 and 1 are one number. Raises
    `ValueError` for NaN and infinity, which JSON does not have."""
    if isinstance(value, dict):
        return type(value)({key: numbers_of_a_browser(item) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return [numbers_of_a_browser(item) for item in value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"JSON has no {number}: store it as a text")
    # From 1e21 on JavaScript writes an exponent, which Python reads as a float. Below, it writes
    # just enough digits to tell the number from its neighbours, then zeros.
    whole = number.is_integer() and abs(number) < 1e21
    return int(Decimal(repr(number))) if whole else number


def without_this_machine(model: dict[str, Any], path: str, **_: Any) -> None:
    """Remove what only this machine's kernel put into a lesson that JupyterLab is about to save.

    A `pre_save_hook` of Jupyter's contents manager (`make lab` sets it): `model` is what will be
    written to `path`, relative to the course. Notebooks elsewhere are left alone.
    """
    if model["type"] != "notebook" or path.strip("/").split("/")[0] not in FOLDERS:
        return
    metadata = model["content"]["metadata"]
    if metadata.get("kernelspec", {}).get("name") == KERNEL["name"]:
        metadata["kernelspec"] = dict(KERNEL)
    metadata.get("language_info", {}).pop("version", None)

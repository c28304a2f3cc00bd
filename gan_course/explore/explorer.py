"""What every explorer is: controls as data, values turned into a picture, and a face for
notebooks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import torch

from gan_course.explore.controls import Press, View
from gan_course.explore.picture import Picture

if TYPE_CHECKING:
    from gan_course.explore.widgets import Face


class Explorer(ABC):
    """Lists its controls as data and turns their values into pictures; it knows no widget.

    As the last value of a cell, an explorer shows its `widget()`.
    """

    # Attributes that hold what was chosen: they are put back where a move or a picture fails.
    chosen: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def views(self) -> tuple[View, ...]:
        """What there is to see, and the controls of each, where they stand now."""

    @abstractmethod
    def pictures(self) -> dict[str, Callable[[Mapping[str, Any]], Picture]]:
        """For each view, by its key, the function that draws it from its controls' values."""

    def make(self, press: Press) -> None:
        """Make the move of a button that was pressed; an explorer with such buttons says how."""
        raise ValueError(f"this explorer has no button {press.key!r}")

    def show(self, view: str, values: Mapping[str, Any], press: Press | None = None) -> Picture:
        """Make the move of `press`, if there is one, and picture the `view` at these `values`.

        Either all of it happens, or it raises and nothing has changed: what the last picture showed
        is still what there is.
        """
        _keep_memory()
        with self.all_or_nothing():
            if press is not None:
                self.make(press)
            return self.pictures()[view](values)

    def explain(self, error: BaseException) -> str:
        """One sentence on what went wrong, to be shown under the picture."""
        if isinstance(error, KeyboardInterrupt):
            return "Interrupted."
        # The course's own errors are sentences; of others the type says more than the text does.
        said = " ".join(str(error).split())
        if not isinstance(error, ValueError):
            said = f"{type(error).__name__}: {said}" if said else type(error).__name__
        return f"{said[:1].upper()}{said[1:]}" + ("" if said.endswith((".", "!", "?")) else ".")

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Put the attributes named in `chosen` back if what is done inside fails or is
        interrupted."""
        before = {name: deepcopy(getattr(self, name)) for name in self.chosen}
        try:
            yield
        except BaseException:  # an interrupt too
            for name, value in before.items():
                setattr(self, name, value)
            raise

    def widget(self) -> Face:
        """The explorer with its controls, for a notebook; needs anywidget."""
        from gan_course.explore.widgets import Face

        return Face(self)

    def _ipython_display_(self) -> None:
        self.widget()._ipython_display_()


@cache
def _keep_memory() -> None:
    """Have Linux's C library keep the memory that a picture's tensors leave behind. By itself it
    gives much of it back to the system and asks for it anew in the next picture, which took up to
    two fifths of the time; it stops once it has seen a large block go."""
    torch.empty(30 * 2**20, dtype=torch.uint8)  # the largest that counts is 32 MiB; none is touched

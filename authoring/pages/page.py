"""What a page that needs no Python is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from torch import Tensor

from gan_course.explore import Explorer, View
from gan_course.explore.picture import Picture


class Zoo(Protocol):
    """Where trained models come from, each with the data that it learned from: `gan_course.zoo`."""

    def load(self, name: str, /) -> Any: ...

    def dataset(self, name: str, /) -> Any: ...


@dataclass(frozen=True)
class Content:
    """What a page shows and what it is answered with: the `views` of an explorer and its `still`
    picture; for the script networks as ONNX files, tensors (float32, uint8 or int64) and `facts`,
    all else, as JSON can hold it."""

    views: tuple[View, ...]
    still: Picture
    networks: Mapping[str, bytes] = field(default_factory=dict)
    tensors: Mapping[str, Tensor] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """One page: `name` is that of its file, `lesson` the number of the lesson that it belongs to.
    `script`, a module of `web/`, draws the views; `content` makes what it needs of the models of a
    zoo."""

    name: str
    title: str
    summary: str
    lesson: str
    script: str
    content: Callable[[Zoo], Content]


def seen(explorer: Explorer, keys: Sequence[str]) -> tuple[tuple[View, ...], Picture]:
    """The views that a page's script draws, and the first one's picture."""
    views = tuple(view for view in explorer.views() if view.key in keys)
    return views, explorer.show(views[0].key, views[0].values)

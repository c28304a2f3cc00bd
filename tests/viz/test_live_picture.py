"""A picture that is redrawn in place while a model trains."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from gan_course.viz import axes
from gan_course.viz.picture import LivePicture


class Handle:
    """What IPython gives for a display that can be updated."""

    def __init__(self) -> None:
        self.updates: list[dict[str, str]] = []

    def update(self, bundle: dict[str, str], *, metadata: dict[str, Any], raw: bool) -> None:
        assert raw
        assert f"[picture: {metadata['image/png']['alt']}]" == bundle["text/plain"]
        self.updates.append(bundle)


def test_the_first_picture_is_displayed_and_the_later_ones_take_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    handle, displayed, drawn = Handle(), [], []

    def display(bundle: dict[str, str], *, metadata: dict[str, Any], **options: Any) -> Handle:
        assert metadata == {"image/png": {"alt": "forty samples, after step 0"}}
        assert options == {"raw": True, "display_id": True}
        displayed.append(bundle["text/plain"])
        return handle

    def draw(samples: torch.Tensor) -> Any:
        drawn.append(samples)
        return axes()[0]

    monkeypatch.setattr("gan_course.notebook.in_ipython", lambda: True)
    monkeypatch.setattr("IPython.display.display", display)
    picture = LivePicture(draw, "forty samples")
    frames = [torch.full((2, 1), float(i)) for i in range(3)]
    for step, frame in enumerate(frames):
        picture(frame, 10 * step)
    assert displayed == ["[picture: forty samples, after step 0]"]
    assert [bundle["text/plain"] for bundle in handle.updates] == [
        f"[picture: forty samples, after step {step}]" for step in (10, 20)
    ]
    assert all(found is frame for found, frame in zip(drawn, frames, strict=True))

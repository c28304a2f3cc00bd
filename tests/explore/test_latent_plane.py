"""The plane: every model at one z, or each at its own code of an image, moved alike."""

from __future__ import annotations

import time
from contextlib import nullcontext

import pytest
import torch
from torch import Tensor

from gan_course.data import Dataset, Split
from gan_course.explore import LatentPlane
from tests.explore.conftest import picture_size


class Halves:
    """An image of 4 × 4 whose left and right half are even grey, and its code: `gain` times the
    two greys."""

    device = torch.device("cpu")

    def __init__(self, gain: float) -> None:
        self.gain = gain

    def evaluating(self) -> nullcontext[None]:
        return nullcontext()

    def code(self, x: Tensor) -> Tensor:
        return self.gain * x[:, 0, 0, ::2][:, :2]

    def decode(self, z: Tensor) -> Tensor:
        return (z / self.gain).repeat_interleave(2, dim=1)[:, None, None].repeat(1, 1, 4, 1)


GREYS = torch.tensor([[-1.0, 1.0], [0.5, 0.5], [1.0, -1.0]])
TOY = Split(Halves(1).decode(GREYS), torch.tensor([4, 9, 7]))
DATA = Dataset("halves", TOY, TOY, "me")


@pytest.fixture
def plane() -> LatentPlane:
    left = lambda images: (images[:, 0, 0, 0] > 0).long()  # noqa: E731
    return LatentPlane({"one": Halves(1), "two": Halves(2)}, DATA, left)


def test_pictures_repeat_and_leave_random_state_alone(vae_plane: LatentPlane) -> None:
    random = torch.get_rng_state()
    at, moved = vae_plane.at((1, -0.5)), vae_plane.moved(17, (0.5, 0))
    assert torch.equal(torch.get_rng_state(), random)
    assert picture_size(at) == (84 + 2 * 114, 24 + 114 + 112)
    assert picture_size(moved) == (84 + 2 * 114, 24 + 3 * 114 + 112)
    assert (vae_plane.at((1, -0.5)), vae_plane.moved(17, (0.5, 0))) == (at, moved)
    assert len({at, vae_plane.at((1, 0.5)), moved, vae_plane.moved(17), vae_plane.moved(18)}) == 5


def test_a_picture_is_drawn_in_a_quarter_of_a_second(vae_plane: LatentPlane) -> None:
    spent = []
    for _ in range(3):
        start = time.process_time()
        vae_plane.moved(17, (0.5, 0))
        spent.append(time.process_time() - start)
    assert min(spent) < 0.25


def test_at_one_z_every_model_draws_what_lies_there_for_it(plane: LatentPlane) -> None:
    drawn = plane.images(torch.tensor([[1.0, -0.5], [1.0, -0.5]]))[:, 0, 0, ::2]
    assert drawn.tolist() == [[1.0, -0.5], [0.5, -0.25]]
    assert plane.at((1.0, -0.5)).alt.endswith(
        "codes of 3 held-out images, where the cross is z. one at (1.0, -0.5), read as 1, nearest "
        "code of class 7; two at (1.0, -0.5), read as 1, nearest code of class 9."
    )


def test_an_image_starts_at_each_models_own_code_and_is_moved_alike(
    plane: LatentPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, draw = [], plane.images
    monkeypatch.setattr(plane, "images", lambda z: (seen.append(z.tolist()), draw(z))[1])
    alt = plane.moved(1, (0.25, -1.0)).alt
    assert seen == [[[0.5, 0.5], [1.0, 1.0]], [[0.75, -0.5], [1.25, 0.0]]]
    assert "Held-out image 1 of class 9; below it what each model draws at its own code" in alt
    assert "after a move by (0.2, -1.0)" in alt


def test_the_plane_shows_the_models_as_they_were() -> None:
    model = Halves(1)
    plane = LatentPlane({"one": model}, DATA)
    before = plane.at((1, 1))
    model.gain = 3
    assert plane.at((1, 1)) == before


def test_the_pad_lies_over_the_codes_of_the_first_model(plane: LatentPlane) -> None:
    (pad,) = plane.views()[0].controls
    first, both = LatentPlane({"two": Halves(2)}, DATA), LatentPlane({"one": Halves(1)}, DATA)
    assert pad.as_data()["beneath"].startswith("data:image/png;base64,")
    assert pad.as_data()["beneath"] == both.views()[0].controls[0].as_data()["beneath"]
    assert pad.as_data()["beneath"] != first.views()[0].controls[0].as_data()["beneath"]


def test_bad_input_gets_one_clear_sentence(plane: LatentPlane) -> None:
    with pytest.raises(ValueError, match=r"z has two numbers from -4 to 4, got \(0, nan\)"):
        plane.at((0, float("nan")))
    with pytest.raises(ValueError, match=r"a move has two numbers from -4 to 4, got \(5, 0\)"):
        plane.moved(0, (5, 0))
    with pytest.raises(ValueError, match="held-out image, a whole number from 0 to 2, got 3"):
        plane.moved(3)
    with pytest.raises(ValueError, match="a model and 2 held-out images, got 0 and 3"):
        LatentPlane({}, DATA)
    wide = Halves(1)
    wide.code = lambda x: torch.zeros(len(x), 20)  # type: ignore[method-assign]
    with pytest.raises(ValueError, match=r"\(N, 2\) from 'wide', got \(3, 20\): .* latent_dim=2"):
        LatentPlane({"wide": wide}, DATA)
    wide.code, wide.decode = Halves(1).code, lambda z: z[:, None, None]  # type: ignore[method-assign]
    with pytest.raises(ValueError, match=r"images of 'wide' of shape \(N, 1, 4, 4\), got \(1, 1, "):
        LatentPlane({"wide": wide}, DATA)

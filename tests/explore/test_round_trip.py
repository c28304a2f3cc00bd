"""There and back at every moment of a run."""

from __future__ import annotations

from copy import deepcopy

import pytest
import torch

from gan_course.data import UnpairedSplit
from gan_course.data.pairs import Domains
from gan_course.explore import RoundTrip
from gan_course.models import CycleGAN, CycleGANConfig
from gan_course.training import Snapshots, fit

SMALL = CycleGANConfig(shape=(3, 16, 16), width=4, blocks=1, d_width=4, batch_size=2, steps=4)
X, Y = torch.rand(5, 3, 16, 16), -torch.rand(4, 3, 16, 16)


Run = tuple[CycleGAN, Snapshots]


@pytest.fixture(scope="module")
def run() -> Run:
    """A model that has been trained, and what it was after steps 0, 2 and 4."""
    torch.manual_seed(0)
    model, snapshots = CycleGAN(SMALL), Snapshots(2, also=(0,))
    split = UnpairedSplit(X, y=Y)
    fit(model, Domains("mine", split, split, "me"), hooks=[snapshots])
    return model, snapshots


@pytest.fixture
def trip(run: Run) -> RoundTrip:
    return RoundTrip(*run, X, Y, names=("sketch", "portrait"))


def test_images_go_there_and_back_as_the_model_was(trip: RoundTrip, run: Run) -> None:
    model, snapshots = deepcopy(run[0]), run[1]
    for moment in (2, 0, 1):
        model.load_weights(snapshots.weights[moment])
        by_y, by_x = trip.trips(3, moment)
        with model.evaluating():
            there, back = model.ema_y(X[3:4]), model.ema_x(Y[3:4])
            assert torch.equal(by_y, torch.cat([X[3:4], there, model.ema_x(there)]))
            assert torch.equal(by_x, torch.cat([Y[3:4], back, model.ema_y(back)]))


def test_the_words_say_what_the_way_loses(trip: RoundTrip) -> None:
    lost = [(way[2] - way[0]).abs().mean().item() for way in trip.trips(1, 0)]
    assert trip.picture(1, 0).alt == (
        f"After 0 steps: held-out sketch 1 as portrait and back, which misses it by {lost[0]:.3f} "
        f"(L1); below, portrait 1 as sketch and back, which misses it by {lost[1]:.3f}."
    )


def test_it_opens_at_the_end_of_the_run_and_leaves_the_model_alone(
    trip: RoundTrip, run: Run
) -> None:
    before = deepcopy(run[0].weights())
    (view,) = trip.views()
    assert trip.show("trip", view.values) == trip.picture(0, 2) != trip.picture(0, 0)
    assert all(torch.equal(before[key], weight) for key, weight in run[0].weights().items())


def test_a_model_without_a_run_goes_there_and_back_as_it_is(run: Run) -> None:
    trip = RoundTrip(run[0], None, X, Y)
    (view,) = trip.views()
    assert list(view.values) == ["image"]
    shown = trip.show("trip", {"image": 1})
    assert shown == RoundTrip(*run, X, Y).picture(1, 2)
    assert shown.alt.startswith("Held-out x 1 as y and back, which misses it by ")


def test_bad_input_gets_one_clear_sentence(trip: RoundTrip, run: Run) -> None:
    with pytest.raises(ValueError, match="2 snapshots and 2 images of each domain, got 0, 5 and 4"):
        RoundTrip(run[0], Snapshots(1), X, Y)
    with pytest.raises(
        ValueError, match=r"images of y of shape \(N, 3, 16, 16\), got \(4, 3, 16, 8"
    ):
        RoundTrip(*run, X, Y[..., :8])
    with pytest.raises(ValueError, match="held-out image, a whole number from 0 to 3, got 4"):
        trip.picture(4, 0)
    with pytest.raises(ValueError, match="snapshot, a whole number from 0 to 2, got -1"):
        trip.picture(0, -1)

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
import torch

import gan_course.metrics
from gan_course.data import Dataset
from gan_course.metrics import judge

FOLDER = Path(gan_course.metrics.__file__).parent


def test_judge_reads_at_least_98_5_percent_of_the_held_out_digits(digits: Dataset) -> None:
    right = judge().read(digits.held_out.x) == digits.held_out.labels
    assert len(right) == 2000
    assert right.double().mean().item() >= 0.985


def test_weights_are_under_500_kilobytes_and_float32() -> None:
    assert (FOLDER / "judge.safetensors").stat().st_size < 500_000
    assert {p.dtype for p in judge().parameters()} == {torch.float32}


def test_card_describes_the_weights_that_ship() -> None:
    weights, card = (
        (FOLDER / "judge.safetensors").read_bytes(),
        (FOLDER / "judge_card.md").read_text(encoding="utf-8"),
    )
    assert hashlib.sha256(weights).hexdigest() in card
    assert f"{len(weights):,} bytes" in card


def test_cards_accuracy_is_the_measured_one(digits: Dataset) -> None:
    card = (FOLDER / "judge_card.md").read_text(encoding="utf-8")
    stated = re.search(r"\| 0 \(ships\) \| ([\d.]+) %", card)
    assert stated is not None
    wrong = (judge().read(digits.held_out.x) != digits.held_out.labels).sum().item()
    # One picture of 2,000 may fall the other way on another machine's arithmetic.
    assert wrong == pytest.approx(20 * (100 - float(stated[1])), abs=1.01)


def test_results_do_not_depend_on_the_batch_size(digits: Dataset) -> None:
    images = digits.held_out.x[:253]  # more than one batch, the last one short
    together = judge().features(images)
    alone = torch.cat([judge().features(image[None]) for image in images])
    torch.testing.assert_close(together, alone, rtol=0, atol=1e-5)
    torch.testing.assert_close(
        judge().logits(images)[7:12], judge().logits(images[7:12]), rtol=0, atol=1e-5
    )


def test_judge_is_loaded_once_frozen_and_in_eval_mode() -> None:
    assert judge() is judge("cpu")
    assert not judge().training
    assert not any(p.requires_grad for p in judge().parameters())


def test_loading_the_judge_leaves_the_random_state_alone() -> None:
    from gan_course.metrics.judge import _load

    before = torch.get_rng_state()
    _load.__wrapped__("cpu")
    assert torch.equal(before, torch.get_rng_state())


def test_shapes_and_types_are_as_documented(digits: Dataset) -> None:
    images = digits.held_out.x[:3]
    assert judge().features(images).shape == (3, 64)
    assert judge().logits(images.double()).shape == (3, 10)
    assert judge().logits(images.double()).dtype == torch.float32
    assert judge().read(images).dtype == torch.int64
    assert judge().read(images[:0]).shape == (0,)
    assert not judge().features(images.clone().requires_grad_()).requires_grad


def test_logits_follow_from_the_features(digits: Dataset) -> None:
    images = digits.held_out.x[:20]
    torch.testing.assert_close(judge().head(judge().features(images)), judge().logits(images))


def test_gradients_reach_an_image_through_forward(digits: Dataset) -> None:
    image = digits.held_out.x[:1].clone().requires_grad_()
    judge()(image)[0, 3].backward()
    assert image.grad is not None
    assert image.grad.abs().sum() > 0


@pytest.mark.parametrize(
    ("images", "error", "sentence"),
    [
        (
            torch.zeros(64, 28, 28),
            ValueError,
            r"expected images of shape \(N, 1, 28, 28\), got \(64, 28, 28\)",
        ),
        (torch.zeros(2, 3, 28, 28), ValueError, r"got \(2, 3, 28, 28\)"),
        (torch.zeros(2, 1, 28, 28, dtype=torch.uint8), TypeError, "floating type"),
        (torch.full((2, 1, 28, 28), 255.0), ValueError, r"\[-1, 1\], got values from 255 to 255"),
        (torch.full((2, 1, 28, 28), float("nan")), ValueError, r"\[-1, 1\]"),
        (torch.full((2, 1, 28, 28), -float("inf")), ValueError, r"\[-1, 1\]"),
        ([[0.0]], TypeError, "expected images as a torch.Tensor, got list"),
    ],
)
def test_bad_images_get_one_clear_sentence(
    images: torch.Tensor, error: type[Exception], sentence: str
) -> None:
    for method in (judge().features, judge().logits, judge().read):
        with pytest.raises(error, match=sentence):
            method(images)

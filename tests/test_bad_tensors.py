"""Every public function of tensors answers what it cannot use in a sentence of the course, never in
one of torch, NumPy or matplotlib, and never with a number."""

from __future__ import annotations

import linecache
import math
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor

from gan_course import information, interpolation, losses, metrics, penalties, viz
from gan_course.data import Batch, Histogram, Pairs, Split, Unpaired, load
from gan_course.data.shapes import draw_shapes
from gan_course.metrics.ladder import blur

LINE, PLANE, DRAWN = load("gaussian"), load("grid"), Histogram((1.0, 2.0))
GENERATOR = torch.Generator().manual_seed(0)


def floats(*shape: int) -> Tensor:
    return 2 * torch.rand(*shape, generator=GENERATOR) - 1


def whole(below: int) -> Tensor:
    return torch.arange(8) % below


def critic(x: Tensor) -> Tensor:
    return x.flatten(1).sum(1)


DIGITS, IMAGES, FEATURES, POINTS = (
    floats(8, 1, 28, 28),
    floats(8, 3, 5, 4),
    floats(8, 4),
    floats(8, 2),
)
ON_A_LINE, LOGITS = floats(8, 1), floats(8, 1)
SHARES = torch.full((4,), 0.25)

# A function, and tensors that it takes.
GOOD: dict[str, tuple[Callable[..., Any], tuple[Tensor, ...]]] = {
    # metrics
    "coverage": (metrics.coverage, (FEATURES, FEATURES)),
    **{
        name: (getattr(metrics, name), (FEATURES, FEATURES))
        for name in ("precision", "recall", "density")
    },
    "variety": (lambda f, c: metrics.variety_within_classes(f, c, 2), (FEATURES, whole(2))),
    "digit_histogram": (metrics.digit_histogram, (DIGITS,)),
    "label_histogram": (metrics.label_histogram, (whole(3),)),
    "histogram_distance": (metrics.histogram_distance, (SHARES, SHARES)),
    "kl_divergence": (metrics.kl_divergence, (SHARES, SHARES)),
    "jensen_shannon": (metrics.jensen_shannon, (SHARES, SHARES)),
    "colour_distance": (metrics.colour_distance, (IMAGES, IMAGES)),
    "colour_histograms": (metrics.colour_histograms, (IMAGES,)),
    "energy_distance": (metrics.energy_distance, (IMAGES, IMAGES)),
    "gradient_histogram": (metrics.gradient_histogram, (IMAGES,)),
    "sharpness_distance": (metrics.sharpness_distance, (IMAGES, IMAGES)),
    "frechet_distance": (metrics.frechet_distance, (FEATURES, FEATURES)),
    "gaussian_frechet": (
        metrics.gaussian_frechet,
        (torch.zeros(3), torch.eye(3), torch.zeros(3), torch.eye(3)),
    ),
    "kernel_distance": (metrics.kernel_distance, (FEATURES, FEATURES)),
    "judge_distance": (metrics.judge_distance, (DIGITS, DIGITS)),
    "judge.read": (metrics.judge().read, (DIGITS,)),
    "attribute_agreement": (
        lambda x, head: metrics.attribute_agreement(x, {"head": head}),
        (floats(8, 3, 32, 32), whole(3)),
    ),
    "portrait_judge.read": (metrics.portrait_judge().read, (floats(8, 3, 32, 32),)),
    "memorisation_ratio": (metrics.memorisation_ratio, (IMAGES, IMAGES + 1, IMAGES)),
    "nearest": (metrics.nearest, (IMAGES, IMAGES)),
    "ImageIndex": (lambda x, y: metrics.ImageIndex(y).nearest(x), (IMAGES, IMAGES)),
    "nearest_distance": (metrics.nearest_distance, (IMAGES, IMAGES)),
    "neighbour_ratio": (metrics.neighbour_ratio, (IMAGES, IMAGES)),
    "centred": (metrics.centred, (DIGITS,)),
    "count_modes": (lambda x: metrics.count_modes(x, PLANE), (POINTS,)),
    "mode_histogram": (lambda x: metrics.mode_histogram(x, PLANE), (POINTS,)),
    "nearest_mode": (lambda x: metrics.nearest_mode(x, PLANE), (POINTS,)),
    "psnr": (metrics.psnr, (IMAGES, IMAGES)),
    "ssim": (metrics.ssim, (DIGITS, DIGITS)),
    "rank_correlations": (metrics.rank_correlations, (FEATURES, FEATURES)),
    "shape_correlations": (metrics.shape_correlations, (FEATURES, whole(3), FEATURES)),
    "match": (metrics.match, (FEATURES,)),
    "mutual_information": (metrics.mutual_information, (whole(3), whole(2))),
    "mutual_information_gap": (
        metrics.mutual_information_gap,
        (FEATURES, torch.stack([whole(2), whole(3)], 1)),
    ),
    "binned": (lambda x: metrics.binned(x, 3), (FEATURES,)),
    "cluster_accuracy": (metrics.cluster_accuracy, (whole(3), whole(2))),
    "pixel_clusters": (lambda x: metrics.pixel_clusters(x, 2), (IMAGES,)),
    "read_shapes": (metrics.read_shapes, (DIGITS,)),
    "wasserstein_1d": (lambda x: metrics.wasserstein_1d(x, LINE), (ON_A_LINE,)),
    "wasserstein_1d_samples": (metrics.wasserstein_1d_samples, (ON_A_LINE, ON_A_LINE)),
    "wasserstein_samples": (metrics.wasserstein_samples, (POINTS, POINTS)),
    "blur": (lambda x: blur(x, 1.0), (IMAGES,)),
    # losses, penalties, information, interpolation
    **{
        f"{name} {side}": (getattr(losses.by_name(name), side), (LOGITS,) * count)
        for name in ("minimax", "non_saturating", "least_squares", "hinge", "wasserstein")
        for side, count in (("discriminator", 2), ("generator", 1))
    },
    "r1": (lambda x: penalties.r1(critic, x), (IMAGES,)),
    "slopes": (lambda x: penalties.slopes(critic, x), (IMAGES,)),
    "gradient_penalty": (
        lambda real, fake, e: penalties.gradient_penalty(critic, real, fake, e),
        (IMAGES, IMAGES, torch.rand(8)),
    ),
    "categorical_bound": (information.categorical_bound, (FEATURES, whole(4))),
    "gaussian_bound": (information.gaussian_bound, (FEATURES, FEATURES, FEATURES)),
    "slerp": (lambda a, b: interpolation.slerp(a, b, 0.5), (FEATURES, FEATURES)),
    # data
    "Batch": (Batch, (IMAGES, whole(3))),
    "Pairs": (lambda x, y: Pairs(x, y=y), (IMAGES, IMAGES)),
    "Unpaired": (lambda x, y: Unpaired(x, y=y), (IMAGES, IMAGES)),
    "Split": (Split, (IMAGES, whole(3))),
    "draw_shapes": (draw_shapes, (whole(3), torch.full((8, 4), 0.5))),
    **{
        f"{name}.{part}": (getattr(load(name), part), (torch.rand(8),))
        for name in ("gaussian", "mixture")
        for part in ("density", "cdf", "quantile")
    },
    **{
        f"histogram.{part}": (getattr(DRAWN, part), (torch.rand(8),))
        for part in ("density", "cdf", "quantile")
    },
    "grid.density": (PLANE.density, (POINTS,)),
    # viz
    "sample_grid": (viz.sample_grid, (IMAGES,)),
    "image_rows": (lambda x: viz.image_rows({"a": x}), (IMAGES,)),
    "named_images": (lambda x: viz.named_images(x, list("abcdefgh")), (IMAGES,)),
    "density_plot": (lambda x: viz.density_plot(LINE, x), (ON_A_LINE,)),
    "decision_plot": (
        lambda x, a: viz.decision_plot(LINE, LINE, x, {"exact": a}),
        (torch.rand(8), torch.rand(8)),
    ),
    "plane_plot": (lambda x: viz.plane_plot(PLANE, x), (POINTS,)),
    "code_plot": (lambda x: viz.code_plot({"a": x}), (POINTS,)),
    "height_plot": (lambda x: viz.height_plot({"a": critic}, PLANE, x), (POINTS,)),
}

BAD: dict[str, Callable[[Tensor], Any]] = {
    "a list": lambda x: x.tolist(),
    "an array": lambda x: x.numpy(),
    "a string": lambda x: "x.npz",
    "None": lambda x: None,
    "a scalar": lambda x: x.flatten()[0],
    "one axis more": lambda x: x[..., None, None],
    "an empty one": lambda x: x[:0],
    "a shorter one": lambda x: x[:5],
    "NaN": lambda x: torch.full_like(x, math.nan, dtype=torch.float32),
    "complex": lambda x: x + 1j,
    "whole numbers": lambda x: (10 * x).round().to(torch.uint8),
    "fractions": lambda x: x + 0.5,
    "out of range": lambda x: x + 1000,
}

# What no function may take for tensors of numbers, but where the table below says so.
NEVER = ("a list", "an array", "a string", "None", "NaN", "complex")
# NaN goes through what a step or a density computes, to where the loop or the reader sees it.
FLOWS = {
    *(name for name in GOOD if name.endswith(("density", "cdf", "quantile", "discriminator"))),
    *(name for name in GOOD if name.endswith("generator")),
    *("r1", "slopes", "gradient_penalty", "categorical_bound", "gaussian_bound", "slerp", "blur"),
    *("Batch", "Pairs", "Unpaired"),
}
TAKEN = {
    *((name, place, "NaN") for name in FLOWS for place in range(3)),
    ("Batch", 1, "None"),
    ("Split", 1, "None"),
    *(("Split", place, bad) for place in range(2) for bad in ("a list", "an array")),
    ("density_plot", 0, "None"),
    ("plane_plot", 0, "None"),
    ("height_plot", 0, "None"),
    ("gradient_penalty", 2, "None"),
}


def raised(call: Callable[[], Any]) -> Exception | None:
    try:
        call()
    except Exception as error:
        return error
    return None


def said_by_the_course(error: BaseException) -> bool:
    """Whether a `raise` of this package was the last thing that ran."""
    trace = error.__traceback__
    assert trace is not None
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    line = linecache.getline(code.co_filename, trace.tb_lineno)
    return "gan_course" in code.co_filename and line.strip().startswith("raise ")


def test_the_table_lists_every_metric_loss_and_picture_of_tensors() -> None:
    called = " ".join(GOOD)
    of_other_things = {
        *(
            "ColourDistance",
            "Judge",
            "Match",
            "Modes",
            "Nearest",
            "PortraitJudge",
            "ShapeReading",
            "judge",
        ),  # not functions of tensors
        *("ladder", "real_floor", "rung_images", "wasserstein_1d"),
        *("LivePicture", "axes", "curves", "history_plot", "image_tag", "png", "show"),
        *("dot_plot", "game_diagram", "manifold_plot", "slope_plot", "variety_within_classes"),
    }
    listed = {*metrics.__all__, *viz.__all__} - of_other_things
    assert {name for name in listed if name not in called} == set()


@pytest.mark.parametrize("name", GOOD)
def test_good_tensors_are_taken(name: str) -> None:
    function, tensors = GOOD[name]
    function(*tensors)


@pytest.mark.parametrize("name", GOOD)
def test_a_bad_tensor_is_told_in_a_sentence_of_the_course(name: str) -> None:
    function, tensors = GOOD[name]
    for (place, tensor), (bad, made) in product(enumerate(tensors), BAD.items()):
        given = [*tensors[:place], made(tensor), *tensors[place + 1 :]]
        error = raised(lambda given=given: function(*given))
        if error is None:
            taken = bad not in NEVER or (name, place, bad) in TAKEN
            assert taken, f"argument {place}, {bad}, was taken for tensors of numbers"
        else:
            said = f"argument {place}, {bad}: {type(error).__name__}: {error}"
            assert isinstance(error, TypeError | ValueError), said
            assert said_by_the_course(error), said

"""The sentences that bad input gets: the value, what was expected, the way out."""

from __future__ import annotations

import operator
from collections.abc import Sequence

import torch
from torch import Tensor

from gan_course.names import unknown_name as unknown_name

ROUNDING = 1e-3  # by which a value may leave its range


def expect_tensor(what: str, *values: Tensor) -> None:
    """Raise `TypeError` unless every one of `values` is a tensor of real numbers."""
    for x in values:
        if not isinstance(x, Tensor):
            raise TypeError(
                f"expected {what} as a torch.Tensor, got {type(x).__name__}: torch.as_tensor "
                "converts arrays and lists"
            )
        if x.is_complex():
            raise TypeError(f"expected real {what}, got {x.dtype}: take its .real or its .abs()")


def expect_floating(what: str, *values: Tensor) -> None:
    """Raise `TypeError` unless every one of `values` is a tensor of a floating type, `ValueError`
    where one holds nothing."""
    expect_tensor(what, *values)
    for x in values:
        if not x.is_floating_point():
            raise TypeError(
                f"expected {what} of a floating type, got {x.dtype}: .float() converts it"
            )
        if not x.numel():
            raise ValueError(f"expected {what} with at least one value, got shape {tuple(x.shape)}")


def expect_finite(what: str, *values: Tensor) -> None:
    """Raise `TypeError` unless every one of `values` is a tensor of real numbers, `ValueError`
    unless all of them are finite; waits for the device, so never called inside a step."""
    expect_tensor(what, *values)
    for x in values:
        if not x.isfinite().all():
            raise ValueError(
                f"expected finite {what}, got NaN or infinity: look for the step at which the "
                "model diverged"
            )


def expect_shape(what: str, x: Tensor, shape: Sequence[int]) -> None:
    """Raise `ValueError` unless `x` is a batch of samples of `shape`, `TypeError` unless it is of a
    floating type."""
    expect_tensor(what, x)
    if tuple(x.shape[1:]) != tuple(shape) or x.ndim != len(shape) + 1:
        wanted = ", ".join(["N", *map(str, shape)]) + ("," if not shape else "")
        raise ValueError(f"expected {what} of shape ({wanted}), got {tuple(x.shape)}")
    if not x.is_floating_point():
        raise TypeError(
            f"expected {what} of a floating type, got {x.dtype}: scale the values first, for 8-bit "
            "images x / 127.5 - 1"
        )


def expect_same_shape(what: str, *values: Tensor) -> None:
    """Raise `ValueError` unless all `values` are of one shape (N, ...)."""
    shapes = [tuple(x.shape) for x in values]
    if len(set(shapes)) > 1 or not shapes[0]:
        raise ValueError(
            f"expected {what} of one shape (N, ...), got {' and '.join(map(str, shapes))}"
        )


def expect_range(what: str, x: Tensor, low: float = -1.0, high: float = 1.0) -> None:
    """Raise `ValueError` unless every value lies in [low, high]; waits for the device, so never
    called inside a step."""
    expect_tensor(what, x)
    if not x.numel():
        raise ValueError(f"expected {what} with at least one value, got shape {tuple(x.shape)}")
    least, most = x.aminmax()
    if not (least >= low and most <= high):  # written so that NaN fails too
        raise ValueError(
            f"expected {what} in [{low:g}, {high:g}], got values from {least.item():.4g} to "
            f"{most.item():.4g}"
        )


def expect_pictures(what: str, x: Tensor, shape: Sequence[int]) -> None:
    """Raise as `expect_shape` does, and `ValueError` unless all values lie in [-1, 1], but for
    rounding: a resampled picture leaves that range by a little, one in [0, 255] by far more."""
    expect_shape(what, x, shape)
    # Written so that NaN fails too.
    if len(x) and not x.abs().amax() <= 1 + ROUNDING:
        expect_range(what, x)


def expect_labels(
    labels: Tensor, n: int, classes: int, *, what: str = "labels", wait: bool = False
) -> None:
    """Raise `TypeError` unless `labels` are whole numbers, `ValueError` unless there are `n` of
    them, each from 0 to `classes` - 1.

    On an accelerator the values are left to the embedding that looks them up: to read them would
    make every step wait. With `wait` they are read all the same.
    """
    expect_tensor(what, labels)
    if labels.is_floating_point() or labels.dtype == torch.bool:
        raise TypeError(
            f"expected {what} of a whole-number type, got {labels.dtype}: .long() converts them"
        )
    if labels.shape != (n,):
        raise ValueError(
            f"expected {what} of shape ({n},), one for each sample, got {tuple(labels.shape)}"
        )
    seen = wait or labels.device.type == "cpu"
    if seen and n and not (labels.min() >= 0 and labels.max() < classes):
        raise ValueError(
            f"expected {what} from 0 to {classes - 1}, got {labels.min().item()} to "
            f"{labels.max().item()}"
        )


def whole_number(value: object) -> int | None:
    """`value` as a Python integer where it is a whole number, NumPy's and PyTorch's too; None for
    anything else, and for true and false."""
    try:
        return None if isinstance(value, bool) else operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        return None


def expect_positive(what: str, value: int) -> int:
    """`value` as a Python integer where it is a whole number of at least 1; `TypeError` or
    `ValueError` where it is not."""
    number = whole_number(value)
    if number is None:
        raise TypeError(f"{what} must be a whole number of at least 1, got {value!r}")
    if number < 1:
        raise ValueError(f"{what} must be at least 1, got {value}")
    return number


def expect_seed(seed: int) -> int:
    """`seed` as a Python integer where every random generator takes it; `TypeError` or `ValueError`
    where one does not."""
    number = whole_number(seed)
    if number is None or not 0 <= number < 2**32:
        kind = TypeError if number is None else ValueError
        raise kind(f"seed must be a whole number from 0 to 2^32 - 1, got {seed!r}")
    return number


def expect_index(what: str, index: int, count: int) -> int:
    """`index` as a Python integer where it is the number of one of `count` things, counted from 0;
    `ValueError` where it is not, or there are none."""
    if not count:
        raise ValueError(
            f"there is no {what} to choose, so none can be number {index!r}: leave it out"
        )
    number = whole_number(index)
    if number is None or not 0 <= number < count:
        raise ValueError(
            f"expected the number of a {what}, a whole number from 0 to {count - 1}, got {index!r}"
        )
    return number

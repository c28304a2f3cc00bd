"""A process that trains alone agrees with itself; two that train together agree with each other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import distributed, multiprocessing, nn

from gan_course import processes
from gan_course.training import History

CPU = torch.device("cpu")
TOGETHER = 2


def take_part(rank: int, folder: str) -> None:
    """What one of two processes finds, into a file of its own."""
    distributed.init_process_group(
        "gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=TOGETHER
    )
    found: dict[str, Any] = {"count": processes.count(), "rank": processes.rank()}

    part = processes.share(8)
    found["share"] = list(range(8))[part]
    try:
        processes.share(7)
    except ValueError as error:
        found["uneven"] = str(error)

    layer = nn.Linear(2, 2)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[1.0, 2.0], [3.0, 4.0]]) * (1 + 2 * rank))
    scalar, transposed = torch.tensor(10.0 * rank), torch.arange(6.0).reshape(2, 3).T * (-1) ** rank
    processes.average_([layer.weight, scalar, transposed])
    processes.average_([])
    found |= {
        "weight": layer.weight.detach(),
        "learns": layer.weight.requires_grad,
        "scalar": scalar,
        "transposed": transposed.contiguous(),
    }

    found["any"] = [processes.any_of(flag, CPU) for flag in (False, rank == 0, rank == 1, True)]
    found["gathered"] = processes.gather({"rank": rank, "state": torch.full((rank + 1,), rank)})
    found["first"] = processes.from_first(f"from {rank}")

    history = History()
    for step in range(3):
        history.append({"loss": torch.tensor(float(step + 4 * rank))})
    found["last"] = history.last()
    found["loss"] = list(history["loss"])
    history.append({"loss": torch.tensor(float("nan") if rank else 0.0)})
    history.flush()
    found["not finite"] = history.not_finite is not None and history.not_finite.step

    torch.save(found, f"{folder}/{rank}.pt")
    distributed.barrier()
    distributed.destroy_process_group()


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What each of two processes found."""
    folder: Path = tmp_path_factory.mktemp("together")
    multiprocessing.spawn(take_part, (str(folder),), nprocs=TOGETHER)
    return [torch.load(folder / f"{rank}.pt", weights_only=True) for rank in range(TOGETHER)]


def test_a_process_alone_is_the_first_of_one() -> None:
    assert (processes.count(), processes.rank()) == (1, 0)


def test_a_process_alone_takes_the_whole_of_every_batch() -> None:
    for size in (1, 7, 8):
        assert list(range(size))[processes.share(size)] == list(range(size))


def test_a_process_alone_agrees_with_itself() -> None:
    tensor, thing = torch.tensor([1.0, -2.0]), object()
    processes.average_([tensor])
    assert tensor.tolist() == [1, -2]
    assert processes.any_of(True, CPU) is True
    assert processes.any_of(False, CPU) is False
    (gathered,) = processes.gather(thing)
    assert gathered is processes.from_first(thing) is thing


def test_processes_know_how_many_they_are_and_each_which_it_is(found: list[dict[str, Any]]) -> None:
    assert [(one["count"], one["rank"]) for one in found] == [(2, 0), (2, 1)]


def test_together_they_take_every_row_of_a_batch_once(found: list[dict[str, Any]]) -> None:
    assert [one["share"] for one in found] == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_a_batch_that_cannot_be_shared_evenly_is_refused(found: list[dict[str, Any]]) -> None:
    sentence = (
        "a batch of 7 cannot be shared evenly by 2 processes: choose a batch size that 2 divides"
    )
    assert [one["uneven"] for one in found] == [sentence] * 2


def test_every_tensor_becomes_its_mean_in_place_whatever_its_shape_and_layout(
    found: list[dict[str, Any]],
) -> None:
    for one in found:
        assert one["weight"].tolist() == [[2, 4], [6, 8]]
        assert one["learns"]
        assert one["scalar"].item() == 5
        assert one["transposed"].tolist() == [[0, 0]] * 3


def test_what_one_asks_for_all_hear(found: list[dict[str, Any]]) -> None:
    assert [one["any"] for one in found] == [[False, True, True, True]] * 2


def test_what_each_holds_all_get_by_rank(found: list[dict[str, Any]]) -> None:
    for one in found:
        held = [(each["rank"], each["state"].tolist()) for each in one["gathered"]]
        assert held == [(0, [0]), (1, [1, 1])]


def test_what_the_first_holds_all_get(found: list[dict[str, Any]]) -> None:
    assert [one["first"] for one in found] == ["from 0"] * 2


def test_a_history_is_the_mean_over_the_processes_but_its_latest_row_ones_own(
    found: list[dict[str, Any]],
) -> None:
    assert [one["last"] for one in found] == [{"loss": 2}, {"loss": 6}]
    assert [one["loss"] for one in found] == [[2, 3, 4]] * 2


def test_when_one_diverges_all_learn_of_it_at_the_same_step(found: list[dict[str, Any]]) -> None:
    assert [one["not finite"] for one in found] == [4, 4]

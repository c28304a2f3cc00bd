"""What a run recorded, row by row, and that nothing of it is lost on the way to a file."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import torch

from gan_course.training import History
from gan_course.training.history import FLUSH_EVERY


def history_of(rows: int) -> History:
    history = History()
    for i in range(rows):
        history.append({"loss": torch.tensor(i / 7), "score": torch.tensor(-1.0 * i)})
    return history


@pytest.mark.parametrize("rows", [1, 3, FLUSH_EVERY, FLUSH_EVERY + 1, 2 * FLUSH_EVERY + 5])
def test_every_step_is_a_row_whatever_the_number_of_steps(rows: int) -> None:
    history = history_of(rows)
    assert len(history) == rows
    assert history["loss"] == [torch.tensor(i / 7).item() for i in range(rows)]
    assert history["score"] == [-1.0 * i for i in range(rows)]
    assert history.names == ("loss", "score")
    assert list(history.steps) == list(range(1, rows + 1))


def test_looking_in_between_loses_and_repeats_nothing() -> None:
    history = History()
    for i in range(5):
        history.append({"loss": torch.tensor(float(i))})
        assert history["loss"] == [float(j) for j in range(i + 1)]


def test_the_last_row_is_the_latest() -> None:
    assert History().last() == {}
    assert history_of(4).last() == {"loss": torch.tensor(3 / 7).item(), "score": -3.0}


def test_an_empty_history_has_no_rows() -> None:
    assert len(History()) == 0
    assert list(History().steps) == []


def test_values_stay_where_they_are_until_they_are_asked_for() -> None:
    history = History()
    for _ in range(FLUSH_EVERY - 1):
        history.append({"loss": torch.zeros((), device="meta")})  # meta has no values: bringing one over raises
    with pytest.raises(RuntimeError):
        history.append({"loss": torch.zeros((), device="meta")})


def test_a_record_is_taken_as_it_is_when_appended() -> None:
    history, loss = History(), torch.tensor(1.0, requires_grad=True)
    history.append({"loss": loss})
    with torch.no_grad():
        loss.fill_(2)
    assert history["loss"] == [1]


def test_values_go_to_the_column_of_their_name_in_whatever_order_a_step_records_them() -> None:
    history = History()
    history.append({"a": torch.tensor(1.0), "b": torch.tensor(2.0)})
    history.append({"b": torch.tensor(4.0), "a": torch.tensor(3.0)})
    assert (history["a"], history["b"]) == ([1, 3], [2, 4])


def test_a_step_that_records_other_names_is_refused() -> None:
    history = history_of(1)
    with pytest.raises(ValueError, match=r"the same names every time: \['loss', 'score'\] before, \['loss'\] now"):
        history.append({"loss": torch.tensor(0.0)})


def test_a_name_that_was_not_recorded_is_answered_with_those_that_were() -> None:
    with pytest.raises(KeyError, match="this run recorded no 'lss'; it recorded loss, score"):
        history_of(1)["lss"]


def test_a_file_reads_back_exactly(tmp_path: Path) -> None:
    history = history_of(FLUSH_EVERY + 3)
    history.append({"loss": torch.tensor(float("nan")), "score": torch.tensor(1e-38)})
    history.append({"loss": torch.tensor(float("-inf")), "score": torch.tensor(torch.finfo().max)})
    history.write_csv(tmp_path / "history.csv")
    with (tmp_path / "history.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["step", "loss", "score"]
    assert [int(row[0]) for row in rows] == list(history.steps)
    for column, name in enumerate(history.names, start=1):
        # repr, because NaN equals nothing
        assert [repr(float(row[column])) for row in rows] == [repr(value) for value in history[name]]


def test_a_history_that_goes_on_counts_from_where_it_was(tmp_path: Path) -> None:
    history = history_of(2)
    history.first = 10
    assert list(history.steps) == [11, 12]
    history.write_csv(tmp_path / "history.csv")
    assert [line.split(",")[0] for line in (tmp_path / "history.csv").read_text().splitlines()] == ["step", "11", "12"]

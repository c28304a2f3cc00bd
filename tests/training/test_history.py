"""What a run recorded, row by row, and that nothing of it is lost on the way to a file."""

from __future__ import annotations

import csv
from io import BytesIO
from pathlib import Path

import pytest
import torch

from gan_course.training import History
from gan_course.training.history import FLUSH_EVERY, NotFinite, read_csv


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


def test_an_empty_history_has_no_rows() -> None:
    assert len(History()) == 0
    assert list(History().steps) == []


def test_values_stay_where_they_are_until_they_are_asked_for() -> None:
    history = History()
    for _ in range(FLUSH_EVERY - 1):
        # meta has no values: bringing one over raises
        history.append({"loss": torch.zeros((), device="meta")})
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


def test_what_is_absent_in_some_steps_is_neither_nan_nor_out_of_step(tmp_path: Path) -> None:
    history = History()
    for step in range(1, 2 * FLUSH_EVERY + 8):
        record = {"loss": torch.tensor(float(step))}
        if step % 4 == 0:
            record["penalty"] = torch.tensor(-float(step))
        if step > FLUSH_EVERY:
            record["second phase"] = torch.tensor(0.5)
        history.append(record)
        assert history.last()["loss"] == step
    fourth = list(range(4, 2 * FLUSH_EVERY + 8, 4))
    assert history.steps_of("penalty") == fourth
    assert history["penalty"] == [-float(step) for step in fourth]
    assert history.steps_of("second phase") == list(range(FLUSH_EVERY + 1, len(history) + 1))
    assert history.last() == {"loss": 207.0, "penalty": -204.0, "second phase": 0.5}
    assert history.not_finite is None
    history.write_csv(tmp_path / "history.csv")
    lines = (tmp_path / "history.csv").read_text().splitlines()
    assert lines[:2] == ["step,loss,penalty,second phase", "1,1.0,,"]
    for other in (resumed(history), read_csv(tmp_path / "history.csv")):
        assert other.names == history.names
        assert [other[name] for name in other.names] == [history[name] for name in history.names]
        assert other.steps_of("penalty") == fourth
        assert len(other) == len(history)


def test_what_is_absent_and_then_nan_is_named_with_its_step() -> None:
    history = History()
    history.append({"loss": torch.tensor(1.0)})
    history.append({"loss": torch.tensor(1.0), "penalty": torch.tensor(float("nan"))})
    history.flush()
    assert history.not_finite is not None
    assert (history.not_finite.step, history.not_finite.name) == (2, "penalty")


def test_a_step_that_records_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one value"):
        History().append({})


def resumed(history: History) -> History:
    file = BytesIO()
    torch.save(history.state_dict(), file)
    file.seek(0)
    other = History()
    other.load_state_dict(torch.load(file, weights_only=True))
    return other


def test_a_name_that_was_not_recorded_is_answered_with_those_that_were() -> None:
    with pytest.raises(KeyError, match="this run recorded no 'lss'; it recorded loss, score"):
        history_of(1)["lss"]


def test_a_file_reads_back_exactly(tmp_path: Path) -> None:
    history = history_of(FLUSH_EVERY + 3)
    history.append({"loss": torch.tensor(float("nan")), "score": torch.tensor(1e-38)})
    history.append({"loss": torch.tensor(float("-inf")), "score": torch.tensor(torch.finfo().max)})
    history.flush()
    history.write_csv(tmp_path / "history.csv")
    with (tmp_path / "history.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["step", "loss", "score"]
    assert [int(row[0]) for row in rows] == list(history.steps)
    for column, name in enumerate(history.names, start=1):
        # repr, because NaN equals nothing
        assert [repr(float(row[column])) for row in rows] == [
            repr(value) for value in history[name]
        ]


def test_a_file_holds_the_steps_that_have_arrived_and_brings_none_over(tmp_path: Path) -> None:
    history = history_of(FLUSH_EVERY + 3)
    history.write_csv(tmp_path / "history.csv")
    steps = [line.split(",")[0] for line in (tmp_path / "history.csv").read_text().splitlines()]
    assert steps == ["step", *map(str, range(1, FLUSH_EVERY + 1))]
    assert history.arrived == FLUSH_EVERY


def test_the_last_row_is_the_latest_while_it_waits_and_when_it_has_arrived() -> None:
    history, latest = history_of(4), {"loss": torch.tensor(3 / 7).item(), "score": -3.0}
    assert history.last() == latest
    assert history.arrived == 0
    history.flush()
    assert (history.arrived, history.last()) == (4, latest)
    assert history.last() == latest
    history.append({"score": torch.tensor(2.0), "loss": torch.tensor(1.0)})
    assert (history.arrived, history.last()) == (4, {"loss": 1.0, "score": 2.0})


def test_rows_are_those_from_the_first_up_to_the_last_with_their_steps() -> None:
    history = history_of(5)
    history.flush()
    steps, rows = zip(*history.rows(2, 4), strict=True)
    assert steps == (3, 4)
    assert rows == tuple({"loss": torch.tensor(i / 7).item(), "score": -1.0 * i} for i in (2, 3))
    assert [step for step, _ in history.rows(0, history.arrived)] == [1, 2, 3, 4, 5]
    assert list(history.rows(3, 3)) == []


def test_a_state_holds_every_step_that_waits_and_reads_back_to_the_last_bit() -> None:
    history = history_of(FLUSH_EVERY + 3)
    odd = [float("nan"), float("inf"), 1e-45, -0.0, torch.finfo().max, 1 / 3]
    for value in odd:
        history.append({"loss": torch.tensor(value), "score": torch.tensor(-value)})
    stored = BytesIO()
    torch.save(history.state_dict(), stored)
    stored.seek(0)
    back = history_of(7)  # what it recorded, and what still waits, gives way
    back.load_state_dict(torch.load(stored, weights_only=True))
    assert len(back) == back.arrived == FLUSH_EVERY + 3 + len(odd)
    assert back.names == history.names
    for name in history.names:
        assert list(map(repr, back[name])) == list(map(repr, history[name]))


def test_a_history_that_goes_on_from_a_state_counts_on_and_ends_like_one_that_never_stopped() -> (
    None
):
    whole, part = history_of(8), History()
    part.load_state_dict(history_of(5).state_dict())
    for i in range(5, 8):
        part.append({"loss": torch.tensor(i / 7), "score": torch.tensor(-1.0 * i)})
    assert list(part.steps) == list(whole.steps)
    assert [part[name] for name in part.names] == [whole[name] for name in whole.names]


def test_the_state_of_a_history_without_steps_reads_back_empty() -> None:
    back = history_of(2)
    back.load_state_dict(History().state_dict())
    assert (len(back), back.names, back.last(), list(back.steps)) == (0, (), {}, [])
    back.append({"another": torch.tensor(1.0)})
    assert back["another"] == [1]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("step", [1, 4, FLUSH_EVERY, FLUSH_EVERY + 1, 2 * FLUSH_EVERY + 5])
def test_the_first_value_that_is_not_finite_is_found_at_its_step_and_in_its_column(
    step: int, value: float
) -> None:
    history = history_of(step - 1)
    history.append({"loss": torch.tensor(0.5), "score": torch.tensor(value)})
    history.append({"loss": torch.tensor(float("nan")), "score": torch.tensor(0.0)})
    history.flush()
    found = history.not_finite
    assert found is not None
    assert (found.step, found.name, repr(found.value)) == (step, "score", repr(value))


def test_of_several_in_one_step_the_first_column_is_named() -> None:
    history = history_of(2)
    history.append({"score": torch.tensor(float("nan")), "loss": torch.tensor(float("inf"))})
    history.flush()
    assert history.not_finite == NotFinite(3, "loss", float("inf"))


def test_opposite_infinities_do_not_hide_each_other() -> None:
    history = History()
    history.append({"loss": torch.tensor(float("inf")), "score": torch.tensor(float("-inf"))})
    history.flush()
    assert history.not_finite == NotFinite(1, "loss", float("inf"))


def test_what_was_found_first_stays_found() -> None:
    history = history_of(3)
    history.append({"loss": torch.tensor(float("inf")), "score": torch.tensor(0.0)})
    history.flush()
    for _ in range(2):
        history.append({"loss": torch.tensor(0.0), "score": torch.tensor(float("-inf"))})
        history.flush()
        assert history.not_finite == NotFinite(4, "loss", float("inf"))


def test_nothing_is_found_before_it_is_brought_over() -> None:
    history = History()
    history.append({"loss": torch.tensor(float("nan"))})
    assert history.not_finite is None


def test_values_that_are_huge_are_no_false_alarm_though_their_sum_is_infinite() -> None:
    history, most = History(), torch.tensor(torch.finfo().max)
    for _ in range(3):
        history.append({"loss": most, "score": most, "norm": -most})
    history.flush()
    assert history.not_finite is None
    history.append({"loss": most, "score": most, "norm": torch.tensor(float("inf"))})
    history.flush()
    assert history.not_finite == NotFinite(4, "norm", float("inf"))


def test_a_history_that_takes_over_a_state_forgets_what_it_had_found() -> None:
    history = History()
    history.append({"loss": torch.tensor(float("nan"))})
    history.flush()
    history.load_state_dict(history_of(2).state_dict())
    assert history.not_finite is None
    history.append({"loss": torch.tensor(0.0), "score": torch.tensor(float("inf"))})
    history.flush()
    assert history.not_finite == NotFinite(3, "score", float("inf"))

"""What takes seconds to draw is drawn once, whatever happens to the file in which it is kept."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gan_course.data import cache
from gan_course.data.cache import drawn_once


class Drawing:
    """Draws the numbers 0 to 9,999, and counts how often it did."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> dict[str, np.ndarray]:
        self.times += 1
        return {"numbers": np.arange(10_000)}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # what is not expected to be said fails the test
        yield tmp_path / "cache"


def numbers(draw: Drawing, folder: Path, code: str = __file__) -> list[int]:
    return drawn_once("numbers-32", ["numpy"], [code], draw, folder)["numbers"].tolist()


def kept(folder: Path) -> Path:
    (file,) = folder.glob("*.npz")
    return file


def test_a_second_asking_reads_what_the_first_drew(folder: Path) -> None:
    draw = Drawing()
    assert numbers(draw, folder) == numbers(draw, folder) == list(range(10_000))
    assert draw.times == 1
    assert kept(folder).name.startswith(f"numbers-32-numpy-{np.__version__}-")


def test_who_finds_the_file_waits_for_no_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = Drawing()
    numbers(draw, folder)
    monkeypatch.delattr(cache, "held")
    assert numbers(draw, folder) == list(range(10_000))


@pytest.mark.parametrize("damage", ["cut short", "empty", "a page", "one bit"])
def test_a_damaged_file_is_said_and_drawn_again(folder: Path, damage: str) -> None:
    draw = Drawing()
    numbers(draw, folder)
    content = bytearray(kept(folder).read_bytes())
    content[len(content) // 2] ^= 1
    broken = {"cut short": content[:500], "empty": b"", "a page": b"<html>", "one bit": content}
    kept(folder).write_bytes(broken[damage])
    with pytest.warns(UserWarning, match=r"numbers-32-\S+\.npz is damaged: it is drawn again$"):
        assert numbers(draw, folder) == list(range(10_000))
    assert numbers(draw, folder) == list(range(10_000))
    assert draw.times == 2


def test_what_another_version_drew_is_not_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    draw, code = Drawing(), tmp_path / "code.py"
    monkeypatch.setattr(cache, "version", lambda _: "1.0")
    numbers(draw, folder)
    monkeypatch.setattr(cache, "version", lambda _: "1.1")
    with pytest.warns(UserWarning, match=r"holds of numbers-32 is of another version: it is drawn"):
        numbers(draw, folder)
    code.write_text("draws otherwise")
    with pytest.warns(UserWarning, match="another version"):
        numbers(draw, folder, str(code))
    assert draw.times == 3


def test_a_drawing_that_is_stopped_leaves_no_file(folder: Path) -> None:
    def stop() -> dict[str, np.ndarray]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        drawn_once("numbers-32", ["numpy"], [__file__], stop, folder)
    assert list(folder.glob("*.npz")) == []
    assert numbers(Drawing(), folder) == list(range(10_000))


def test_of_two_processes_one_draws_and_the_other_waits(folder: Path, tmp_path: Path) -> None:
    tally = tmp_path / "tally"
    code = f"""
import time
from pathlib import Path
import numpy as np
from gan_course.data.cache import drawn_once

def draw():
    with open({str(tally)!r}, "a") as file:
        file.write("drawn ")
    time.sleep(1)
    return {{"numbers": np.arange(10)}}

folder = Path({str(folder)!r})
print(drawn_once("numbers-32", ["numpy"], [{__file__!r}], draw, folder)["numbers"].sum())
"""
    both = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert [process.communicate(timeout=120)[0].strip() for process in both] == ["45", "45"]
    assert tally.read_text() == "drawn "


def test_where_nothing_can_be_kept_it_is_drawn_each_time(tmp_path: Path) -> None:
    draw = Drawing()
    # A file where the folder should be stops even an administrator.
    (tmp_path / "taken").write_text("no folder")
    for _ in range(2):
        with pytest.warns(UserWarning, match=r"taken cannot be written .*: set XDG_CACHE_HOME"):
            assert numbers(draw, tmp_path / "taken") == list(range(10_000))
    assert draw.times == 2


def test_a_missing_package_is_named_with_the_command_that_installs_it(folder: Path) -> None:
    with pytest.raises(
        ModuleNotFoundError, match=r'from no-such-package, .* pip install -e "\.\[pictures\]"$'
    ):
        drawn_once("numbers-32", ["no-such-package"], [__file__], Drawing(), folder)
    assert not folder.exists()

"""A skipped test checks nothing and looks as if it did, so only those that need a GPU may be
skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
RULE = (Path(__file__).parent / "conftest.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "skip",
    [
        "import pytest\ndef test_it():\n    pytest.skip('later')",
        "import pytest\n@pytest.mark.skip\ndef test_it(): ...",
        "import pytest\npytest.importorskip('no_such_module')\ndef test_it(): ...",
    ],
)
def test_a_skipped_test_fails(pytester: pytest.Pytester, skip: str) -> None:
    pytester.makeconftest(RULE)
    pytester.makepyfile(skip)
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    assert result.ret != 0
    result.stdout.fnmatch_lines("*only tests marked `gpu` may be*")


def test_a_gpu_test_runs_or_is_skipped_but_never_fails_for_want_of_a_gpu(
    pytester: pytest.Pytester,
) -> None:
    pytester.makeconftest(RULE)
    pytester.makeini("[pytest]\nmarkers = gpu")
    pytester.makepyfile(
        "import pytest, torch\n@pytest.mark.gpu\ndef test_it(): assert torch.cuda.is_available()"
    )
    outcomes = pytester.runpytest_inprocess("-p", "no:cacheprovider").parseoutcomes()
    assert set(outcomes) <= {"passed", "skipped"}

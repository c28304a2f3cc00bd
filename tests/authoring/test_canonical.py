"""A stored notebook is what JupyterLab would write. That JupyterLab does is seen in
tests/browser."""

from __future__ import annotations

import math
from copy import deepcopy
from typing import Any

import pytest
from jupyter_server.services.contents.largefilemanager import LargeFileManager

from authoring import canonical
from authoring.canonical import numbers_of_a_browser, without_this_machine
from authoring.notebooks import ROOT


@pytest.mark.parametrize(
    ("python", "browser"),
    [
        (1.0, "1"),
        (0.5, "0.5"),
        (-0.0, "0"),
        (1e-7, "1e-07"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (2**53 + 1, "9007199254740992"),
        (123456789012345680000.0, "123456789012345680000"),
        (7, "7"),
        (True, "True"),
    ],
)
def test_numbers_are_those_that_come_back_from_a_browser(python: float, browser: str) -> None:
    assert repr(numbers_of_a_browser({"a": [python]})["a"][0]) == browser


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_number_in_json_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="store it as a text"):
        numbers_of_a_browser([value])


def saved(path: str, **metadata: Any) -> dict[str, Any]:
    model = {"type": "notebook", "content": {"metadata": metadata, "cells": []}}
    without_this_machine(model, path)
    return model["content"]["metadata"]


def test_what_a_kernel_of_another_machine_says_of_itself_is_not_stored() -> None:
    metadata = saved(
        "chapters/01_gaussian_gan.ipynb",
        kernelspec={"display_name": "Python 3.13 (mine)", "language": "python", "name": "python3"},
        language_info={**canonical.LANGUAGE, "version": "3.13.1"},
    )
    assert metadata == {"kernelspec": canonical.KERNEL, "language_info": canonical.LANGUAGE}


def test_a_kernel_that_the_reader_chose_stays_chosen() -> None:
    chosen = {"display_name": "Mine", "language": "python", "name": "mine"}
    assert saved("exercises/02_dcgan.ipynb", kernelspec=chosen)["kernelspec"] == chosen


@pytest.mark.parametrize("path", ["mine.ipynb", "runs/chapters/01.ipynb"])
def test_notebooks_of_the_readers_own_are_left_alone(path: str) -> None:
    metadata = {"language_info": {"name": "python", "version": "3.13.1"}}
    assert saved(path, **deepcopy(metadata)) == metadata


def test_jupyter_takes_the_hook_by_the_name_that_make_lab_gives_it() -> None:
    makefile = (ROOT / "Makefile").read_text()
    (argument,) = [
        word for word in makefile.split() if word.startswith("--ContentsManager.pre_save_hook=")
    ]
    manager = LargeFileManager(pre_save_hook=argument.partition("=")[2])
    assert manager.pre_save_hook is without_this_machine

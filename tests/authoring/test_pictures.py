"""The README shows what the lessons show."""

from __future__ import annotations

import base64

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from authoring.pictures import main

PICTURE = b"\x89PNG one"


def write_lesson(root, picture=PICTURE, tags=("readme-picture",)):
    html = f'<img alt="a" src="data:image/png;base64,{base64.b64encode(picture).decode()}">'
    cell = new_code_cell(
        "show()",
        metadata={"tags": list(tags)},
        outputs=[new_output("display_data", {"text/html": html})],
    )
    (root / "chapters").mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=[cell]), root / "chapters" / "01_one.ipynb")


def test_the_picture_of_the_tagged_cell_is_written(tmp_path):
    write_lesson(tmp_path)
    assert main([], tmp_path) == 0
    assert (tmp_path / "site/pictures/01_one.png").read_bytes() == PICTURE
    assert main(["--check"], tmp_path) == 0


def test_a_picture_that_the_lesson_no_longer_shows_fails_the_check(tmp_path, capsys):
    write_lesson(tmp_path)
    main([], tmp_path)
    write_lesson(tmp_path, b"\x89PNG two")
    assert main(["--check"], tmp_path) == 1
    assert "make readme" in capsys.readouterr().err
    assert (tmp_path / "site/pictures/01_one.png").read_bytes() == PICTURE


@pytest.mark.parametrize("arguments", [[], ["--check"]])
def test_a_lesson_without_a_picture_for_the_readme_is_named(tmp_path, capsys, arguments):
    write_lesson(tmp_path, tags=())
    assert main(arguments, tmp_path) == 2
    assert capsys.readouterr().err == (
        '01_one.ipynb shows 0 pictures in cells tagged "readme-picture", and the README needs '
        "one: tag one cell of chapters/01_one.py that shows one, then make notebooks ONLY=01\n"
    )

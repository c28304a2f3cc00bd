"""Write the README's pictures, site/pictures/NAME.png: each is the stored output of its lesson's
cell tagged "readme-picture".

`python -m authoring.pictures` writes them; `--check` writes nothing and fails where one is not what
the lesson shows.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat

from gan_course.commands.execution import pictures_of

ROOT = Path(__file__).resolve().parents[1]
TAG = "readme-picture"


def readme_pictures(root: Path) -> dict[Path, bytes]:
    """The bytes of each picture by its place. Raises `ValueError` for a lesson that shows none, or
    more than one, under the tag."""
    found = {}
    for notebook in sorted((root / "chapters").glob("*.ipynb")):
        cells = [
            cell
            for cell in nbformat.read(notebook, as_version=4).cells
            if TAG in cell.metadata.get("tags", [])
        ]
        pictures = [
            picture
            for cell in cells
            for output in cell.outputs
            for picture in pictures_of(output.get("data", {}))
        ]
        if len(pictures) != 1:
            raise ValueError(
                f'{notebook.name} shows {len(pictures)} pictures in cells tagged "{TAG}", and the '
                f"README needs one: tag one cell of chapters/{notebook.stem}.py that shows one, "
                f"then make notebooks ONLY={notebook.stem[:2]}"
            )
        found[root / "site" / "pictures" / f"{notebook.stem}.png"] = pictures[0]
    return found


def main(arguments: Sequence[str] = (), root: Path = ROOT) -> int:
    try:
        pictures = readme_pictures(root)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    stale = {
        path: picture
        for path, picture in pictures.items()
        if not path.is_file() or path.read_bytes() != picture
    }
    if "--check" in arguments:
        for path in stale:
            print(
                f"{path.relative_to(root)} is not what the lesson shows. Run: make readme",
                file=sys.stderr,
            )
        return 1 if stale else 0
    for path, picture in stale.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture)
        print(path.relative_to(root))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

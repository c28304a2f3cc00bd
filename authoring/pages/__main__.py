"""Write build/pages/: explorers that run in a browser without Python, each a page of its own.

`python -m authoring.pages`. Any static server shows them, such as `python -m http.server -d
build/pages`.
"""

from __future__ import annotations

import sys

from authoring.pages.build import ROOT, build
from gan_course import zoo

OUT = ROOT / "build" / "pages"


def main() -> int:
    for page in build(OUT, zoo):
        print(OUT / f"{page.name}.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())

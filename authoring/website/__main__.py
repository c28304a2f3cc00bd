"""Write build/site/, the course's website, which needs no network: `python -m authoring.website`.

A warning of Sphinx, or a link that leads nowhere, is an error, and leaves the site that was there
as it is.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from sphinx.cmd.build import build_main

from authoring.notebooks import ROOT
from authoring.pages.contents import PAGES
from authoring.website.gather import gather
from authoring.website.links import broken, lead_home
from authoring.website.written import EXPLORERS

OUT = ROOT / "build" / "site"
PAGES_OUT = ROOT / "build" / "pages"  # what `make pages` writes
MATHJAX = "mathjax/es5/tex-svg.js"


def main(root: Path = ROOT, out: Path = OUT, pages: Path = PAGES_OUT) -> int:
    work = out.with_name(f"{out.name}.work")
    live = [page for page in PAGES if (pages / f"{page.name}.html").is_file()]
    try:
        gather(root, work / "source", live)
    except (FileNotFoundError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    made = work / "html"
    shutil.rmtree(made, ignore_errors=True)
    options = ["-q", "-W", "--keep-going", "-d", str(work / "doctrees"), "-c", str(root / "site")]
    if code := build_main([*options, str(work / "source"), str(made)]):
        return code
    (made / ".nojekyll").touch()  # else GitHub Pages leaves out what begins with _
    mathjax = made / "_static" / "mathjax" / "tex-svg.js"
    mathjax.parent.mkdir()
    shutil.copyfile(root / "node_modules" / MATHJAX, mathjax)
    if live:
        shutil.copytree(pages, made / EXPLORERS)
        lead_home(made / EXPLORERS)
    if defects := list(broken(made)):
        print("\n".join(defects), file=sys.stderr)
        return 1
    shutil.rmtree(out, ignore_errors=True)
    made.rename(out)
    shutil.rmtree(work)
    print(out / "index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())

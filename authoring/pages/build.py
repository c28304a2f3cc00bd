"""Writes pages, what they share, and the index that leads to them."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

from safetensors.torch import save_file

from authoring.pages.contents import PAGES
from authoring.pages.page import Content, Page, Zoo
from gan_course import colours
from gan_course.catalogue import catalogue
from gan_course.explore.svg import page_colours

ROOT = Path(__file__).parents[2]
WEB = Path(__file__).parent / "web"
# All that runs a network in one thread, without a GPU.
RUNTIME = ("ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm")
STILL = "still.png"


def build(out: Path, zoo: Zoo, pages: Sequence[Page] = PAGES) -> list[Page]:
    """Write `pages` below `out` and return those that are there: one whose weights do not ship is
    left out, with a sentence."""
    shared(out)
    written: dict[Page, Content] = {}
    for page in pages:
        try:
            written[page] = page.content(zoo)
        except FileNotFoundError as error:
            print(f"{page.title} is left out: {error}", file=sys.stderr)
            continue
        write(out, page, written[page])
    cards = "\n".join(_filled("card.html", page, content) for page, content in written.items())
    _write(out / "index.html", _template("index.html").substitute(cards=cards))
    return [*written]


def shared(out: Path) -> None:
    """Write what all pages load: the runtime, the course's own controls and its colours."""
    folder, explore = out / "shared", files("gan_course.explore")
    shutil.copytree(WEB, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.html"))
    (out / "runtime").mkdir(exist_ok=True)
    for name in RUNTIME:
        shutil.copyfile(ROOT / "node_modules/onnxruntime-web/dist" / name, out / "runtime" / name)
    for name in ("controls.js", "explorer.js"):
        _write(folder / name, (explore / name).read_text(encoding="utf-8"))
    style = (explore / "explorer.css").read_text(encoding="utf-8")
    _write(folder / "explorer.css", page_colours() + style)
    named = {name: value for name, value in vars(colours).items() if name.isupper()}
    lines = [f"export const {name} = {json.dumps(value)};" for name, value in named.items()]
    _write(folder / "colours.js", "\n".join(lines) + "\n")


def write(out: Path, page: Page, content: Content) -> None:
    """Write one page and the folder of what only it needs."""
    folder = out / page.name
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "script": page.script,
        "views": [view.as_data() for view in content.views],
        "networks": [*content.networks],
        "facts": content.facts,
    }
    _write(folder / "page.json", json.dumps(told, ensure_ascii=False))
    for name, network in content.networks.items():
        (folder / f"{name}.onnx").write_bytes(network)
    tensors = {name: tensor.contiguous() for name, tensor in content.tensors.items()}
    save_file(tensors, folder / "tensors.safetensors")
    (folder / STILL).write_bytes(content.still.png())
    _write(out / f"{page.name}.html", _filled("page.html", page, content))


def _filled(template: str, page: Page, content: Content) -> str:
    told = {
        "name": page.name,
        "title": page.title,
        "summary": page.summary,
        "lesson": page.lesson,
        "chapter": f"chapters/{catalogue().lesson(page.lesson).name}.html",
        "alt": content.still.alt,
    }
    return _template(template).substitute({key: escape(value) for key, value in told.items()})


def _template(name: str) -> Template:
    return Template((WEB / name).read_text(encoding="utf-8"))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")

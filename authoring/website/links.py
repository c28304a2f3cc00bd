"""Links of the website: from files of the repository to pages, from terms to the glossary; and
whether those of the built pages lead anywhere."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from gan_course.catalogue import catalogue

LINK = re.compile(r"\]\(([\w#-]*[./][\w./#-]*)\)")  # to a file, not to another host
BADGE = re.compile(r"!\[([^]]*)\]\(https?:[^)]*\)")  # a picture from elsewhere; its words stay
BOLD = re.compile(r"\*\*([^*`$]+?)\*\*")
TERMS = re.compile(r"^```{glossary}\n(.*?)^```", re.MULTILINE | re.DOTALL)

ENTRY = re.compile(r"^(\S.*)\n  \S.*$", re.MULTILINE)


def led(text: str, file: PurePosixPath, places: Mapping[str, str], root: Path) -> str:
    """The Markdown `text` of `file`, a path in the repository, with links that hold on the site.

    `places` says where a file of the repository lies there; a link to any other file leads to the
    repository, and a picture from elsewhere becomes its words. `ValueError` for a link to a file
    that does not exist.
    """
    here = PurePosixPath(places[str(file)]).parent

    def place(link: re.Match[str]) -> str:
        target, _, anchor = link[1].partition("#")
        path = os.path.normpath(file.parent / target)
        if not (root / path).exists():
            raise ValueError(f"{file} links to {link[1]}, which does not exist")
        if path in places:
            target = os.path.relpath(places[path], here)
        else:
            kind = "tree" if (root / path).is_dir() else "blob"
            course = catalogue()
            target = f"https://github.com/{course.repository}/{kind}/{course.branch}/{path}"
        return f"]({target}{'#' * bool(anchor)}{anchor})"

    return LINK.sub(place, BADGE.sub(r"\1", text))


def terms(glossary: str) -> list[str]:
    """The terms that the Markdown of a glossary explains."""
    lines = "".join(TERMS.findall(glossary)).splitlines()
    return [line for line in lines if line and not line[0].isspace()]


def explained(text: str, known: Mapping[str, str]) -> str:
    """The Markdown `text` in which bold words that `known` holds lead to the glossary."""

    def term(bold: re.Match[str]) -> str:
        words = " ".join(bold[1].split())
        name = known.get(key(words))
        return bold[0] if name is None else f"{{term}}`{words} <{name}>`"

    return BOLD.sub(term, text)


def led_back(glossary: str, lessons: Mapping[str, str]) -> str:
    """The Markdown of a glossary in which each entry, a term above a paragraph, leads to the lesson
    that has its term in bold first. `lessons` holds the Markdown of each by its page, in order."""
    first: dict[str, str] = {}
    for page, text in lessons.items():
        for bold in BOLD.findall(text):
            first.setdefault(key(" ".join(bold.split())), page)

    def entry(found: re.Match[str]) -> str:
        page = first.get(key(found[1]))
        number = PurePosixPath(page).name[:2].lstrip("0") if page else ""
        return found[0] + (f"\n  ([lesson {number}]({page}))" if page else "")

    return ENTRY.sub(entry, glossary)


def key(words: str) -> str:
    """What a term and its plural, or the same with a capital letter, have in common."""
    return words.lower().rstrip(".").removesuffix("s")


def lead_home(explorers: Path) -> None:
    """Lead pages of explorers, in a folder of the site, to the site. They were written to stand
    alone: `data-site` names the page of the site that each of these links is for."""
    for file in explorers.glob("*.html"):
        html = file.read_text(encoding="utf-8").replace('<a data-site="', '<a href="../')
        file.write_text(html, encoding="utf-8", newline="\n")


class Page(HTMLParser):
    """What a page links to, what it loads, and the anchors that it has."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.anchors: set[str] = {"", "top"}
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.anchors.add(value or "")
            elif name in ("href", "src", "data-src") and value:
                (self.links if tag == "a" else self.loads).append(value)


def broken(site: Path) -> Iterator[str]:
    """A sentence for each link of the pages in `site` that leads to no file or anchor of it, and
    for each thing that a page loads from elsewhere."""
    # Themes leave templates among what is loaded.
    files = [file for file in site.rglob("*.html") if "_static" not in file.parts]
    pages = {file: Page(file) for file in sorted(files)}
    for file, page in pages.items():
        for target in page.links + page.loads:
            name, address = file.relative_to(site), urlsplit(target)
            if address.scheme or address.netloc:
                if target in page.loads and address.scheme != "data":
                    yield f"{name} loads {target}"
                continue
            path = file.parent / unquote(address.path) if address.path else file
            aim = Path(os.path.normpath(path))
            if not aim.is_file():
                yield f"{name} links to {target}, which does not exist"
            elif aim in pages and unquote(address.fragment) not in pages[aim].anchors:
                yield f"{name} links to {target}, which has no such anchor"

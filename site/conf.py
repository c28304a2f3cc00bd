"""How Sphinx builds the website; `make site` gathers what it reads and calls it."""

from __future__ import annotations

from typing import Any

from authoring.website.docstrings import as_restructured, as_written
from authoring.website.written import DOWNLOADS
from gan_course import __version__
from gan_course.catalogue import catalogue
from gan_course.models.config import Config

project = "gan-course"
author = "The gan_course authors"
html_show_copyright = False
release = __version__
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.mathjax"]
# Two modules may have a class of one name; a type in a signature then leads to the first of them.
suppress_warnings = ["ref.python"]

nb_execution_mode = "off"  # what stands in the notebooks is what is shown
nb_render_markdown_format = "myst"
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "amsmath", "deflist"]
myst_heading_anchors = 4

autodoc_member_order = "bysource"
# A package lists what its modules define; it is described once, where it is defined.
autodoc_default_options = {"members": True, "ignore-module-all": True}
autodoc_typehints = "signature"
autodoc_preserve_defaults = True  # as they are written, not what this machine makes of them
add_module_names = False
toc_object_entries_show_parents = "hide"

exclude_patterns = [f"{DOWNLOADS}/*"]

html_theme = "sphinx_book_theme"
html_title = "gan-course"
html_static_path = ["static"]
html_favicon = "static/icon.svg"
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_copy_source = False
html_use_index = html_domain_indices = False  # there is the search
html_context = {"default_mode": "auto"}
html_show_sphinx = False
mathjax_path = "mathjax/tex-svg.js"
mathjax3_config = {"options": {"enableMenu": False}}
html_theme_options = {
    "repository_url": f"https://github.com/{catalogue().repository}",
    "repository_branch": catalogue().branch,
    "use_repository_button": True,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "navbar_persistent": [],
    "show_toc_level": 2,
}


def setup(app: Any) -> None:
    def read(_app: Any, what: str, _name: str, obj: Any, _options: Any, lines: list[str]) -> None:
        if what == "class" and issubclass(obj, Config) and not any(lines):
            lines[:] = [f"The settings of `{obj.__name__.removesuffix('Config')}`."]
        lines[:] = as_restructured(lines)

    def sign(*given: Any) -> tuple[str | None, str | None]:
        signature, returned = given[-2:]
        return signature and as_written(signature), returned

    app.connect("autodoc-process-docstring", read)
    app.connect("autodoc-process-signature", sign)

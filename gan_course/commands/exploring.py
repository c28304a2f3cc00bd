"""`gan-course explore`."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from gan_course.commands.failures import command


@command
def explore(
    what: Annotated[
        list[str],
        typer.Argument(
            help="A lesson, such as 02, a model of the zoo, such as cgan, or the folder of a run; "
            "several models stand side by side.",
            show_default=False,
        ),
    ],
    explorer: Annotated[
        str | None,
        typer.Option(help="Which of the model's explorers, by default the first that fits."),
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Of this machine; by default a free one.")
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open it in the browser.")
    ] = True,
) -> None:
    """Open an explorer in the browser, without a notebook.

    It is served on this machine alone, and asks no other for anything.

    \b
    Examples:
      gan-course explore 02                       what lesson 02 explores, on trained weights
      gan-course explore cgan --port 8900
      gan-course explore dcgan ddpm               side by side
      gan-course explore runs/a --no-browser      says where it is
    """
    from gan_course.commands.lab import SURROUNDINGS
    from gan_course.commands.serving import serve, usable_port
    from gan_course.exhibits import find

    exhibit = find(*what)
    chosen = usable_port(port)
    # Whether it can be shown is better said here than in the page.
    if explorer or not exhibit.proved:
        from gan_course.explore import explore as opened

        opened(what, name=explorer)
    # What a kernel starts with, as in `gan-course lab`.
    for name, value in SURROUNDINGS.items():
        os.environ.setdefault(name, value)
    os.environ.pop("MPLBACKEND", None)
    serve(exhibit.title, what, explorer, chosen, browser)

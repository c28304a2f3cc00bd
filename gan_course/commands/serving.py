"""One explorer in a page of its own: a notebook of two cells, served by Voilà on this machine."""

from __future__ import annotations

import shutil
import socket
import webbrowser
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import typer

HOST = "127.0.0.1"
# Of JupyterLab's extensions that are installed, those that show a widget.
EXTENSIONS = (
    "@jupyter-widgets/jupyterlab-manager",
    "anywidget",
    "@voila-dashboards/widgets-manager7",
    "@voila-dashboards/widgets-manager8",
)
CODE = """
import os
os.chdir({folder!r})
from IPython.display import Markdown, display
from gan_course.exhibits import find
from gan_course.explore import explore
display(Markdown(find(*{what!r}).about()))
explore({what!r}, name={name!r})
"""


def usable_port(asked: int | None) -> int:
    """The port that is `asked` for, or one that is free; `ValueError` where that is in use."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, asked or 0))
        except OSError as error:
            raise ValueError(
                f"port {asked} is in use or not yours: choose another with --port, or leave it out"
            ) from error
        return int(probe.getsockname()[1])


def serve(title: str, what: list[str], name: str | None, port: int, browser: bool) -> None:
    """Serve the explorer of `what`, names that `exhibits.find` knows, below its `title` and what
    there is to say about it, until this process is interrupted; show it in a `browser`."""
    import nbformat
    from tornado.ioloop import IOLoop
    from voila.app import Voila

    from gan_course.commands.prompt import PROMPT

    cells = [
        nbformat.v4.new_markdown_cell(f"# {title}"),
        nbformat.v4.new_code_cell(CODE.format(folder=str(Path.cwd()), what=what, name=name)),
    ]
    kernel = {"name": "python3", "display_name": "Python 3"}
    page = nbformat.v4.new_notebook(cells=cells, metadata={"title": title, "kernelspec": kernel})
    with TemporaryDirectory(prefix="gan-course-") as folder:
        notebook = Path(folder, "explorer.ipynb")
        nbformat.write(page, notebook)
        shutil.copy(Path(__file__).with_name("page.html.j2"), Path(folder, "index.html.j2"))
        voila = Voila.instance()
        voila.initialize(
            [
                *(str(notebook), "--no-browser", "--token", f"--port={port}"),
                *(f"--Voila.ip={HOST}", "--Voila.port_retries=0", "--Voila.log_level=ERROR"),
                f"--Voila.{PROMPT}",
                *(f"--VoilaConfiguration.extension_allowlist={one}" for one in EXTENSIONS),
            ]
        )
        voila.template_paths.insert(0, folder)

        def announce() -> None:
            typer.echo(f"The explorer is at {voila.display_url}\nCtrl-C ends it.")
            if browser:
                Thread(target=webbrowser.open, args=(voila.display_url,), daemon=True).start()

        IOLoop.current().add_callback(announce)  # once it listens
        voila.start()

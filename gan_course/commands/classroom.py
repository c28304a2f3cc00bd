"""`gan-course classroom`: links, the students' copy, what they hand in, a kit for a room."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gan_course.commands.failures import command, fail

if TYPE_CHECKING:
    from gan_course.catalogue import Catalogue

Repository = Annotated[
    str, typer.Option("--repo", help="OWNER/NAME on GitHub; by default the course's own.")
]
Branch = Annotated[str, typer.Option(help="By default the course's own.")]
NewFolder = Annotated[Path, typer.Argument(help="A folder that is new or empty.")]


@command
def links(
    repo: Repository = "",
    branch: Branch = "",
    kind: Annotated[
        str, typer.Option("--format", help="md, csv, or html, which has QR codes.")
    ] = "md",
    hub: Annotated[
        str, typer.Option(help="A JupyterHub's address, for links that copy the course there.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option(help="A new file; by default the terminal.", show_default=False)
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Put the links into README and notebooks of this clone.")
    ] = False,
) -> None:
    """Links that open every lesson and exercise in Colab, in Binder and on a JupyterHub.

    Students open what --repo names: give them that of their copy, which `release` writes, since a
    fork holds the solutions. A fork calls it once with --write, and then names itself everywhere.

    \b
    Examples:
      gan-course classroom links --repo me/students --hub https://hub.example.org
      gan-course classroom links --repo me/my-course --branch autumn --write
    """
    from gan_course.catalogue import catalogue
    from gan_course.classroom import badges
    from gan_course.classroom import links as made
    from gan_course.commands import paths
    from gan_course.errors import unknown_name
    from gan_course.files import write_atomically

    own = catalogue()
    course = made.in_repository(own, repo or own.repository, branch or own.branch)
    if kind not in made.FORMATS:
        raise unknown_name("format", kind, made.FORMATS)
    text = made.FORMATS[kind](made.openings(course, hub))
    if write:
        if out or hub or kind != "md":
            raise ValueError(
                "--write puts links into this clone and prints none: leave out --format, --hub and "
                "--out, or --write"
            )
        for path in badges.stamp(paths.expect_clone(), own, course):
            typer.echo(path.relative_to(paths.CLONE))
        for sentence in badges.stray(paths.CLONE, course):
            typer.echo(sentence)
        return
    if paths.is_clone() and (said := made.missing(course, paths.CLONE)):
        raise ValueError(said[0])
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_atomically(out, text, new=True)


@command
def release(
    folder: NewFolder,
    repo: Repository = "",
    branch: Branch = "",
) -> None:
    """Write the students' copy of the course: lessons, exercises, library and a README.

    No solutions are in it, and no history. Of right answers and known mistakes it holds what they
    give on the inputs of `check`, not the functions. Put it into a repository of its own, and name
    that with --repo, so that Colab installs this copy.

    \b
    Examples:
      gan-course classroom release ~/students --repo me/students
    """
    from gan_course.catalogue import catalogue
    from gan_course.classroom import links as made
    from gan_course.classroom.folders import new_folder
    from gan_course.classroom.release import write
    from gan_course.commands import paths

    own = catalogue()
    course = made.in_repository(own, repo or own.repository, branch or own.branch)
    with new_folder(folder) as making:
        write(paths.expect_clone(), making, course)
    typer.echo(f"The students' copy: {folder}")
    _say_whose_links(own, course)


@command
def collect(
    source: Annotated[Path, typer.Argument(help="A folder with a folder for each student.")],
    folder: NewFolder,
    lesson: Annotated[
        str, typer.Option(help="Only the exercise of this lesson, such as 05.", show_default=False)
    ] = "",
) -> None:
    """Gather what students wrote, from homes on a JupyterHub or clones, for `gan-course grade`.

    Takes from each student's folder the exercises in it that are not as they were given out, with
    the times of their last change. What it leaves out it names.

    \b
    Examples:
      gan-course classroom collect /home handed_in --lesson 05
      gan-course grade handed_in --out report
    """
    from gan_course.catalogue import catalogue
    from gan_course.classroom.collect import gather
    from gan_course.classroom.folders import new_folder
    from gan_course.commands import paths

    number = catalogue().lesson(lesson).id if lesson else ""
    given = paths.CLONE / "exercises"
    with new_folder(folder) as making:
        taken, left = gather(source, making, number, given)
    for said in left:
        typer.echo(said)
    typer.echo(f"{taken} file{'' if taken == 1 else 's'} in {folder}")


@command
def kit(
    folder: NewFolder,
    platform: Annotated[str, typer.Option(help="Of the laptops: linux, macos or windows.")],
    python: Annotated[str, typer.Option(help="Their version of Python.")] = "3.11",
    repo: Repository = "",
    branch: Branch = "",
    wheels: Annotated[
        Path | None,
        typer.Option(help="Take packages from this folder alone, not from the network."),
    ] = None,
) -> None:
    """Write a folder that installs the course where there is no network.

    Holds the students' copy, a wheel of every package, what drawing the data gave, the site if it
    has been built, a script that installs, and a README.txt for students: copy the folder to each
    laptop and start the script in it.

    \b
    Examples:
      gan-course classroom kit /media/stick/course --platform windows --repo me/students
    """
    from gan_course.catalogue import catalogue
    from gan_course.classroom import kit as made
    from gan_course.classroom import release as students
    from gan_course.classroom.folders import new_folder
    from gan_course.classroom.links import in_repository
    from gan_course.commands import paths
    from gan_course.files import expect_folder

    own = catalogue()
    course = in_repository(own, repo or own.repository, branch or own.branch)
    laptops, clone = made.target(platform, python), paths.expect_clone()
    if wheels:
        expect_folder(wheels)
    with new_folder(folder) as making:
        typer.echo("Writing the students' copy, which takes a minute or two")
        students.write(clone, making / "course", course)
        typer.echo(
            f"Downloading wheels for {platform}, then drawing data, which takes some minutes"
        )
        try:
            made.fill(making, clone, laptops, wheels and wheels.absolute())
        except RuntimeError as error:
            fail(str(error))
    typer.echo(f"The kit for {platform}: {folder}; on a laptop, start {laptops.starts} in it")
    _say_whose_links(own, course)


def _say_whose_links(own: Catalogue, students: Catalogue) -> None:
    """A sentence where links of the students' copy lead to the course's own repository."""
    if students.repository == own.repository:
        typer.echo(
            f"Its links and its cells for Colab lead to {own.repository}, which has the solutions: "
            "put the copy into a repository of its own, and name that with --repo"
        )

"""`gan-course translate`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gan_course.commands.failures import command

if TYPE_CHECKING:
    from torch import Tensor

    from gan_course.models import Model
    from gan_course.training.run_folder import Recipe, RunFolder


@command
def translate(
    run: Annotated[
        Path,
        typer.Argument(help="Folder of a run that `gan-course train` wrote.", show_default=False),
    ],
    pictures: Annotated[
        list[Path],
        typer.Argument(
            metavar="PICTURE",
            help="Pictures, and folders of them with all that lies below.",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder for what becomes of them.")],
    back: Annotated[
        bool,
        typer.Option("--back", help="The way back, by a model that has learned both, cyclegan."),
    ] = False,
    beside: Annotated[
        bool, typer.Option("--beside", help="Show each input to the left of what became of it.")
    ] = False,
    checkpoint: Annotated[
        str | None,
        typer.Option(
            help="best, or the step of a checkpoint that was kept; by default the final weights."
        ),
    ] = None,
    accelerator: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "cpu",
) -> None:
    """Turn pictures of your own into others, by a model that has learned how.

    PNG, JPEG, WebP and the other usual formats are read as `gan-course train` reads them: turned as
    the camera says, laid on white where they are transparent, scaled until they cover the shape
    that the model has learned, and cut to it. What becomes of one has that shape too, and depends
    on that picture alone. It is a .png under the same name; subfolders stay subfolders.

    \b
    Examples:
      gan-course translate runs/pix2pix-1 drawing.png --out coloured
      gan-course translate runs/pix2pix-1 sketches --out coloured --beside
      gan-course translate runs/cyclegan-1 holiday/*.jpg --out sketched --back
      gan-course translate runs/cyclegan-1 sketches --out earlier --checkpoint 400
    """
    from gan_course.data.folder import report
    from gan_course.training.launch import choose_accelerator
    from gan_course.training.run_folder import RunFolder

    folder = RunFolder(run)
    direction = _direction(folder, folder.recipe(), back)
    targets = _targets(pictures, out)
    network = folder.load(choose_accelerator(accelerator), checkpoint)
    done, bad = _translated(network, getattr(network, direction), targets, beside)
    said = report(done, bad)
    if not done:
        raise ValueError(f"expected pictures, found none that can be read: {said}")
    if said:
        typer.echo(f"gan-course: {len(done)} pictures: {said}", err=True)
    _, height, width = network.config.shape
    typer.echo(
        f"Wrote {len(done)} {'picture' if len(done) == 1 else 'pictures'} of "
        f"{width * (1 + beside)}×{height} pixels to {out}"
    )


def _direction(folder: RunFolder, recipe: Recipe, back: bool) -> str:
    """The method of the run's model that translates; `ValueError` where it has none."""
    from gan_course.catalogue import catalogue
    from gan_course.data import modality_of

    kind = catalogue().model(recipe.model).kind
    if not kind.directions:
        raise ValueError(
            f"a {kind.__name__} makes {modality_of(recipe.data).name} from noise and turns no "
            f"picture into another: gan-course sample {folder.path} draws from it"
        )
    if back and len(kind.directions) == 1:
        raise ValueError(
            f"a {kind.__name__} has learned one direction, so leave out --back: of your own pairs "
            "--data swapped_pairs:PATH trains one for the other, and a cyclegan learns both"
        )
    return kind.directions[back]


def _targets(pictures: Sequence[Path], out: Path) -> dict[Path, Path]:
    """Each picture by the file that is to be written; raises where there is none, or where a file
    would be written twice or among the pictures."""
    from gan_course.data.folder import files, key

    found: dict[Path, Path] = {}
    names: dict[str, Path] = {}
    for path in pictures:
        if not path.exists():
            raise FileNotFoundError(f"there is no picture and no folder {path}: look at its name")
        if path.resolve() in (out.resolve(), *out.resolve().parents):
            raise ValueError(
                f"--out {out} lies inside {path}, whose pictures are translated: choose a folder "
                "outside"
            )
        for file in files(path) if path.is_dir() else (path,):
            inside = file.relative_to(path if path.is_dir() else path.parent)
            target = out / inside.with_suffix(".png")
            # Some systems take A.png and a.png for one file.
            if (other := names.setdefault(key(target).casefold(), file)) != file:
                raise ValueError(
                    f"{other} and {file} would both become {target}: translate them one after the "
                    "other, each into an --out of its own"
                )
            found[target] = file
    if not found:
        raise ValueError(f"expected pictures in {', '.join(map(str, pictures))}, found no file")
    sources = {file.resolve().parent for file in found.values()}
    for target in found:
        if target.resolve().parent in sources:
            raise ValueError(
                f"{target} would lie among the pictures that are translated: choose another --out"
            )
    return found


def _translated(
    network: Model[Any],
    turn: Callable[[Tensor], Tensor],
    targets: Mapping[Path, Path],
    beside: bool,
) -> tuple[list[tuple[str, ...]], list[str]]:
    """Write what becomes of each picture; says what was done to those that could be read, and which
    could not."""
    import torch
    from PIL import Image

    from gan_course.data.folder import as_images, read_picture
    from gan_course.files import replacing, writable_folder
    from gan_course.modalities.images import to_bytes
    from gan_course.training.progress import Meter, face_here

    done: list[tuple[str, ...]] = []
    bad: list[str] = []
    meter = Meter(face_here(), len(targets), unit="picture")
    with network.evaluating():
        for target, file in targets.items():
            read = read_picture(file, network.config.shape)
            if isinstance(read, str):
                bad.append(f"{file} ({read})")
                continue
            x = as_images([read.pixels])
            # One by one, and always from the same noise: the others do not matter.
            torch.manual_seed(0)
            y = turn(x.to(network.device)).cpu()
            shown = torch.cat([x, y], dim=3) if beside else y
            writable_folder(target.parent)
            with replacing(target) as temporary:
                Image.fromarray(to_bytes(shown)[0]).save(temporary, "PNG")
            done.append(read.done)
            meter.reach(len(done) + len(bad))
    meter.face.clear()
    return done, bad

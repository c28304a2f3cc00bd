"""What a run keeps to show later how it learned: a few samples now and then, from one noise."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gan_course import processes
from gan_course.files import replacing
from gan_course.training.hooks import LiveSamples, Run

FRAMES = 24  # besides the one before the first step


class Frames(LiveSamples):
    """Keeps about `FRAMES` frames of a run of `steps` in the file at `path`, `n` samples each, and
    goes on where a killed run stopped.

    Samples are kept as float16, of which a picture shows no less.
    """

    def __init__(self, path: Path, steps: int, n: int) -> None:
        super().__init__(every=-(-steps // FRAMES), n=n, also=(0,))
        self.path = path

    def start(self, run: Run) -> None:
        # Of several processes the first alone looks, and writes. What a killed run kept after its
        # last checkpoint is done again, and what was damaged is not missed.
        try:
            kept = read_frames(self.path) if run.step else {}
        except (OSError, ValueError):
            kept = {}
        kept = {step: frame for step, frame in kept.items() if step <= run.step}
        self.steps, self.frames = list(kept), list(kept.values())
        super().start(run)

    def look(self, run: Run) -> None:
        if processes.rank() or run.step in self.steps:
            return
        super().look(run)
        frames = torch.stack(self.frames)
        with replacing(self.path) as temporary, temporary.open("wb") as file:
            small = frames.half() if frames.is_floating_point() else frames
            np.savez_compressed(file, steps=np.array(self.steps), frames=small.numpy())


def read_frames(path: Path) -> dict[int, Tensor]:
    """The frames of a run by the step after which each was drawn: float32 (N, *shape), or whole
    numbers where samples are.

    Raises `FileNotFoundError` where the run kept none and `ValueError` where the file is damaged.
    """
    if not path.is_file():
        raise FileNotFoundError(
            f"there are no frames at {path}: only runs that `gan-course train` trains keep some, "
            "and not those of earlier versions"
        )
    try:
        with np.load(path) as archive:
            steps, frames = archive["steps"].tolist(), torch.from_numpy(archive["frames"])
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} is damaged: train the run anew to have its frames") from error
    if len(steps) != len(frames) or not len(frames):
        raise ValueError(f"{path} is damaged: train the run anew to have its frames")
    frames = frames.float() if frames.is_floating_point() else frames
    return dict(zip(steps, frames, strict=True))

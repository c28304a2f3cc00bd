"""Final weights: a safetensors file that says itself whether it is whole."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from torch import Tensor

from gan_course.files import write_atomically
from gan_course.models.base import Model
from gan_course.training.hooks import DivergenceError

NOT_YET = b"0" * 64
# The digest is that of the whole file with zeros in the digest's place, so that a flipped bit
# anywhere is seen.
DIGEST = re.compile(rb'(?<=[ ]sha256:)[0-9a-f]{64}(?="\})')


def write_weights(path: Path, model: Model[Any], name: str) -> None:
    """Write every network's weights; `name` is the model's in the catalogue. Raises what
    `write_tensors` raises."""
    write_tensors(path, model.weights(), name)


def write_tensors(path: Path, weights: dict[str, Tensor], says: str) -> None:
    """Write `weights` by their names, and what the file `says` of them, a line of text. The same
    weights give the same bytes.

    Raises `DivergenceError`, and writes nothing, where one of them is NaN or infinite.
    """
    from safetensors.torch import save

    tensors = {key: tensor.detach().cpu().contiguous() for key, tensor in weights.items()}
    for key, tensor in tensors.items():
        if not tensor.isfinite().all():
            raise DivergenceError(f"{key} is NaN or infinite after the last step: not written")
    # One key: the order of several in the file's header would change from process to process.
    whole = save(tensors, metadata={"model": f"{says} sha256:{NOT_YET.decode()}"})
    write_atomically(path, DIGEST.sub(_digest(whole), whole, count=1))


def load_weights(path: Path, model: Model[Any]) -> None:
    """Load what `write_weights` wrote into `model`; `ValueError`, with `model` unchanged, where the
    file is damaged, is of another model, or holds a value that is NaN or infinite."""
    _, weights = read_tensors(path)
    try:
        model.load_weights(weights)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def read_tensors(path: Path) -> tuple[str, dict[str, Tensor]]:
    """What a file of `write_tensors` says, and its weights; `ValueError` where it is damaged."""
    from safetensors.torch import load

    content = _whole(path)
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    return header["__metadata__"]["model"].rpartition(" sha256:")[0], load(content)


def expect_whole(path: Path) -> None:
    """Raise `ValueError` where the file of weights is damaged or something else."""
    _whole(path)


def _whole(path: Path) -> bytes:
    content = path.read_bytes()
    found = DIGEST.search(content)
    if found is None or found[0] != _digest(DIGEST.sub(NOT_YET, content, count=1)):
        raise ValueError(f"{path} is damaged or no file of weights of this course")
    return content


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()

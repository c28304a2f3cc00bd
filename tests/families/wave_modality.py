"""Waves: sound, as it comes out of a loudspeaker."""

from __future__ import annotations

import wave
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gan_course.errors import expect_range
from gan_course.files import replacing
from gan_course.modalities.base import Modality, Writer, write_samples

RATE = 8000  # values a second


class Waves(Modality):
    """Waves, float32 of shape (N, 1, L) in [-1, 1], at 8,000 values a second. A sound file plays
    them one after the other."""

    name = "waves"
    shapes = ((1, 32), (1, 50))
    picture = ".wav"
    most = 1000

    def expect(self, x: Tensor) -> None:
        if x.ndim != 3 or x.shape[1] != 1:
            raise ValueError(f"expected waves of shape (N, 1, L), got {tuple(x.shape)}")
        expect_range(self.name, x)

    def writers(self) -> Mapping[str, Writer]:
        return {".wav": _sound, ".npz": write_samples}


def _sound(path: Path, samples: Tensor, _data: Any) -> None:
    values = (samples.clamp(-1, 1) * 32767).round().to(torch.int16).numpy()
    with replacing(path) as temporary, wave.open(str(temporary), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(values.astype("<i2").tobytes())


WAVES = Waves()

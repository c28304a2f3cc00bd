"""Three tiny models of kinds that the catalogue does not have yet, and small data.
`python -m tests.families` is `gan-course` with these in its catalogue."""

from __future__ import annotations

import tomllib
from pathlib import Path

from gan_course.catalogue import read_entries

DATA, MODELS = read_entries(
    tomllib.loads(Path(__file__).with_name("catalogue.toml").read_text(encoding="utf-8"))
)

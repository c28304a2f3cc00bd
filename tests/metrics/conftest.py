from __future__ import annotations

import pytest

from gan_course.data import Dataset, load
from gan_course.data.avatars import Avatars


@pytest.fixture(scope="session")
def digits() -> Dataset:
    return load("digits")


@pytest.fixture(scope="session")
def portraits() -> Avatars:
    return load("avatar_pairs")

from __future__ import annotations

import pytest

from gan_course.data import Dataset, load


@pytest.fixture(scope="session")
def digits() -> Dataset:
    return load("digits")

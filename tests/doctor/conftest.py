"""The runs that examinations are tried with, trained once."""

from __future__ import annotations

import pytest

from gan_course.doctor.examination import examine
from gan_course.doctor.report import Examination
from gan_course.training.run_folder import RunFolder
from tests.doctor.runs import KINDS, copied, trained


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, RunFolder]:
    root = tmp_path_factory.mktemp("runs")
    return {name: trained(root / name.replace(" ", "-"), *kind) for name, kind in KINDS.items()}


@pytest.fixture(scope="session")
def reports(
    runs: dict[str, RunFolder], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Examination]:
    # Of copies, so that a test finds the runs themselves as training left them.
    root = tmp_path_factory.mktemp("examined")
    return {name: examine(copied(folder, root / name)) for name, folder in runs.items()}

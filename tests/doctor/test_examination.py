"""The doctor's examination of a run: each kind of trouble is found, a healthy run is not suspected,
and examining changes nothing."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import Path

import pytest
import torch

from gan_course.doctor.examination import examine
from gan_course.doctor.report import Examination
from gan_course.models.gan import GANConfig
from gan_course.training.hooks import DivergenceError
from gan_course.training.run_folder import RunFolder
from tests.doctor.runs import KINDS, QUICK, copied, rewritten, states, the, trained


def test_a_healthy_run_is_called_healthy(reports: dict[str, Examination]) -> None:
    assert set(states(reports["healthy"]).values()) == {"ok"}
    assert reports["healthy"].healthy


def test_a_generator_that_serves_one_bell_only_is_found(reports: dict[str, Examination]) -> None:
    report = reports["one bell only"]
    fine = ("progress", "numbers", "gradients", "discriminator")
    assert states(report) == dict.fromkeys(fine, "ok") | {"variety": "problem"}
    assert "lr_g as large as lr_d, 0.004 (here 0.0005)" in the(report, "variety").remedy
    assert not report.healthy


@pytest.mark.parametrize("kind", ["too strong", "too strong on digits"])
def test_a_discriminator_that_is_never_fooled_is_found(
    reports: dict[str, Examination], kind: str
) -> None:
    found = the(reports[kind], "discriminator")
    assert found.state == "problem"
    assert found.detail.startswith("too strong for the generator to learn from")
    assert "and 100% of as many fresh ones" in found.detail
    assert "lr_g as large as lr_d" in found.remedy
    assert the(reports[kind], "variety") == replace(
        the(reports[kind], "variety"), state="problem", remedy="see discriminator"
    )


def test_a_discriminator_that_is_sure_but_still_learns_is_only_ahead(
    runs: dict[str, RunFolder], tmp_path: Path
) -> None:
    folder = copied(runs["too strong"], tmp_path / "run", without=("checkpoints",))
    assert the(examine(folder), "discriminator").state == "problem"
    rewritten(folder, "discriminator", 1, 0.7)
    found = the(examine(folder), "discriminator")
    assert found.state == "advice"
    assert found.detail.startswith("ahead of the generator, though not idle")


def test_a_discriminator_that_is_outrun_is_found(reports: dict[str, Examination]) -> None:
    found = the(reports["too weak"], "discriminator")
    assert found.state == "problem"
    assert found.detail.startswith("worse than guessing")
    assert "lr_d = 0.02 (here 1e-06)" in found.remedy


def test_on_its_own_data_the_remedy_is_what_the_profile_has(tmp_path: Path) -> None:
    folder = trained(
        tmp_path / "run",
        "gaussian",
        0,
        replace(QUICK, ema_decay=0.9, steps=110, lr_g=1e-8, r1_weight=0.0, lr_d=2e-2),
    )
    remedy = the(examine(folder), "discriminator").remedy
    assert (
        "r1_weight = 0.02 (here 0.0), lr_g = 0.0005 (here 1e-08), lr_d = 0.004 (here 0.02), as in "
        "the lesson profile" in remedy
    )


def test_remedies_name_fields_that_exist(reports: dict[str, Examination]) -> None:
    named = {
        name
        for report in reports.values()
        for finding in report.findings
        for name in re.findall(r"(\w+) (?:=|as large as)", finding.remedy)
    }
    assert len(named) >= 2
    assert named <= {field.name for field in fields(GANConfig)}


def test_divergence_is_told_with_its_step_and_column(tmp_path: Path) -> None:
    with pytest.raises(DivergenceError) as error:
        trained(tmp_path / "run", "mixture", 0, replace(QUICK, steps=400, lr_g=1e6, lr_d=1e6))
    report = examine(RunFolder(tmp_path / "run"))
    assert the(report, "numbers").state == "problem"
    assert the(report, "numbers").detail.removeprefix("diverged: ") in str(error.value)
    tenth = "lr_g and lr_d a tenth of what they are (here 1000000.0 and 1000000.0)"
    assert tenth in the(report, "numbers").remedy
    assert the(report, "progress").detail.startswith("broke off at step 100 of 400")
    for what in ("gradients", "discriminator", "variety"):
        assert states(report)[what] == "unknown"


@pytest.mark.parametrize(
    ("column", "value", "what", "beginning"),
    [
        ("generator", float("nan"), "numbers", "diverged: generator became nan at step 200"),
        ("score_fake", float("-inf"), "numbers", "diverged: score_fake became -inf at step 200"),
        ("score_real", -1e4, "numbers", "exploded: score_real was -1e+04 at step 200"),
        ("gradient_norm_d", 120.0, "gradients", "far too steep"),
        ("gradient_norm_g", 1e-6, "gradients", "vanished"),
    ],
)
def test_what_goes_wrong_late_in_a_run_is_found(
    runs: dict[str, RunFolder], tmp_path: Path, column: str, value: float, what: str, beginning: str
) -> None:
    folder = copied(runs["healthy"], tmp_path / "run", without=("checkpoints",))
    assert examine(folder).healthy
    rewritten(folder, column, 200, value)
    found = the(examine(folder), what)
    assert (found.state, found.detail[: len(beginning)]) == ("problem", beginning)
    assert found.remedy


def test_samples_that_are_not_finite_are_found_though_all_that_was_recorded_is(
    runs: dict[str, RunFolder], tmp_path: Path
) -> None:
    folder = copied(runs["healthy"], tmp_path / "run", without=("checkpoints",))
    model = folder.load()
    with torch.no_grad():
        next(model.networks()["ema"].parameters()).fill_(3e38)
    folder.write_weights(model, "gan")
    report = examine(folder)
    assert (the(report, "numbers").state, the(report, "variety").state) == ("problem", "unknown")


@pytest.mark.parametrize("name", KINDS)
def test_nothing_in_the_folder_is_changed(
    runs: dict[str, RunFolder], tmp_path: Path, name: str
) -> None:
    folder = copied(runs[name], tmp_path / "run")

    def content() -> dict[Path, bytes | None]:
        return {
            path: path.read_bytes() if path.is_file() else None for path in folder.path.rglob("*")
        }

    before, random = content(), torch.get_rng_state()
    examine(folder)
    assert content() == before
    assert torch.equal(torch.get_rng_state(), random)


def test_the_same_run_gets_the_same_report(
    runs: dict[str, RunFolder], reports: dict[str, Examination]
) -> None:
    assert examine(runs["healthy"]) == reports["healthy"]

"""The doctor's examination of a run: each kind of trouble is found, a healthy run is not suspected,
and what cannot be judged is not guessed."""

from __future__ import annotations

import re
import shutil
from dataclasses import fields, replace
from pathlib import Path

import pytest
import torch

from gan_course import losses
from gan_course.catalogue import catalogue
from gan_course.data import Batch, Dataset, load
from gan_course.doctor import evidence
from gan_course.doctor.examination import examine
from gan_course.doctor.measures import accuracy, variety
from gan_course.doctor.report import Curve, Examination, Finding
from gan_course.doctor.thresholds import ALIKE, LOPSIDED
from gan_course.metrics import rung_images
from gan_course.metrics.ladder import MEMORISED
from gan_course.models.config import plain
from gan_course.models.gan import GAN, PROFILES, GANConfig
from gan_course.training import fit
from gan_course.training.checkpoint import Checkpoints, checkpoints
from gan_course.training.history import read_csv
from gan_course.training.hooks import DivergenceError
from gan_course.training.run_folder import Ledger, Recipe, RunFolder

LESSON = PROFILES["lesson"]
# Samples are averaged over 50 steps instead of 200, so that they can be judged from step 150 on.
QUICK = replace(LESSON, ema_decay=0.98, batch_size=128)


def trained(
    path: Path, data: str, seed: int, config: GANConfig, steps: int | None = None, every: int = 1000
) -> RunFolder:
    """A run folder as `gan-course train` leaves it, but for the picture; after `steps` as a run
    that was killed leaves it."""
    folder, source = RunFolder(path), load(data)
    recipe = Recipe(
        "gan",
        plain(replace(config, shape=tuple(source.shape))),
        data,
        "packaged",
        seed,
        "lesson",
        "cpu",
    )
    model = recipe.build()
    folder.create(recipe)
    saving = Checkpoints(folder.checkpoints, every)
    fit(
        model,
        source,
        steps,
        hooks=[saving] if steps else [Ledger(folder.history), saving],
        seed=seed,
    )
    if steps is None:
        folder.write_weights(model, "gan")
    return folder


def copied(folder: RunFolder, path: Path, without: tuple[str, ...] = ()) -> RunFolder:
    shutil.copytree(folder.path, path, ignore=shutil.ignore_patterns(*without))
    return RunFolder(path)


KINDS: dict[str, tuple[str, int, GANConfig]] = {
    "healthy": ("gaussian", 0, replace(QUICK, steps=300, lr_g=1e-3)),
    "one bell only": ("mixture", 2, replace(QUICK, steps=300, r1_weight=0.0)),
    "too strong": ("mixture", 0, replace(QUICK, steps=150, lr_g=1e-8)),
    "too strong on digits": ("digits", 0, replace(QUICK, steps=150, batch_size=64, hidden=(32,))),
    "too weak": ("mixture", 1, replace(QUICK, steps=150, lr_g=2e-2, lr_d=1e-6)),
    "short": ("gaussian", 0, replace(LESSON, hidden=(4,), batch_size=8, steps=3)),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, RunFolder]:
    root = tmp_path_factory.mktemp("runs")
    return {name: trained(root / name.replace(" ", "-"), *kind) for name, kind in KINDS.items()}


@pytest.fixture(scope="module")
def reports(
    runs: dict[str, RunFolder], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Examination]:
    # Of copies, so that a test finds the runs themselves as training left them.
    root = tmp_path_factory.mktemp("examined")
    return {name: examine(copied(folder, root / name)) for name, folder in runs.items()}


def states(report: Examination) -> dict[str, str]:
    return {finding.what: finding.state for finding in report.findings}


def the(report: Examination, what: str) -> Finding:
    (found,) = (finding for finding in report.findings if finding.what == what)
    return found


def rewritten(folder: RunFolder, column: str, step: int, value: float) -> None:
    """Put another value into a history.csv, from `step` on."""
    head, *rows = [line.split(",") for line in folder.history.read_text().splitlines()]
    for row in rows[step - 1 :]:
        row[head.index(column)] = repr(value)
    folder.history.write_text("".join(",".join(row) + "\n" for row in [head, *rows]))


def test_a_healthy_run_is_called_healthy(reports: dict[str, Examination]) -> None:
    assert set(states(reports["healthy"]).values()) == {"ok"}
    assert reports["healthy"].healthy


def test_a_generator_that_serves_one_bell_only_is_found(reports: dict[str, Examination]) -> None:
    report = reports["one bell only"]
    assert states(report) == {
        "progress": "ok",
        "numbers": "ok",
        "gradients": "ok",
        "discriminator": "ok",
        "variety": "problem",
    }
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
    assert (found.state, found.detail.startswith("ahead of the generator, though not idle")) == (
        "advice",
        True,
    )


def test_a_discriminator_that_is_outrun_is_found(reports: dict[str, Examination]) -> None:
    found = the(reports["too weak"], "discriminator")
    assert (found.state, found.detail.startswith("worse than guessing")) == ("problem", True)
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
    assert (
        "lr_g and lr_d a tenth of what they are (here 1000000.0 and 1000000.0)"
        in the(report, "numbers").remedy
    )
    assert the(report, "progress").detail.startswith("broke off at step 100 of 400")
    assert {states(report)[what] for what in ("gradients", "discriminator", "variety")} == {
        "unknown"
    }


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
        next(model.networks()["ema"].parameters()).fill_(float("nan"))
    folder.write_weights(model, "gan")
    report = examine(folder)
    assert (the(report, "numbers").state, the(report, "variety").state) == ("problem", "unknown")


def test_three_steps_are_not_judged(reports: dict[str, Examination]) -> None:
    report = reports["short"]
    assert states(report) == {
        "progress": "ok",
        "numbers": "ok",
        "gradients": "unknown",
        "discriminator": "unknown",
        "variety": "unknown",
    }
    assert (
        "step 3 is too early to judge by, samples tell from step 600 on"
        in the(report, "variety").detail
    )
    assert "--steps 600" in the(report, "discriminator").remedy
    assert not report.healthy


def test_a_run_that_has_just_begun_is_not_judged(
    runs: dict[str, RunFolder], tmp_path: Path
) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.create(runs["healthy"].recipe())
    report = examine(folder)
    assert report.curves == ()
    assert {state for what, state in states(report).items() if what != "progress"} == {"unknown"}
    assert the(report, "progress").detail == "not finished: step 0 of 300; there is no checkpoint"


def test_a_killed_run_is_told_how_to_go_on_and_low_variety_may_still_come_right(
    tmp_path: Path,
) -> None:
    data, seed, config = KINDS["one bell only"]
    folder = trained(tmp_path / "a run", data, seed, replace(config, steps=700), steps=300)
    report = examine(folder)
    assert (
        the(report, "progress").detail
        == "not finished: step 300 of 700; the newest checkpoint is that of step 300"
    )
    assert the(report, "progress").remedy.endswith(
        f"gan-course train gan --out '{folder.path}' --resume"
    )
    assert len(report.curves[0].values) == 300
    assert the(report, "variety").state == "advice"


def test_an_unfinished_run_can_be_healthy(tmp_path: Path) -> None:
    data, seed, config = KINDS["healthy"]
    report = examine(trained(tmp_path / "run", data, seed, replace(config, steps=600), steps=300))
    assert (states(report)["progress"], report.healthy) == ("advice", True)


def test_curves_are_those_that_reach_furthest(runs: dict[str, RunFolder], tmp_path: Path) -> None:
    folder = trained(tmp_path / "run", "gaussian", 0, replace(KINDS["short"][2], steps=9), steps=4)
    assert {len(curve.values) for curve in examine(folder).curves} == {4}
    head, *rows = runs["healthy"].history.read_text().splitlines()
    for lines, expected in ((2, 4), (6, 6)):
        folder.history.write_text("\n".join([head, *rows[:lines]]) + "\n")
        assert {len(curve.values) for curve in examine(folder).curves} == {expected}
    assert examine(folder).curves[0].values == tuple(
        read_csv(runs["healthy"].history)["discriminator"][:6]
    )


def test_a_curve_has_a_median_though_it_ends_in_nan() -> None:
    assert Curve("loss", (1.0, 2.0, 9.0, float("nan"))).median == 2.0


def test_a_damaged_checkpoint_is_named_and_the_one_before_it_looked_at(tmp_path: Path) -> None:
    folder = trained(tmp_path / "run", "gaussian", 0, KINDS["short"][2], steps=3, every=1)
    newest = checkpoints(folder.checkpoints)[-1]
    newest.write_bytes(newest.read_bytes()[:-100])
    report = examine(folder)
    assert (the(report, "files").state, str(newest) in the(report, "files").detail) == (
        "advice",
        True,
    )
    assert "the newest checkpoint is that of step 2" in the(report, "progress").detail


@pytest.mark.parametrize(
    "content",
    [
        "",
        "step,generator\n1,0.5\n3,0.5\n",
        "step,generator\n1\n",
        "step,generator\n1,much\n",
        "generator\n0.5\n",
    ],
)
def test_a_damaged_history_is_named_and_the_checkpoints_taken(
    runs: dict[str, RunFolder], tmp_path: Path, content: str
) -> None:
    folder = copied(runs["short"], tmp_path / "run")
    folder.history.write_text(content)
    with pytest.raises(ValueError, match=r"history\.csv is damaged"):
        read_csv(folder.history)
    report = examine(folder)
    assert str(folder.history) in the(report, "files").detail
    assert len(report.curves[0].values) == 3


def test_a_wasserstein_critic_has_no_accuracy(tmp_path: Path) -> None:
    folder = trained(
        tmp_path / "run", "gaussian", 0, replace(KINDS["short"][2], loss="wasserstein")
    )
    found = the(examine(folder), "discriminator")
    assert (found.state, found.detail.startswith("a Wasserstein critic has no accuracy")) == (
        "unknown",
        True,
    )


@pytest.mark.parametrize("name", ["wgan", "wgan_gp"])
def test_a_run_with_a_critic_is_judged_by_all_but_an_accuracy(tmp_path: Path, name: str) -> None:
    entry = catalogue().model(name)
    config = replace(entry.configuration(), hidden=(8,), batch_size=8, steps=120, ema_decay=0.9)  # type: ignore[type-var, call-arg]
    folder, source = RunFolder(tmp_path / "run"), load("grid")
    recipe = Recipe(name, plain(config), "grid", "packaged", 0, "lesson", "cpu")
    folder.create(recipe)
    model = recipe.build()
    fit(model, source, hooks=[Ledger(folder.history)], seed=0)
    folder.write_weights(model, name)
    report = examine(folder)
    found = states(report)
    assert (found["progress"], found["numbers"], found["gradients"], found["discriminator"]) == (
        "ok",
        "ok",
        "ok",
        "unknown",
    )
    assert the(report, "discriminator").detail.startswith("a Wasserstein critic has no accuracy")
    # So small a network draws one cloud, and leaves most modes out.
    assert found["variety"] == "problem"
    assert "of them would have to lie elsewhere" in the(report, "variety").detail
    assert "batch_size" not in the(report, "variety").remedy


def test_a_model_without_a_discriminator_is_not_judged_by_one(
    runs: dict[str, RunFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GAN, "adversary", lambda self: None)
    report = examine(runs["healthy"])
    assert (the(report, "discriminator").state, the(report, "discriminator").detail) == (
        "unknown",
        "a GAN names no network that parts real samples from drawn ones",
    )
    assert the(report, "variety").state == "ok"


def test_data_that_cannot_be_fetched_leave_samples_unjudged(
    runs: dict[str, RunFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(*_: object) -> None:
        raise ConnectionError("the full MNIST is not on this machine and could not be downloaded")

    monkeypatch.setattr(evidence, "load", no_network)
    report = examine(runs["healthy"])
    assert [the(report, what).state for what in ("gradients", "discriminator", "variety")] == [
        "ok",
        "unknown",
        "unknown",
    ]
    assert "could not be downloaded" in the(report, "variety").detail


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


def test_a_checkpoint_of_another_configuration_is_refused(
    runs: dict[str, RunFolder], tmp_path: Path
) -> None:
    folder = copied(runs["short"], tmp_path / "run")
    folder.config.write_text(folder.config.read_text().replace('"lr_g": 0.0005', '"lr_g": 0.1'))
    with pytest.raises(
        ValueError, match=r"is a checkpoint of a GAN with lr_g = 0\.0005, this one has 0\.1"
    ):
        examine(folder)


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return load("digits")


def test_real_samples_are_as_varied_as_real_samples(digits: Dataset) -> None:
    found = variety(digits.train.x[:1000], digits.held_out.x[:1000], digits)
    assert found.nearest is not None
    assert found.imbalance is not None
    assert not found.low
    assert abs(found.spread - 1) < 0.02
    assert abs(found.nearest - 1) < 0.05
    assert found.imbalance < 0.08


def test_one_digit_only_is_low_variety_though_its_pictures_differ(digits: Dataset) -> None:
    found = variety(
        digits.train.x[digits.train.labels == 3][:500], digits.held_out.x[:1000], digits
    )
    assert found.spread > ALIKE
    assert found.imbalance is not None
    assert found.imbalance > 0.8
    assert found.low


def test_a_few_pictures_over_and_over_are_low_variety_though_every_digit_is_there(
    digits: Dataset,
) -> None:
    few = rung_images(digits)[MEMORISED].repeat(10, 1, 1, 1)
    found = variety(few, digits.held_out.x[:1000], digits)
    assert found.spread > ALIKE
    assert found.imbalance is not None
    assert found.imbalance < LOPSIDED
    assert found.nearest == pytest.approx(0, abs=1e-5)
    assert found.low


def test_one_picture_is_low_variety(digits: Dataset) -> None:
    assert variety(
        digits.train.x[:1].repeat(50, 1, 1, 1), digits.held_out.x[:200], digits
    ).spread == pytest.approx(0, abs=1e-6)


def test_of_two_bells_one_is_half_out_of_balance() -> None:
    mixture = load("mixture")
    points = mixture.sample(4000, torch.Generator().manual_seed(0))
    both, one = (
        variety(points[:2000], points[2000:], mixture),
        variety(points[points > 0][:, None], points, mixture),
    )
    assert both.imbalance is not None
    assert both.imbalance < 0.05
    assert not both.low
    assert one.imbalance == pytest.approx(0.5, abs=0.02)
    assert one.low


def test_a_mode_that_is_left_out_is_imbalance_in_the_plane() -> None:
    grid = load("grid")
    points = grid.sample(4000, torch.Generator().manual_seed(0))
    all_modes, right_half = (
        variety(points[:2000], points[2000:], grid),
        variety(points[points[:, 0] > 0.1], points, grid),
    )
    assert all_modes.nearest is None
    assert all_modes.imbalance is not None
    assert all_modes.imbalance < 0.1
    assert not all_modes.low
    assert right_half.imbalance == pytest.approx(15 / 25, abs=0.02)
    assert right_half.low


@pytest.mark.parametrize(
    ("loss", "boundary"),
    [("non_saturating", 0.0), ("minimax", 0.0), ("hinge", 0.0), ("least_squares", 0.5)],
)
def test_accuracy_counts_from_the_boundary_of_the_loss(loss: str, boundary: float) -> None:
    model = GAN(replace(LESSON, loss=loss))
    model.discriminator = torch.nn.Identity()  # type: ignore[assignment]
    real = boundary + torch.tensor([[0.1], [0.2], [0.3], [-0.1]])
    fake = boundary + torch.tensor([[-0.1], [0.1]])
    found = accuracy(model, model.adversary(), Batch(real), Batch(fake))
    assert (found.real, found.fake) == (0.75, 0.5)


@pytest.mark.parametrize("name", ["non_saturating", "minimax", "hinge", "least_squares"])
def test_guessing_costs_the_least_that_one_answer_to_all_can(name: str) -> None:
    loss = losses.by_name(name)
    answers = torch.linspace(-2, 2, 401, dtype=torch.float64)
    costs = torch.stack([loss.discriminator(answer[None], answer[None]) for answer in answers])
    assert costs.min().item() == pytest.approx(loss.guessing, abs=1e-9)

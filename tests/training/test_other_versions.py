"""Checkpoints outlive an upgrade of PyTorch; one that another version of the course must read is
not taken for a damaged one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import torch

from gan_course.machine import OtherVersionError
from gan_course.models import GAN
from gan_course.training import checkpoint, fit
from gan_course.training.checkpoint import (
    DIGEST,
    Checkpoints,
    load_checkpoint,
    load_networks,
    newest_whole,
    read_checkpoint,
    write_checkpoint,
)
from tests.training.short_runs import DATA, SMALL, a_run, same, trained

Change = Callable[[dict[str, Any]], object]


def rewritten(path: Path, change: Change) -> Path:
    """The checkpoint at `path` with another content, whole and with its digest."""
    content = torch.load(BytesIO(DIGEST.sub(b"", path.read_bytes())), weights_only=True)
    change(content)
    file = BytesIO()
    torch.save(content, file)
    digest = hashlib.sha256(file.getvalue()).hexdigest()
    path.write_bytes(file.getvalue() + f"sha256:{digest}\n".encode())
    return path


def groups(content: dict[str, Any]) -> list[dict[str, Any]]:
    return [g for part in content["state"].values() for g in part.get("param_groups", [])]


def older(content: dict[str, Any]) -> None:
    for group in groups(content):
        del group["decoupled_weight_decay"]


def newer(content: dict[str, Any]) -> None:
    for group in groups(content):
        group["of_tomorrow"] = False


@pytest.mark.parametrize("change", [older, newer])
def test_a_run_goes_on_to_the_same_bits_from_a_checkpoint_whose_adam_has_other_settings(
    tmp_path: Path, change: Change
) -> None:
    whole, _ = trained(Checkpoints(tmp_path, every=5, keep=9))
    path = rewritten(tmp_path / "step-000000005.pt", change)
    resumed, _ = trained(checkpoint=path)
    assert same(resumed.state_dict(), whole.state_dict())


def test_a_setting_that_this_pytorch_does_not_know_is_left_out(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "a.pt", a_run())
    model = GAN(SMALL)
    load_checkpoint(rewritten(tmp_path / "a.pt", newer), model)
    assert "of_tomorrow" not in model.optimizer_g.state_dict()["param_groups"][0]


def test_another_kind_of_optimiser_is_refused(tmp_path: Path) -> None:
    run = a_run()
    run.model.optimizer_g = torch.optim.RMSprop(run.model.generator.parameters())
    write_checkpoint(tmp_path / "a.pt", run)
    with pytest.raises(ValueError, match="optimizer_g differs"):
        load_checkpoint(tmp_path / "a.pt", GAN(SMALL))


def test_the_networks_alone_are_loaded_whatever_became_of_the_optimiser(tmp_path: Path) -> None:
    run, model = a_run(), GAN(SMALL)
    write_checkpoint(tmp_path / "a.pt", run)
    before = model.optimizer_g.state_dict()
    load_networks(rewritten(tmp_path / "a.pt", lambda c: c["state"].pop("optimizer_g")), model)
    assert same(model.weights(), run.model.weights())
    assert model.optimizer_g.state_dict() == before


def test_networks_of_another_model_are_refused(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "a.pt", a_run())
    path = rewritten(tmp_path / "a.pt", lambda c: c["state"].pop("ema"))
    with pytest.raises(ValueError, match="these weights belong to another model"):
        load_networks(path, GAN(SMALL))


FUTURES: dict[str, tuple[Change, str]] = {
    "a newer version": (
        lambda c: c["versions"].update(gan_course="99.0"),
        r"was written by gan-course 99\.0, this is .*: update the course",
    ),
    "a newer format": (lambda c: c.update(format=4), "has format 4, .* reads 3: update the course"),
    "an older format": (
        lambda c: c.update(format=2),
        "has format 2, .* reads 3: use the one that wrote it",
    ),
}


@pytest.mark.parametrize("future", FUTURES)
def test_a_checkpoint_of_another_version_is_not_passed_over(tmp_path: Path, future: str) -> None:
    change, sentence = FUTURES[future]
    for step in (1, 2):
        write_checkpoint(tmp_path / f"step-{step:09d}.pt", a_run(step=step))
    rewritten(tmp_path / "step-000000002.pt", change)
    with pytest.raises(OtherVersionError, match=r"step-000000002\.pt " + sentence):
        newest_whole(tmp_path)


def test_the_best_checkpoint_of_a_newer_version_is_not_written_over(
    tmp_path: Path,
) -> None:
    def saving() -> Checkpoints:
        return Checkpoints(tmp_path, every=4, measure=lambda _: 0.5)

    trained(saving())
    rewritten(tmp_path / "best.pt", FUTURES["a newer version"][0])
    kept = (tmp_path / "best.pt").read_bytes()
    with pytest.raises(OtherVersionError, match=r"best\.pt was written by gan-course 99"):
        trained(saving(), checkpoint=tmp_path / "step-000000008.pt")
    assert (tmp_path / "best.pt").read_bytes() == kept


def test_a_checkpoint_that_a_run_has_just_removed_is_looked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_checkpoint(tmp_path / "step-000000001.pt", a_run())

    def rotated(path: Path) -> object:
        # Between the list of files and the reading of the last a run goes on.
        monkeypatch.setattr(checkpoint, "read_checkpoint", read_checkpoint)
        write_checkpoint(tmp_path / "step-000000002.pt", a_run(step=2))
        path.unlink()
        return read_checkpoint(path)

    monkeypatch.setattr(checkpoint, "read_checkpoint", rotated)
    newest, skipped = newest_whole(tmp_path)
    assert newest is not None
    assert (newest.step, skipped) == (2, [])


def test_a_checkpoint_that_is_only_a_broken_link_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "step-000000001.pt").symlink_to(tmp_path / "nowhere")
    newest, skipped = newest_whole(tmp_path)
    assert newest is None
    assert skipped == [f"there is no checkpoint at {tmp_path / 'step-000000001.pt'}"]


def test_a_checkpoint_of_nan_is_refused(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "a.pt", a_run())
    path = rewritten(
        tmp_path / "a.pt", lambda c: next(iter(c["state"]["generator"].values())).fill_(torch.nan)
    )
    model = GAN(SMALL)
    before = model.weights()
    with pytest.raises(ValueError, match="holds NaN or infinite values"):
        fit(model, DATA, seed=1, checkpoint=path)
    assert same(model.weights(), before)

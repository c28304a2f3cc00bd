"""A run folder is written once, reads back, and says by name which of its files is at fault."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from gan_course.data import Gaussian, load
from gan_course.files import replacing, writable_folder, write_atomically
from gan_course.modalities import IMAGES, LINE
from gan_course.modalities.images import to_bytes
from gan_course.models import GAN, DCGANConfig, GANConfig
from gan_course.models.config import plain
from gan_course.training import fit
from gan_course.training.hooks import Hook, Run
from gan_course.training.run_folder import Ledger, Recipe, RunFolder
from gan_course.training.samples import draw

CHUNK = 250  # samples drawn at once
SMALL = GANConfig(hidden=(4,), batch_size=8, steps=6)
CONFIG = plain(SMALL)
RECIPE = Recipe("gan", plain(SMALL), "gaussian", "packaged", 3, "lesson", "cpu")


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A run that reached its end."""
    folder = RunFolder(tmp_path / "run")
    folder.create(RECIPE)
    model = RECIPE.build()
    fit(model, load("gaussian"), seed=3, hooks=[Ledger(folder.history)])
    folder.write_weights(model, "gan")
    return folder


def test_a_run_reads_back_as_it_was_asked_for(run: RunFolder) -> None:
    recipe = run.recipe()
    assert replace(recipe, config={}) == replace(RECIPE, config={})
    assert recipe.build().config == SMALL
    assert {"gan_course", "python", "torch", "numpy"} <= recipe.versions.keys()
    assert recipe.threads == torch.get_num_threads()


def test_the_loaded_model_draws_what_the_trained_one_drew(run: RunFolder) -> None:
    model = RECIPE.build()
    fit(model, load("gaussian"), seed=3)
    assert torch.equal(draw(run.load(), 5, seed=1), draw(model, 5, seed=1))


def test_the_same_recipe_builds_the_same_weights_and_leaves_the_random_state_alone() -> None:
    torch.manual_seed(0)
    before = torch.get_rng_state()
    first = RECIPE.build().weights()
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(99)
    assert all(torch.equal(first[key], tensor) for key, tensor in RECIPE.build().weights().items())
    other = replace(RECIPE, seed=4).build().weights()
    assert any(not torch.equal(first[key], tensor) for key, tensor in other.items())


@pytest.mark.parametrize(
    "name", ["config.json", "history.csv", "checkpoints", "final.safetensors", "samples.png"]
)
def test_a_folder_that_holds_any_part_of_a_run_is_refused_and_left_alone(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(FileExistsError, match=f"holds a run already \\({name}\\)"):
        RunFolder(tmp_path).create(RECIPE)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_history_is_kept_where_a_run_breaks_off(tmp_path: Path) -> None:
    class Break(Hook):
        def after_step(self, run: Run) -> None:
            if run.step == 4:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(GAN(SMALL), Gaussian(2.0, 1.0), hooks=[Ledger(tmp_path / "history.csv"), Break()])
    lines = (tmp_path / "history.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines] == ["step", "1", "2", "3", "4"]


def test_the_history_is_written_while_a_long_run_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    rows: list[int] = []

    class Count(Hook):
        def after_step(self, run: Run) -> None:
            rows.append(len(path.read_text().splitlines()) - 1 if path.exists() else 0)

    fit(GAN(SMALL), Gaussian(2.0, 1.0), hooks=[Ledger(path, every=2), Count()])
    assert rows == [0, 2, 2, 4, 4, 4]
    assert len(path.read_text().splitlines()) == 7


def test_a_missing_run_and_a_run_without_weights_are_told_apart(
    run: RunFolder, tmp_path: Path
) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"there is no run at .*elsewhere: it has no config\.json"
    ):
        RunFolder(tmp_path / "elsewhere").load()
    run.weights.unlink()
    with pytest.raises(
        FileNotFoundError, match=r"no .*final\.safetensors: the run did not reach its end"
    ):
        run.load()


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "3", '{"model": "gan"}', "model=dcgan", "\x00\xff"]
)
def test_a_damaged_config_is_named(run: RunFolder, content: str) -> None:
    run.config.write_text(content, encoding="latin-1")
    with pytest.raises(ValueError, match=r"config\.json is damaged or not that of a run"):
        run.load()


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("model", "gun", r"config\.json .*there is no model 'gun' .*did you mean 'gan'"),
        ("config", {"width": 3}, r"config\.json .*GANConfig has no field 'width'"),
        ("config", [1], r"config\.json is damaged"),
        (
            "config",
            CONFIG | {"hidden": "wide"},
            r"config\.json .*: hidden must be a tuple of values",
        ),
        (
            "config",
            CONFIG | {"hidden": [60000] * 5},
            r"this machine's cpu has .* GiB: make the net",
        ),
        (
            "config",
            CONFIG | {"batch_size": 0},
            r"config\.json is damaged or not that of a run: batch_size must be a whole number",
        ),
    ],
)
def test_a_config_of_no_model_is_named(
    run: RunFolder, key: str, value: object, sentence: str
) -> None:
    run.config.write_text(json.dumps(json.loads(run.config.read_text()) | {key: value}))
    with pytest.raises(ValueError, match=sentence):
        run.load()


@pytest.mark.parametrize("damage", ["empty", "cut", "text"])
def test_damaged_weights_are_named(run: RunFolder, damage: str) -> None:
    whole = run.weights.read_bytes()
    run.weights.write_bytes(
        {"empty": b"", "cut": whole[: len(whole) // 2], "text": b"no weights at all"}[damage]
    )
    with pytest.raises(ValueError, match=r"final\.safetensors is damaged"):
        run.load()


def test_weights_of_another_model_are_named(run: RunFolder) -> None:
    run.write_weights(GAN(replace(SMALL, hidden=(5,))), "gan")
    with pytest.raises(
        ValueError,
        match=r"final\.safetensors: these weights belong to another model or configuration than "
        r"this GAN",
    ):
        run.load()


def test_the_first_samples_of_a_seed_are_the_same_however_many_are_drawn() -> None:
    model = GAN(SMALL)
    many = draw(model, 2 * CHUNK + 1, seed=7)
    assert many.shape == (2 * CHUNK + 1, 1)
    assert torch.equal(draw(model, 3, seed=7), many[:3])
    assert not torch.equal(draw(model, 3, seed=8), many[:3])
    assert not torch.equal(many[:CHUNK], many[CHUNK : 2 * CHUNK])


def test_drawing_says_how_far_it_is() -> None:
    told: list[int] = []
    draw(GAN(SMALL), 2 * CHUNK + 1, 7, told.append)
    assert told == [CHUNK, 2 * CHUNK, 2 * CHUNK + 1]


def test_drawing_leaves_the_random_state_and_the_mode_alone() -> None:
    model = GAN(SMALL)
    model.train()
    before = torch.get_rng_state()
    draw(model, 3, seed=7)
    assert torch.equal(torch.get_rng_state(), before)
    assert model.generator.training


def test_images_become_bytes_with_the_ends_of_the_range_at_0_and_255(tmp_path: Path) -> None:
    grey = torch.tensor([-1.0, 0.0, 1.0, 2.0]).reshape(1, 1, 2, 2)
    assert to_bytes(grey).tolist() == [[[0, 128], [255, 255]]]
    colour = torch.stack([torch.full((2, 5), value) for value in (-1.0, 0.0, 1.0)])[None]
    assert to_bytes(colour).shape == (1, 2, 5, 3)
    assert to_bytes(colour)[0, 1, 4].tolist() == [0, 128, 255]
    IMAGES.write(tmp_path / "x.npz", colour, None)
    with np.load(tmp_path / "x.npz") as archive:
        assert archive.files == ["images"]
        assert archive["images"].dtype == np.uint8


def test_points_are_written_as_they_are(tmp_path: Path) -> None:
    points = torch.randn(4, 1)
    LINE.write(tmp_path / "x.npz", points, None)
    with np.load(tmp_path / "x.npz") as archive:
        assert archive.files == ["samples"]
        assert np.array_equal(archive["samples"], points.numpy())


@pytest.mark.parametrize("name", ["gaussian", "mixture", "grid", "ring", "digits"])
def test_samples_of_all_data_can_be_a_picture(tmp_path: Path, name: str) -> None:
    data = load(name)
    data.modality.write(tmp_path / "x.png", data.batch(0, 50, seed=0).x, data)
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")


def test_a_picture_of_too_many_images_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a picture shows at most 1000 images, got n = 1001"):
        IMAGES.write(tmp_path / "x.png", torch.zeros(1001, 1, 28, 28), load("digits"))
    assert not list(tmp_path.iterdir())


def test_what_interrupts_a_write_leaves_the_old_file_and_no_part(tmp_path: Path) -> None:
    write_atomically(tmp_path / "x", "old")

    def interrupted() -> None:
        with replacing(tmp_path / "x") as temporary:
            temporary.write_text("ne")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    assert (tmp_path / "x").read_text() == "old"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(
        PermissionError,
        match=r"the folder .*file.run cannot be written \(Not a directory\): choose another with "
        r"--out",
    ):
        writable_folder(tmp_path / "file" / "run")


def test_several_gpus_can_normalise_the_whole_batch_and_the_weights_draw_on_a_cpu_too() -> None:
    config = plain(DCGANConfig(width=2, batch_size=4, steps=2))
    recipe = Recipe("dcgan", config, "digits", "packaged", 3, "lesson", "cpu")
    plainly, together = recipe.build(), replace(recipe, sync_batch_norm=True).build()
    kinds = {
        type(module) for network in together.networks().values() for module in network.modules()
    }
    assert nn.SyncBatchNorm in kinds
    assert nn.BatchNorm2d not in kinds
    learning = {id(p) for group in together.optimizer_g.param_groups for p in group["params"]}
    assert learning == {id(p) for p in together.generator.parameters()}, (
        "the optimiser moves other weights than the network's"
    )
    assert torch.equal(draw(together, 3, seed=1), draw(plainly, 3, seed=1))

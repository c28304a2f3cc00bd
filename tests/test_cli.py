"""What the commands write, and what they say to bad input."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import numpy as np
import pytest
import torch

import gan_course.metrics
from gan_course import __version__
from gan_course.cli import app
from gan_course.commands import paths
from gan_course.data import digits
from gan_course.doctor import installation
from gan_course.models import GAN
from gan_course.training.checkpoint import checkpoints, read_checkpoint
from tests.command import Command, Outcome

RUN_FILES = {
    "config.json",
    "history.csv",
    "checkpoints",
    "final.safetensors",
    "samples.png",
    "sessions.json",
    "tensorboard",
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Two runs of each model, of a few steps, by the same commands."""
    root = tmp_path_factory.mktemp("runs")
    for name in ("a", "b"):
        for model, steps in (("gan", 12), ("dcgan", 2)):
            with pytest.raises(SystemExit) as leaving:
                app(
                    [
                        "train",
                        model,
                        "--steps",
                        str(steps),
                        "--seed",
                        "3",
                        "--out",
                        str(root / model / name),
                    ]
                )
            assert leaving.value.code == 0
    return root


def test_help_and_version_answer_without_loading_pytorch() -> None:
    code = (
        "import sys, gan_course.cli; print([name for name in ('torch', 'rich', 'matplotlib') "
        "if "
        "name in sys.modules])"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "[]"
    )


def test_the_version_is_the_packages(course: Command) -> None:
    assert course("--version") == Outcome(0, f"gan-course {__version__}\n", "")


@pytest.mark.parametrize("name", ["list", "doctor", "run", "train", "runs", "sample", "verify"])
def test_every_command_explains_itself_by_examples(course: Command, name: str) -> None:
    outcome = course(name, "--help")
    assert outcome.code == 0
    assert f"\n    gan-course {name}" in outcome.out.split("Example")[1]


def test_the_list_shows_every_lesson_model_and_data_set(course: Command) -> None:
    outcome = course("list")
    assert outcome.code == 0
    for word in (
        "01",
        "The game, on a line",
        "02",
        "Digits from noise",
        "dcgan",
        "60,000 steps",
        "mixture",
        "grid",
        "wgan_gp",
    ):
        assert word in outcome.out


@pytest.mark.parametrize("model", ["gan", "dcgan"])
def test_a_run_folder_holds_the_run(trained: Path, model: str) -> None:
    folder = trained / model / "a"
    steps = {"gan": 12, "dcgan": 2}[model]
    assert {path.name for path in folder.iterdir()} == RUN_FILES
    assert len((folder / "history.csv").read_text().splitlines()) == steps + 1
    (newest,) = checkpoints(folder / "checkpoints")
    assert read_checkpoint(newest).step == steps
    assert read_checkpoint(newest).config["steps"] == steps
    assert (folder / "samples.png").read_bytes().startswith(b"\x89PNG")
    umask_allows_others = (folder / "config.json").stat().st_mode & 0o044
    assert (folder / "final.safetensors").stat().st_mode & 0o044 == umask_allows_others


@pytest.mark.parametrize("name", ["final.safetensors", "history.csv", "samples.png", "config.json"])
@pytest.mark.parametrize("model", ["gan", "dcgan"])
def test_the_same_command_gives_the_same_bytes(trained: Path, model: str, name: str) -> None:
    assert (trained / model / "a" / name).read_bytes() == (
        trained / model / "b" / name
    ).read_bytes()


def test_another_seed_gives_other_weights(course: Command, trained: Path, tmp_path: Path) -> None:
    assert course("train", "gan", "--steps", 12, "--seed", 4, "--out", tmp_path / "c").code == 0
    assert (tmp_path / "c" / "final.safetensors").read_bytes() != (
        trained / "gan" / "a" / "final.safetensors"
    ).read_bytes()


def test_other_data_change_the_models_shape(course: Command, tmp_path: Path) -> None:
    assert course("train", "gan", "--data", "digits", "--steps", 1, "--out", "a").code == 0
    assert course("sample", "a", "--n", 3, "--out", "x.npz").code == 0
    with np.load(tmp_path / "x.npz") as archive:
        assert archive["images"].shape == (3, 28, 28)


@pytest.mark.parametrize(
    ("model", "data"), [("wgan_gp", "grid"), ("wgan", "ring"), ("gan", "grid")]
)
def test_points_in_the_plane_are_trained_on_sampled_and_examined(
    course: Command, tmp_path: Path, model: str, data: str
) -> None:
    best = ("--best-by", "wasserstein", "--checkpoint-every", 2)
    assert course("train", model, "--data", data, "--steps", 3, "--out", "a", *best).code == 0
    assert course("sample", "a", "--n", 7, "--checkpoint", "best", "--out", "x.npz").code == 0
    with np.load(tmp_path / "x.npz") as archive:
        assert archive["samples"].shape == (7, 2)
    assert course("sample", "a", "--n", 300, "--out", "x.png").code == 0
    outcome = course("doctor", "a")
    assert outcome.code == 0
    assert "variety" in outcome.out
    assert f"{model} on {data}" in outcome.out


def test_runs_without_a_name_get_the_first_free_folder(course: Command, tmp_path: Path) -> None:
    for _ in range(2):
        assert course("train", "gan", "--steps", 1).code == 0
    assert {path.name for path in (tmp_path / "runs").iterdir()} == {"gan-1", "gan-2"}


@pytest.mark.parametrize("model", ["gan", "dcgan"])
def test_samples_are_decided_by_their_seed(
    course: Command, trained: Path, tmp_path: Path, model: str
) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        assert (
            course(
                "sample", trained / model / "a", "--n", 5, "--seed", seed, "--out", f"{name}.npz"
            ).code
            == 0
        )
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    if model == "gan":  # after two steps a DCGAN's pictures are still grey, whatever the noise
        assert (tmp_path / "a.npz").read_bytes() != (tmp_path / "c.npz").read_bytes()


def test_images_are_sampled_as_bytes(course: Command, trained: Path, tmp_path: Path) -> None:
    assert course("sample", trained / "dcgan" / "a", "--n", 5, "--out", "x.npz").code == 0
    with np.load(tmp_path / "x.npz") as archive:
        assert archive["images"].shape == (5, 28, 28)
        assert archive["images"].dtype == np.uint8


@pytest.mark.parametrize("model", ["gan", "dcgan"])
def test_samples_can_be_a_picture(
    course: Command, trained: Path, tmp_path: Path, model: str
) -> None:
    assert course("sample", trained / model / "a", "--n", 12, "--out", "new/x.png").code == 0
    assert (tmp_path / "new" / "x.png").read_bytes().startswith(b"\x89PNG")


def test_points_are_sampled_as_float32(course: Command, trained: Path, tmp_path: Path) -> None:
    assert course("sample", trained / "gan" / "a", "--n", 7, "--out", "x.npz").code == 0
    with np.load(tmp_path / "x.npz") as archive:
        assert archive["samples"].shape == (7, 1)
        assert archive["samples"].dtype == np.float32


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["train", "dcgan", "--steps", "0"], "steps must be at least 1, got 0"),
        (["train", "gan", "--checkpoint-every", "0"], "checkpoint-every must be at least 1, got 0"),
        (["train", "dcgn"], "did you mean 'dcgan'"),
        (["train", "gan", "--data", "digit"], "did you mean 'digits'"),
        (["train", "gan", "--profile", "ful"], "did you mean 'full'"),
        (["train", "gan", "--source", "ful"], "did you mean 'full'"),
        (["train", "gan", "--source", "full"], "'gaussian' has no larger original"),
        (["train", "gan", "--accelerator", "cuba"], "did you mean 'cuda'"),
        (["train", "gan", "--devices", "0"], "devices must be at least 1, got 0"),
        (
            ["train", "gan", "--devices", "3"],
            (
                "a batch of 512 cannot be shared evenly by 3 processes: choose a number that "
                "divides "
                "512"
            ),
        ),
        (
            ["train", "gan", "--precision", "fp16"],
            "there is no precision 'fp16' (did you mean 'bf16'?)",
        ),
        (
            ["train", "gan", "--accelerator", "cpu", "--sync-batch-norm"],
            "--sync-batch-norm needs GPUs, and the accelerator is cpu",
        ),
        (["train", "gan", "--keep", "0"], "keep must be at least 1, got 0"),
        (
            ["train", "gan", "--checkpoint-every", "-5"],
            "checkpoint-every must be at least 1, got -5",
        ),
        (
            ["train", "gan", "--best-by", "fréchet"],
            "there is no score 'fréchet'; known are wasserstein, for points on a line",
        ),
        (
            ["train", "gan", "--best-by", "frechet"],
            "there is no score 'frechet'; known are wasserstein, for points on a line",
        ),
        (["train", "gan", "--resume"], "--resume goes on with the run in --out: name its folder"),
        (
            ["sample", "RUN", "--checkpoint", "7", "--out", "x.npz"],
            "has no checkpoint '7'; it has 2",
        ),
        (["sample", "RUN", "--accelerator", "cuba", "--out", "x.npz"], "did you mean 'cuda'"),
        (
            ["train", "gan", "--seed", "-1"],
            "seed must be a whole number from 0 to 2^32 - 1, got -1",
        ),
        (
            ["train", "gan", "--seed", str(2**32)],
            "seed must be a whole number from 0 to 2^32 - 1, got 4294967296",
        ),
        (
            ["train", "dcgan", "--data", "gaussian"],
            "a DCGAN learns images, the data are points on a line",
        ),
        (
            ["train", "gan", "--steps", "1", "--out", "file/run"],
            "the folder file/run cannot be written (Not a directory): choose another with --out",
        ),
        (["sample", "nowhere", "--out", "x.npz"], "there is no run at nowhere"),
        (["sample", "file", "--out", "x.npz"], "there is no run at file"),
        (
            ["sample", "RUN", "--out", "x.txt"],
            "images are written as .npz or .png, got --out x.txt",
        ),
        (["sample", "RUN", "--n", "0", "--out", "x.npz"], "n must be at least 1, got 0"),
        (["sample", "RUN", "--seed", "-1", "--out", "x.npz"], "seed must be"),
        (["sample", "RUN", "--out", "file/x.npz"], "the folder file cannot be written"),
        (["sample", "RUN", "--n", "1001", "--out", "x.png"], "a picture shows at most 1000 images"),
        (["run", "9"], "there is no lesson '9'"),
        (["run", "02_dcgn"], "did you mean '02_dcgan'"),
        (["verify", "9"], "there is no lesson '9'"),
    ],
)
def test_bad_input_gets_one_sentence_and_leaves_nothing(
    course: Command, trained: Path, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    (tmp_path / "file").touch()
    outcome = course(*[trained / "dcgan" / "a" if word == "RUN" else word for word in arguments])
    assert outcome.code == 2
    assert outcome.err.startswith("gan-course: ")
    assert outcome.err.count("\n") == 1
    assert sentence in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_device_that_is_not_there_is_refused(
    course: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    outcome = course("train", "gan", "--accelerator", "cuda")
    assert (outcome.code, outcome.err) == (
        2,
        (
            "gan-course: this machine or this PyTorch has no cuda device: use --accelerator cpu, "
            "or "
            "auto\n"
        ),
    )


def test_a_folder_that_holds_a_run_is_refused_and_left_alone(
    course: Command, trained: Path
) -> None:
    folder = trained / "gan" / "a"
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    outcome = course("train", "gan", "--steps", 1, "--out", folder)
    assert outcome.code == 2
    assert "holds a run already (config.json)" in outcome.err
    assert {path: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


def test_damaged_weights_are_named_without_a_traceback(course: Command, tmp_path: Path) -> None:
    course("train", "gan", "--steps", 1, "--out", "a")
    (tmp_path / "a" / "final.safetensors").write_bytes(b"damaged")
    outcome = course("sample", "a", "--out", "x.npz")
    assert outcome.code == 2
    assert outcome.err.startswith("gan-course: a/final.safetensors is damaged")
    assert not (tmp_path / "x.npz").exists()


def breaking_at(step: int, error: BaseException) -> Callable[..., dict[str, torch.Tensor]]:
    """`GAN.step` that raises `error` in the given step."""
    original, done = GAN.step, [0]

    def take(self: GAN, batch: object) -> dict[str, torch.Tensor]:
        done[0] += 1
        if done[0] == step:
            raise error
        return original(self, batch)  # type: ignore[arg-type]

    return take


def test_ctrl_c_keeps_the_history_and_the_checkpoint_and_says_so(
    course: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GAN, "step", breaking_at(6, KeyboardInterrupt()))
    outcome = course("train", "gan", "--steps", 9, "--checkpoint-every", 2, "--out", "a")
    assert outcome.code == 130
    assert outcome.err.endswith(
        "gan-course: stopped; the newest checkpoint is a/checkpoints/step-000000004.pt; go on "
        "with: gan-course train gan --out a --resume\n"
    )
    assert len((tmp_path / "a" / "history.csv").read_text().splitlines()) == 6
    outcome = course("sample", "a", "--out", "x.npz")
    assert (outcome.code, "did not reach its end" in outcome.err) == (2, True)


def test_a_fault_keeps_its_traceback(course: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*_: object) -> None:
        np.zeros(3).reshape(2, 2)

    monkeypatch.setattr(GAN, "step", fault)
    with pytest.raises(ValueError, match="cannot reshape"):
        app(["train", "gan", "--steps", "1"])


def test_a_full_disk_is_said_in_a_sentence(
    course: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        GAN, "step", breaking_at(1, OSError(28, "No space left on device", "a/checkpoints/x"))
    )
    outcome = course("train", "gan", "--steps", 1, "--out", "a")
    assert outcome.code == 2
    assert outcome.err.endswith(
        "gan-course: a/checkpoints/x: No space left on device; there is no checkpoint yet; then go "
        "on with: gan-course train gan --out a --resume\n"
    )


def test_the_doctor_finds_this_installation_usable(course: Command) -> None:
    outcome = course("doctor")
    assert outcome.code == 0, outcome.out
    for word in (
        "Python",
        "device",
        "threads",
        "lessons",
        "digits",
        "checksum right",
        "judge",
        "cache",
        "The course can be used.",
    ):
        assert word in outcome.out


def test_the_doctor_says_what_to_do_about_damaged_digits(
    course: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged() -> None:
        raise ValueError("mnist_10k.npz is damaged: its sha256 is wrong")

    monkeypatch.setattr(digits, "packaged_digits", damaged)
    outcome = course("doctor")
    assert outcome.code == 1
    assert "MISSING  digits" in outcome.out
    assert "mnist_10k.npz is damaged" in outcome.out
    assert "→ restore the package's files: in a clone, git checkout -- gan_course" in outcome.out


def test_the_doctor_says_what_to_do_about_a_broken_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise FileNotFoundError("judge.safetensors")

    monkeypatch.setattr(gan_course.metrics, "judge", broken)
    (finding,) = installation.judge()
    assert (finding.state, "judge.safetensors" in finding.detail, bool(finding.remedy)) == (
        "missing",
        True,
        True,
    )


def test_the_doctor_tells_missing_and_old_packages_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == "absent":
            raise PackageNotFoundError(name)
        return "1.5"

    monkeypatch.setattr(
        installation,
        "requires",
        lambda _: [
            "here>=1",
            "old>=2",
            "absent",
            "jupyterlab>=1; extra == 'learn'",
            "absent; extra == 'learn'",
            "old; extra == 'grading'",
        ],
    )
    monkeypatch.setattr(installation, "version", version)
    core = list(installation.packages("library", "", "pip"))
    learner = list(installation.packages("learner's extra", "learn", "pip"))
    assert [(finding.state, finding.detail) for finding in core] == [
        ("ok", "here 1.5"),
        ("missing", "old is 1.5, expected >=2; absent is not installed"),
    ]
    assert [(finding.state, finding.detail) for finding in learner] == [
        ("ok", "jupyterlab 1.5"),
        ("advice", "absent is not installed"),
    ]


@pytest.mark.parametrize(
    ("threads", "cores", "state"),
    [(1, 2, "ok"), (2, 2, "advice"), (4, 4, "advice"), (16, 32, "ok")],
)
def test_the_doctor_warns_of_several_threads_on_a_small_machine(
    monkeypatch: pytest.MonkeyPatch, threads: int, cores: int, state: str
) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    (finding,) = installation.threads()
    assert (finding.state, "OMP_NUM_THREADS=1" in finding.remedy) == (state, state == "advice")


def test_the_doctor_says_where_lessons_come_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(paths, "CLONE", tmp_path)
    (finding,) = installation.lessons(paths.chapters())
    assert (finding.state, finding.remedy.startswith("git clone https://github.com/")) == (
        "advice",
        True,
    )


def test_the_doctor_says_when_the_cache_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr("platformdirs.user_cache_path", lambda _: tmp_path / "file" / "gan_course")
    (finding,) = installation.cache()
    assert (finding.state, finding.detail) == ("advice", f"{tmp_path / 'file'} cannot be written")


def test_a_lesson_that_is_not_on_this_machine_says_where_to_get_it(
    course: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "CLONE", tmp_path)
    outcome = course("run", "02")
    assert outcome.code == 2
    assert "git clone https://github.com/" in outcome.err
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "01_gaussian_gan.py").touch()
    outcome = course("verify", "02")
    assert outcome.code == 2
    assert "update your clone" in outcome.err


def test_a_folder_of_chapters_that_are_no_lessons_does_not_hide_the_clones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "clone" / "chapters").mkdir(parents=True)
    (tmp_path / "clone" / "chapters" / "01_gaussian_gan.py").touch()
    monkeypatch.setattr(paths, "CLONE", tmp_path / "clone")
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "one.tex").touch()
    monkeypatch.chdir(tmp_path)
    assert paths.chapters() == tmp_path / "clone" / "chapters"

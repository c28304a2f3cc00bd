"""What the commands say to bad input."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import Command


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
                "a batch of 512 cannot be shared evenly by 3 processes: "
                "choose a number that divides 512"
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
            ["train", "dcgan", "--set", "batch_size=9000"],
            "batch_size must be at most 8000 for these data, got 9000",
        ),
        (
            ["train", "wgan_gp", "--data", "digits", "--set", "batch_size=5000"],
            "batch_size must be at most 4000 for these data, got 5000: a step takes 10000 samples",
        ),
        (["train", "cgan", "--set", "classes=5"], "classes is not set by --set: it is that of the"),
        (
            ["train", "gan", "--set", "hidden=60000,60000,60000"],
            "GiB of memory at the least, and this machine's cpu has",
        ),
        (
            ["train", "gan", "--set", "batch_size=99999999999"],
            "batch_size must be a whole number from 1 to 65,536, got 99999999999; write for",
        ),
        (["train", "gan", "--steps", "9999999999"], "steps must be a whole number from 1 to"),
        (["train", "gan", "--out", ""], "an empty text for --out is no value"),
        (["train", "gan", "--data="], "an empty text for --data is no value"),
        (["train", "gan", "--data", " "], "an empty text for --data is no value"),
        (["run", ""], "an empty text is no value: write one, or leave it out"),
        (["sample", "RUN", "--given", "label=1_0", "--out", "x.npz"], "dcgan takes no condition"),
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
            "images are written as .npz or .png, how they changed as .gif, got --out x.txt",
        ),
        (["sample", "RUN", "--n", "0", "--out", "x.npz"], "n must be at least 1, got 0"),
        (["sample", "RUN", "--seed", "-1", "--out", "x.npz"], "seed must be"),
        (["sample", "RUN", "--out", "file/x.npz"], "the folder file cannot be written"),
        (["sample", "RUN", "--n", "1001", "--out", "x.png"], "a picture shows at most 1000 images"),
        (["run", "99"], "there is no lesson '99'"),
        (["run", "02_dcgn"], "did you mean '02_dcgan'"),
        (["verify", "99"], "there is no lesson '99'"),
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

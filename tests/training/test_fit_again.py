"""One model trained twice, and two models trained at once."""

from __future__ import annotations

import threading
import warnings
from pathlib import Path

import pytest
import torch

from gan_course.models import GAN
from gan_course.training import History, Hook, Run, fit
from gan_course.training.checkpoint import Checkpoints
from tests.training.short_runs import DATA, SMALL, same, trained


def test_a_model_that_is_trained_again_learns_on_and_it_is_said() -> None:
    torch.manual_seed(0)
    model, once = GAN(SMALL), GAN(SMALL)
    once.load_weights(model.weights())
    fit(model, DATA, steps=5, seed=1)
    before = {key: tensor.clone() for key, tensor in model.weights().items()}
    with pytest.warns(UserWarning, match="this GAN has been trained before, and learns on") as told:
        again = fit(model, DATA, steps=5, seed=1)
    assert Path(told[0].filename) == Path(__file__)
    assert again.steps == range(1, 6)
    assert not same(before, model.weights())
    fit(once, DATA, steps=5, seed=1)
    assert same(before, once.weights()), "the first five steps are those of any first fit"


def test_a_new_model_and_one_that_goes_on_from_a_checkpoint_are_trained_without_a_word(
    tmp_path: Path,
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model, _ = trained(Checkpoints(tmp_path, every=4, keep=9))
        fit(model, DATA, seed=1, checkpoint=tmp_path / "step-000000004.pt")


class Meanwhile(Hook):
    """Trains another model after the third step."""

    def __init__(self, in_a_thread: bool) -> None:
        self.in_a_thread = in_a_thread
        self.model = GAN(SMALL)
        self.said: list[str] = []
        self.histories: list[History] = []

    def after_step(self, run: Run) -> None:
        if run.step == 3 and self.in_a_thread:
            thread = threading.Thread(target=self.train)
            thread.start()
            thread.join()
        elif run.step == 3:
            with run.model.evaluating():
                self.train()

    def train(self) -> None:
        try:
            with torch.enable_grad():
                self.histories.append(fit(self.model, DATA, steps=2))
        except RuntimeError as error:
            self.said.append(str(error))


def test_a_second_thread_that_trains_is_refused_and_the_first_run_is_not_disturbed() -> None:
    alone, _ = trained()
    meanwhile = Meanwhile(in_a_thread=True)
    model, _ = trained(meanwhile)
    (said,) = meanwhile.said
    assert said.startswith("another thread of this process is training")
    assert same(model.weights(), alone.weights())
    thread = threading.Thread(target=meanwhile.train)
    thread.start()
    thread.join()
    assert [len(history) for history in meanwhile.histories] == [2], "the next may train"


def test_a_hook_may_train_a_model_of_its_own() -> None:
    alone, _ = trained()
    meanwhile = Meanwhile(in_a_thread=False)
    model, _ = trained(meanwhile)
    assert [len(history) for history in meanwhile.histories] == [2]
    assert same(model.weights(), alone.weights())

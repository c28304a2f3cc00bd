"""A contract that cannot fail proves nothing: for each, models that break it in the ways that
models are broken."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from gan_course.models import GAN
from tests.contracts import broken_models as broken
from tests.contracts import promises
from tests.contracts.broken_models import CONFIG, Honest

# What is promised, the models that break it, and what is said of each.
BROKEN: dict[Callable[[promises.Build], None], dict[type[GAN], str]] = {
    promises.a_step_records_detached_scalars_and_samples_have_the_shape: {
        broken.RecordsGraphs: "generator is still tied to its graph",
        broken.RecordsVectors: "generator is no scalar",
        broken.RecordsFloats: "generator is no tensor",
        broken.DrawsTheWrongShape: r"\[3, 1\]",
    },
    promises.each_method_moves_what_it_declares_and_nothing_else: {
        broken.DiscriminatorTeachesTheGenerator: "discriminator_step changed generator",
        broken.DiscriminatorMovesTheGenerator: "discriminator_step changed generator",
        broken.GeneratorDoesNotFreeze: "generator_step changed discriminator",
        broken.GeneratorNeverLearns: "generator_step changed nothing of generator",
        broken.DescendsOutsideItsMoves: "a descent lies outside every method",
        broken.HasAnIdleOptimizer: "optimizer_idle never descends",
    },
    promises.a_fixed_network_never_learns: {
        broken.MovesWhatIsFixed: "an optimiser moves discriminator",
        broken.LeavesWhatIsFixedOpen: "ruler takes gradients",
    },
    promises.what_is_declared_is_there: {
        broken.NamesAColumnThatIsNotThere: "is not recorded so",
        broken.NamesAFieldThatIsNotThere: "no field is called lr_x",
        broken.NamesTheOptimizerOfAnother: "optimizer_d does not learn at lr_g",
        broken.TurnsImagesIntoOthersOfAnotherShape: "turn",
        broken.HasALatentSpaceOfAnotherShape: "a latent vector gives another shape",
        broken.DrawsMoreThanItsLatentVectorSays: "a latent vector is not all it draws by",
        broken.DrawsASampleByItsNeighbours: "a sample depends on its neighbours",
        broken.KnowsClassesThatNobodyCanAskFor: "nobody can ask for its classes",
    },
    promises.a_run_is_a_function_of_its_seed: {
        broken.HasNoiseOfItsOwn: "two runs with one seed differ",
        broken.IgnoresItsSeed: "the seed changes nothing",
    },
    promises.a_loaded_model_goes_on_bit_for_bit: {
        broken.CountsOutsideItsState: "a resumed run ends elsewhere",
        broken.KeepsAPoolOutsideItsState: "a resumed run ends elsewhere",
        broken.HasABufferThatIsNotSaved: "a resumed run ends elsewhere",
        broken.HasAGeneratorThatIsNotSaved: "a resumed run ends elsewhere",
        broken.ForgetsItsAverage: "draws other samples",
        broken.ForgetsItsSchedules: "a resumed run ends elsewhere",
    },
    promises.all_that_a_step_changes_is_in_the_state: {
        broken.CountsOutsideItsState: r"\['model.count'\]",
        broken.KeepsAPoolOutsideItsState: r"\['model.pool'\]",
        broken.HasABufferThatIsNotSaved: r"\['model.discriminator.scale'\]",
        broken.HasAGeneratorThatIsNotSaved: r"\['model.random'\]",
    },
    promises.weights_are_all_that_sampling_needs: {
        broken.SamplesWithMoreThanItsWeights: "the same weights draw other samples"
    },
    promises.a_look_leaves_no_trace: {
        broken.LooksInTrainingMode: "a look is taken in training mode",
        broken.LooksWithoutPuttingBack: "a look changed a mode",
        broken.LooksWithTheRunsRandomNumbers: "a look drew from the run's random numbers",
    },
    promises.watching_a_run_does_not_change_it: {
        broken.LooksWithTheRunsRandomNumbers: "a watched run ends elsewhere"
    },
    promises.a_step_stays_on_the_device: {
        broken.DrawsNoiseOnTheCPU: r"randn.* returned a tensor on cpu, the model is on meta",
        broken.MixesInAConstantFromTheCPU: r"eye.* returned a tensor on cpu, the model is on meta",
        broken.WaitsForTheDevice: "meta tensor",
        broken.CopiesToTheCPU: "meta tensor",
        broken.BranchesOnALoss: "meta tensor",
    },
    promises.a_step_runs_in_bf16: {
        broken.NeedsFloat32: "same dtype",
        broken.OverflowsInBF16: "score_real is .* in bf16",
    },
}


@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")
@pytest.mark.parametrize(
    ("promise", "kind", "said"),
    [(promise, *case) for promise, cases in BROKEN.items() for case in cases.items()],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_model_that_breaks_a_promise_is_caught(
    promise: Callable[[promises.Build], None], kind: type[GAN], said: str
) -> None:
    promise(lambda: Honest(CONFIG))
    with pytest.raises((AssertionError, RuntimeError, KeyError), match=said):
        promise(lambda: kind(CONFIG))


def test_meta_alone_would_let_a_tensor_from_the_cpu_into_a_product() -> None:
    with torch.device("meta"):
        model = broken.MixesInAConstantFromTheCPU(CONFIG)
    assert model.sample(3).device.type == "meta"


def test_every_promise_has_a_model_that_breaks_it() -> None:
    kept = {
        name
        for name, thing in vars(promises).items()
        if getattr(thing, "__annotations__", {}).get("build") == "Build" and name != "seeded"
    }
    assert kept == {promise.__name__ for promise in BROKEN}

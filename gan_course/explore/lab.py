"""What every laboratory is: the game between a copy of a model and its data, one move at a time,
forwards and back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

import torch
from torch import Tensor
from torch.optim import Optimizer

from gan_course.data import Distribution, PlaneMixture, random_generator
from gan_course.errors import expect_positive
from gan_course.explore.picture import Picture
from gan_course.models import GAN, WGAN, WGANGP
from gan_course.random_state import random_state_from

if TYPE_CHECKING:
    import ipywidgets

UNDO = 100  # calls that `back` can take back

# Last parts of the keys of random numbers; the data's own keys have two parts, which is the same as
# a last part of 0.
FOR_MOVES, FOR_PICTURES, FOR_STEPS = 1, 2, 3

M = TypeVar("M", bound=GAN | WGAN | WGANGP)
D = TypeVar("D", bound=Distribution | PlaneMixture)


class Moment(NamedTuple):
    """All that a lab's future depends on."""

    state: dict[str, dict[str, Any]]
    opponent_steps: int
    generator_steps: int


class Lab(ABC, Generic[M, D]):
    """Plays the game between a copy of `model` and `data`, step by step; `model` itself is never
    changed, nor is any global random state.

    The generator's opponent is a discriminator or a critic. Move number i sees a batch and noise
    that are functions of (seed, i), so the same moves always lead to the same picture. Learning
    rates are the configuration's throughout: a lab has no last step that they could fall towards.
    `averaged` chooses which generator is shown, the live one or its moving average. `shown` samples
    are behind each picture.
    """

    def __init__(self, model: M, data: D, seed: int, shown: int) -> None:
        # Built anew, not deep-copied: gradients and the schedules' hold on the optimisers stay
        # behind.
        with (
            torch.random.fork_rng([model.device] if model.device.type == "cuda" else []),
            model.device,
        ):
            self.model = type(model)(model.config)  # type: ignore[arg-type]  # of a model's own kind
        self.model.load_state_dict(deepcopy(model.state_dict()))
        for optimizer, lr in self._learning_rates():
            for group in optimizer.param_groups:
                group["lr"] = lr
        self.data, self.seed, self.averaged = data, seed, False
        self.opponent_steps = self.generator_steps = 0
        self._past: deque[Moment] = deque(maxlen=UNDO)
        self._start = self._moment()
        self._real = data.sample(shown, random_generator(seed, 0, FOR_PICTURES)).to(model.device)
        self._noise = torch.randn(
            shown, model.config.latent_dim, generator=random_generator(seed, 1, FOR_PICTURES)
        ).to(model.device)

    @abstractmethod
    def picture(self) -> Picture:
        """PNG of where the game stands."""

    @abstractmethod
    def alt(self) -> str:
        """The picture in words."""

    @abstractmethod
    def widget(self) -> ipywidgets.Widget:
        """The lab with its controls, for a notebook; needs ipywidgets."""

    @abstractmethod
    def _learning_rates(self) -> list[tuple[Optimizer, float]]:
        """Every optimiser of the lab's model and the rate that its configuration gives it."""

    @abstractmethod
    def _opponent_step(self, real: Tensor, fake: Tensor) -> None:
        """One step of the opponent on `real` and `fake`, both of shape (N, *shape)."""

    @property
    def steps_in_round(self) -> int:
        """Steps of the opponent for one of the generator, in `play`."""
        return 1

    def step_generator(self, steps: int = 1) -> None:
        """Steps of the generator, each on fresh noise."""
        expect_positive("steps", steps)
        self._remember()
        for _ in range(steps):
            self._generator_move()

    def step_opponent(self, steps: int = 1) -> None:
        """Steps of the discriminator or critic, each on a fresh batch."""
        expect_positive("steps", steps)
        self._remember()
        for _ in range(steps):
            self._opponent_move()

    def play(self, rounds: int, watch: Callable[[], None] | None = None, every: int = 10) -> None:
        """`rounds` times the steps of the opponent in a round, then one of the generator.

        `watch` is called after each `every` rounds and the last.
        """
        expect_positive("rounds", rounds)
        expect_positive("every", every)
        self._remember()
        for i in range(1, rounds + 1):
            for _ in range(self.steps_in_round):
                self._opponent_move()
            self._generator_move()
            if watch is not None and (i % every == 0 or i == rounds):
                watch()

    def back(self) -> None:
        """Take back the last call of a step, `play` or `rewind`, up to 100 of them; nothing where
        there is none."""
        if self._past:
            self._return_to(self._past.pop())

    def rewind(self) -> None:
        """Return to where the lab began, exactly: the same moves lead to the same bytes again."""
        self._remember()
        self._return_to(self._start)

    def _shown_samples(self) -> Tensor:
        """What the generator that is shown makes of the noise behind every picture:
        (shown, *shape), on the model's device."""
        samples: Tensor = (self.model.ema if self.averaged else self.model.generator)(self._noise)
        return samples

    def _opponent_move(self) -> None:
        number, size = self._moves, self.model.config.batch_size
        real = self.data.batch(number, size, self.seed).x.to(self.model.device)
        with torch.no_grad():
            fake = self.model.generator(self._fresh_noise(number, size))
        # A step may itself draw, as that of a gradient penalty does: from here it too is a function
        # of (seed, number).
        with random_state_from(
            random_generator(self.seed, number, FOR_STEPS).initial_seed(), self.model.device
        ):
            self._opponent_step(real, fake)
        self.opponent_steps += 1

    def _generator_move(self) -> None:
        fake = self.model.generator(self._fresh_noise(self._moves, self.model.config.batch_size))
        with random_state_from(
            random_generator(self.seed, self._moves, FOR_STEPS).initial_seed(), self.model.device
        ):
            self.model.generator_step(fake)
        self.model.ema.update(self.model.generator)
        self.generator_steps += 1

    @property
    def _moves(self) -> int:
        return self.opponent_steps + self.generator_steps

    def _fresh_noise(self, number: int, size: int) -> Tensor:
        generator = random_generator(self.seed, number, FOR_MOVES)
        return torch.randn(size, self.model.config.latent_dim, generator=generator).to(
            self.model.device
        )

    def _moment(self) -> Moment:
        return Moment(deepcopy(self.model.state_dict()), self.opponent_steps, self.generator_steps)

    def _remember(self) -> None:
        self._past.append(self._moment())

    def _return_to(self, moment: Moment) -> None:
        self.model.load_state_dict(deepcopy(moment.state))
        self.opponent_steps, self.generator_steps = moment.opponent_steps, moment.generator_steps

"""What every laboratory is: the game between a copy of a model and its data, one move at a time,
forwards and back."""

from __future__ import annotations

from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

import torch
from torch import Tensor

from gan_course.data import Distribution, PlaneMixture, random_generator
from gan_course.errors import expect_positive
from gan_course.explore.controls import Button, Control, Fold, Press, Switch, View
from gan_course.explore.explorer import Explorer
from gan_course.explore.picture import Picture
from gan_course.models import GAN, WGAN, WGANGP
from gan_course.models.states import copied
from gan_course.random_state import random_state_from

DIVERGED = "the game has diverged: its numbers are no longer finite, try lower learning rates"
PART = 10  # rounds between two pictures of a long play
UNDO = 100  # calls that `back` can take back

# Last parts of the keys of random numbers; the data's own keys have two parts, which is the same as
# a last part of 0.
FOR_MOVES, FOR_PICTURES, FOR_STEPS = 1, 2, 3

M = TypeVar("M", bound=GAN | WGAN | WGANGP)
D = TypeVar("D", bound=Distribution | PlaneMixture)


class Moment(NamedTuple):
    """All that a lab's future depends on, and the `trail` behind it."""

    model: Any
    state: dict[str, dict[str, Any]]
    opponent_steps: int
    generator_steps: int
    trail: tuple[Any, ...]
    rules: Any = None  # that the model plays by, where they can change


class Lab(Explorer, Generic[M, D]):
    """Plays the game between a copy of `model` and `data`, step by step; `model` itself is never
    changed, nor is any global random state.

    The generator's opponent is a discriminator or a critic. Move number i sees a batch and noise
    that are functions of (seed, i), so the same moves always lead to the same picture. Learning
    rates are the configuration's throughout: a lab has no last step that they could fall towards.
    `averaged` chooses which generator is shown, the live one or its moving average. `shown` samples
    are behind each picture.
    """

    chosen: ClassVar[tuple[str, ...]] = ("averaged",)

    def __init__(self, model: M, data: D, seed: int, shown: int) -> None:
        # Built anew, not deep-copied: gradients and the schedules' hold on the optimisers stay
        # behind.
        with (
            torch.random.fork_rng([model.device] if model.device.type == "cuda" else []),
            model.device,
        ):
            self.model = type(model)(model.config)  # type: ignore[arg-type]  # of a model's own kind
        self.model.load_state_dict(copied(model.state_dict()))
        for player in model.players:
            for group in getattr(self.model, player.optimizer).param_groups:
                group["lr"] = getattr(model.config, player.rate)
        self.data, self.seed, self.averaged = data, seed, False
        self.opponent_steps = self.generator_steps = 0
        self._trail: tuple[Any, ...] = ()  # what a lab notes of its steps, if it does
        self._past: deque[Moment] = deque(maxlen=UNDO)
        self._start = self._moment()
        self._real = self._real_samples(shown, 0, FOR_PICTURES)
        self._noise = torch.randn(
            shown, model.config.latent_dim, generator=random_generator(seed, 1, FOR_PICTURES)
        ).to(model.device)

    @abstractmethod
    def picture(self) -> Picture:
        """SVG of where the game stands."""

    @abstractmethod
    def alt(self) -> str:
        """The picture in words."""

    @abstractmethod
    def _rows(self) -> tuple[tuple[Control, ...], ...]:
        """Rows of its own controls; the buttons of every lab stand at the end of the first."""

    def _folds(self) -> tuple[Fold, ...]:
        """More of its controls, folded away."""
        return ()

    @abstractmethod
    def _presses(self) -> dict[str, Callable[[], None]]:
        """What its own buttons do, by their keys."""

    @abstractmethod
    def _round_in_words(self) -> str:
        """What a round of `play` is."""

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
        with self._move():
            for _ in range(steps):
                self._generator_move()

    def step_opponent(self, steps: int = 1) -> None:
        """Steps of the discriminator or critic, each on a fresh batch."""
        expect_positive("steps", steps)
        with self._move():
            for _ in range(steps):
                self._opponent_move()

    def play(self, rounds: int, watch: Callable[[], None] | None = None, every: int = PART) -> None:
        """`rounds` times the steps of the opponent in a round, then one of the generator.

        `watch` is called after each `every` rounds and the last. After an interrupt the lab stands
        where `watch` saw it last.
        """
        expect_positive("rounds", rounds)
        expect_positive("every", every)
        done = 0
        while done < rounds:
            part = min(every, rounds - done) if watch is not None else rounds
            with self._move(again=done > 0):
                self._rounds(part)
            done += part
            if watch is not None:
                watch()

    def back(self) -> None:
        """Take back the last call of a step, `play` or `rewind`, up to 100 of them; nothing where
        there is none."""
        if self._past:
            self._return_to(self._past.pop())

    def rewind(self) -> None:
        """Return to where the lab began, exactly: the same moves lead to the same bytes again."""
        with self._move():
            self._return_to(self._start)

    def views(self) -> tuple[View, ...]:
        """The one view of the game, with its moves."""
        ending = (
            Button(
                key="play 10", label="Play 10", help=f"ten rounds, each {self._round_in_words()}"
            ),
            Button(
                key="play 100",
                label="Play 100",
                help="a hundred rounds, with a picture every ten; press again to stop",
                times=100 // PART,
            ),
            Button(key="back", label="Back", help="take back what the last button did"),
            Button(key="rewind", label="Rewind", help="back to where the game began"),
            Switch(
                key="averaged",
                label="averaged generator",
                help="show the moving average of the generator",
                value=self.averaged,
            ),
        )
        first, *others = self._rows()
        rows = ((*first, *ending), *others)
        return (View(key="game", title="Game", rows=rows, folds=self._folds()),)

    def pictures(self) -> dict[str, Callable[[Mapping[str, Any]], Picture]]:
        """What draws the one view."""
        return {"game": lambda _: self.picture()}

    def show(self, view: str, values: Mapping[str, Any], press: Press | None = None) -> Picture:
        """As every explorer's; what was chosen holds for the move of `press` too."""
        with self.all_or_nothing():
            self._choose(values)
            return super().show(view, values, press)

    def make(self, press: Press) -> None:
        """The move of a button. A play in parts, which goes on `again`, is one move to `back`."""
        ending = {
            "play 10": lambda: self.play(10),
            "play 100": lambda: self._play_part(again=press.again),
            "back": self.back,
            "rewind": self.rewind,
        }
        (self._presses() | ending)[press.key]()

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """The game too is where it was."""
        past, here = tuple(self._past), self._moment()
        with super().all_or_nothing():
            try:
                yield
            except BaseException:
                self._past = deque(past, maxlen=UNDO)
                self._return_to(here)
                raise

    def explain(self, error: BaseException) -> str:
        """One sentence on what went wrong, and that the move was taken back."""
        return f"{super().explain(error).rstrip('.')}; the move was taken back."

    def _choose(self, values: Mapping[str, Any]) -> None:
        """Take over the values of the controls."""
        self.averaged = values["averaged"]

    def _play_part(self, *, again: bool) -> None:
        with self._move(again=again):
            self._rounds(PART)

    def _shown_samples(self) -> Tensor:
        """What the generator that is shown makes of the noise behind every picture:
        (shown, *shape), on the model's device."""
        samples: Tensor = (self.model.ema if self.averaged else self.model.generator)(self._noise)
        return samples

    def _opponent_move(self) -> None:
        number, size = self._moves, self.model.config.batch_size
        real = self._real_batch(number, size)
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

    def _real_samples(self, n: int, *key: int) -> Tensor:
        """`n` of the data's samples, a function of the seed and `key`: (n, *shape), on the model's
        device."""
        return self.data.sample(n, random_generator(self.seed, *key)).to(self.model.device)

    def _real_batch(self, number: int, size: int) -> Tensor:
        """What the opponent learns from in move `number`: (size, *shape)."""
        return self.data.batch(number, size, self.seed).x.to(self.model.device)

    @property
    def _moves(self) -> int:
        return self.opponent_steps + self.generator_steps

    def _fresh_noise(self, number: int, size: int) -> Tensor:
        generator = random_generator(self.seed, number, FOR_MOVES)
        return torch.randn(size, self.model.config.latent_dim, generator=generator).to(
            self.model.device
        )

    def _moment(self) -> Moment:
        state = copied(self.model.state_dict())
        return Moment(self.model, state, self.opponent_steps, self.generator_steps, self._trail)

    def _rounds(self, rounds: int) -> None:
        for _ in range(rounds):
            for _ in range(self.steps_in_round):
                self._opponent_move()
            self._generator_move()

    @contextmanager
    def _move(self, *, again: bool = False) -> Iterator[None]:
        """One move, which `back` takes back, or more of the last one where it goes on `again`; it
        is made whole or, where it fails or is interrupted, not at all."""
        here = self._moment()
        try:
            yield
        except BaseException:
            self._return_to(here)
            raise
        if not again:
            self._past.append(here)

    def _return_to(self, moment: Moment) -> None:
        self.model = moment.model
        self.model.load_state_dict(copied(moment.state))
        self.opponent_steps, self.generator_steps = moment.opponent_steps, moment.generator_steps
        self._trail = moment.trail

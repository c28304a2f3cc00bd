"""A lab whose rules may change while the game goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from gan_course.data import random_generator
from gan_course.explore.lab import D, Lab, Moment
from gan_course.explore.rules import LAWS, Game, Law, Rules, hand_over, layers, new_model, rules_of
from gan_course.random_state import random_state_from

FOR_NETWORKS, FOR_KEPT, FOR_CHOICE = 4, 5, 6  # last parts of keys of random numbers, as in `Lab`


class RuledLab(Lab[Game, D]):
    """A lab that plays by `rules`, at first those of the model that it is given.

    They are no moves: `back` and `rewind` leave them as they are.
    """

    def __init__(self, model: Game, data: D, seed: int, shown: int) -> None:
        self.rules = self._given = rules_of(model)
        self._config, self.news = model.config, ""
        super().__init__(model, data, seed, shown)

    @property
    def law(self) -> Law:
        """What the two play for now."""
        return LAWS[self.rules.law]

    @property
    def steps_in_round(self) -> int:
        """Steps of the opponent for one of the generator, in `play`."""
        return self.rules.opponent_steps

    def change(self, **rules: Any) -> None:
        """Play on by other rules, fields of `Rules`, such as `change(law="hinge")`.

        The networks stay as they are, and so does what their optimisers remember if the new ones
        are of the same kind. A network of another size is a new one, a function of the seed; `news`
        tells of it.
        """
        rules_now = replace(self.rules, **rules)
        if rules_now == self.rules:
            return
        model = self._new_model(rules_now)
        hand_over(self.model, self.rules, model, rules_now)
        name = LAWS[rules_now.law].opponent
        self.news = " ".join(
            f"Since its step {steps} the {player} is a new network: {layers(now)}."
            for player, steps, before, now in (
                (name, self.opponent_steps, self.rules.opponent, rules_now.opponent),
                ("generator", self.generator_steps, self.rules.generator, rules_now.generator),
            )
            if before != now
        ) or (self.news)
        self.model, self.rules = model, rules_now

    def back(self) -> None:
        rules = self.rules
        super().back()
        self._again_by(rules)

    def rewind(self) -> None:
        rules = self.rules
        super().rewind()
        self._again_by(rules)

    def _again_by(self, rules: Rules) -> None:
        """Play by these from where the game was brought back to."""
        self.news = ""
        self.change(**vars(rules))

    def _begin_by(self, rules: Rules) -> None:
        """A new game, with new networks."""
        self.model, self.rules = self._new_model(rules), rules
        self.opponent_steps = self.generator_steps = 0
        self.news, self._trail = "", ()

    def _new_model(self, rules: Rules) -> Game:
        drawn = random_generator(self.seed, 0, FOR_NETWORKS).initial_seed()
        with random_state_from(drawn, self.model.device), self.model.device:
            return new_model(rules, self._config)

    @property
    def _opponent(self) -> nn.Module:
        network: nn.Module = getattr(self.model, self.law.opponent)
        return network

    def _opponent_step(self, real: Tensor, fake: Tensor) -> None:
        getattr(self.model, f"{self.law.opponent}_step")(real, fake)

    def _kept(self) -> Tensor:
        """The real samples that are used in every step: (kept, *shape)."""
        return self._real_samples(self.rules.kept, 0, FOR_KEPT)

    def _real_batch(self, number: int, size: int) -> Tensor:
        if not self.rules.kept:
            return super()._real_batch(number, size)
        generator = random_generator(self.seed, number, FOR_CHOICE)
        return self._kept()[torch.randint(self.rules.kept, (size,), generator=generator)]

    def _moment(self) -> Moment:
        return super()._moment()._replace(rules=self.rules)

    def _return_to(self, moment: Moment) -> None:
        super()._return_to(moment)
        self.rules = moment.rules

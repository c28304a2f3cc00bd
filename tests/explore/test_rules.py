"""Rules of a game that change while it goes on."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from gan_course.data import load
from gan_course.explore import GanLab, Press
from gan_course.explore.rules import LAWS, MENUS, chosen, rules_of, values_of
from gan_course.models import DCGAN, GAN, WGAN, WGANGP, DCGANConfig, WGANConfig, WGANGPConfig
from tests.explore.conftest import SMALL, weights


def ask(lab: GanLab, press: str | None = None, **values: object) -> str:
    """The words of the picture where a reader chooses these values, the others as they stand."""
    (view,) = lab.views()
    pressed = Press(press) if press else None
    return lab.show("game", view.values | values, pressed).alt


@pytest.mark.parametrize(("law", "kind"), [(name, law.model) for name, law in LAWS.items()])
def test_every_law_is_played_by_the_librarys_model_of_it(
    lab: GanLab, law: str, kind: type[GAN | WGAN | WGANGP]
) -> None:
    lab.change(law=law)
    assert type(lab.model) is kind
    assert rules_of(lab.model).law == law
    lab.play(2)
    assert (lab.discriminator_steps, lab.generator_steps) == (2, 2)
    assert lab.picture()


def test_another_law_leaves_the_picture_of_the_networks_as_it_was(lab: GanLab) -> None:
    lab.play(3)
    before = lab.view()
    lab.change(law="clip")
    after = lab.view()
    assert torch.equal(after.samples, before.samples)
    torch.testing.assert_close(after.answers.sigmoid(), before.answers)
    lab.step_generator()
    assert not torch.equal(lab.view().samples, after.samples)


def test_an_optimiser_of_the_same_kind_keeps_its_memory_and_one_of_another_kind_has_none(
    lab: GanLab,
) -> None:
    lab.play(3)
    remembered = [each["exp_avg"] for each in lab.model.optimizer_g.state.values()]
    lab.change(law="penalty")
    kept = [each["exp_avg"] for each in lab.model.optimizer_g.state.values()]
    assert all(map(torch.equal, kept, remembered))
    lab.change(law="clip")
    assert not lab.model.optimizer_g.state


def test_there_and_back_is_as_if_nothing_had_been(lab: GanLab, model: GAN) -> None:
    other = GanLab(model, lab.data)
    for each in (lab, other):
        each.play(2)
    lab.change(law="hinge", lr_generator=0.05)
    lab.change(law="non_saturating", lr_generator=SMALL.lr_g)
    for each in (lab, other):
        each.play(2)
    assert lab.picture() == other.picture()


def test_rates_and_steps_hold_from_the_next_move_on(lab: GanLab) -> None:
    lab.change(lr_generator=1e-3, lr_opponent=2e-2, opponent_steps=5)
    assert lab.model.learning_rates() == {"optimizer_g": 1e-3, "optimizer_d": 2e-2}
    lab.play(2)
    assert (lab.discriminator_steps, lab.generator_steps) == (10, 2)
    lab.change(law="penalty")
    assert lab.model.learning_rates() == {"optimizer_g": 1e-3, "optimizer_c": 2e-2}


def test_a_network_of_another_size_is_new_and_the_other_one_stays(lab: GanLab) -> None:
    lab.play(3)
    generator = weights(lab.model.generator)
    lab.change(opponent=(4, 4))
    assert torch.equal(weights(lab.model.generator), generator)
    assert [p.shape[0] for p in lab.model.discriminator.parameters()] == [4, 4, 4, 4, 1, 1]
    assert lab.alt().endswith("Since its step 3 the discriminator is a new network: 2 layers of 4.")
    discriminator = weights(lab.model.discriminator)
    lab.change(generator=(64,))
    assert torch.equal(weights(lab.model.discriminator), discriminator)
    assert lab.alt().endswith("Since its step 3 the generator is a new network: 1 layer of 64.")
    lab.play(1)
    assert not torch.equal(weights(lab.model.discriminator), discriminator)


def test_new_networks_are_a_function_of_the_seed(model: GAN) -> None:
    found = []
    for globally, seed in ((0, 0), (1, 0), (0, 1)):
        torch.manual_seed(globally)
        lab = GanLab(model, load("gaussian"), seed)
        lab.change(opponent=(4,))
        found.append(weights(lab.model.discriminator))
    assert torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[2])


def test_rules_are_no_moves(lab: GanLab) -> None:
    start = lab.picture()
    lab.play(2)
    lab.change(law="hinge")
    hinge = lab.picture()
    lab.play(2)
    lab.back()
    assert lab.picture() == hinge
    lab.back()
    assert (lab.rules.law, lab.generator_steps) == ("hinge", 0)
    lab.change(law="non_saturating")
    assert lab.picture() == start
    lab.play(1)
    lab.change(opponent=(4,))
    lab.rewind()
    assert lab.rules.opponent == (4,)
    assert [p.shape[0] for p in lab.model.discriminator.parameters()] == [4, 4, 1, 1]


def test_a_reader_changes_rules_by_controls_and_a_press_plays_by_them(lab: GanLab) -> None:
    law = list(LAWS).index("hinge")
    ask(lab, "play 10", law=law, opponent_steps=1)
    assert lab.rules.law == "hinge"
    assert (lab.discriminator_steps, lab.generator_steps) == (20, 10)
    (drawn,) = (each for each in lab.views()[0].controls if each.key == "law")
    assert drawn.value == law


def test_controls_of_the_opponent_are_called_after_what_it_is(lab: GanLab) -> None:
    def labels() -> dict[str, str]:
        (view,) = lab.views()
        return {control.key: control.label for control in view.controls}

    beside_d = labels()
    (view,) = lab.views()
    renamed = {each.key: each.renamed for each in view.controls if each.renamed}
    assert {each.by for each in renamed.values()} == {"law"}
    for place, law in enumerate(LAWS):
        lab.change(law=law)
        assert labels() == beside_d | {key: each.labels[place] for key, each in renamed.items()}
    assert beside_d["d"] == "Step D"
    assert labels()["d"] == "Step critic"
    assert labels()["best"] == "best possible critic"


def test_a_move_that_fails_takes_back_the_rules_that_came_with_it(
    lab: GanLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, rules = lab.picture(), lab.rules

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(WGAN, "critic_step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ask(lab, "d", law=list(LAWS).index("clip"), opponent=0)
    assert (lab.rules, lab.news) == (rules, "")
    assert lab.picture() == before


def test_what_is_kept_is_all_that_the_discriminator_sees(
    lab: GanLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[torch.Tensor] = []
    lab.change(kept=8)
    monkeypatch.setattr(lab.model, "discriminator_step", lambda real, _: seen.append(real))
    lab.step_discriminator(5)
    assert len(torch.cat(seen).unique()) == 8
    assert len({batch.numpy().tobytes() for batch in seen}) == 5
    assert "on the 8 real samples that it learns from" in lab.alt()


def test_controls_stand_for_the_rules_that_a_lab_was_given() -> None:
    for model in (
        GAN(replace(SMALL, lr_d=3e-3, hidden=(8, 24))),
        WGAN(WGANConfig(shape=(1,), n_critic=4)),
        WGANGP(WGANGPConfig(shape=(1,), hidden=())),
    ):
        rules = rules_of(model)
        values = values_of(vars(rules), rules)
        assert chosen(values, rules) == rules
        lab = GanLab(model, load("gaussian"))
        before = lab.picture()
        ask(lab)
        assert lab.picture() == before
        drawn = {menu.field: menu.control(rules, rules) for menu in MENUS}
        assert [drawn[field].value for field in values] == list(values.values())


def test_a_model_that_plays_no_such_game_is_refused() -> None:
    with pytest.raises(TypeError, match="expected a model of GAN, WGAN, WGANGP, got DCGAN"):
        GanLab(DCGAN(DCGANConfig(width=4)), load("gaussian"))  # type: ignore[arg-type]


def test_rules_that_are_none_are_refused_and_change_nothing(lab: GanLab) -> None:
    before, rules = lab.picture(), lab.rules
    with pytest.raises(ValueError, match=r"no loss 'hing' \(did you mean 'hinge'\?\)"):
        lab.change(law="hing")
    for wrong, error in (
        ({"opponent_steps": 0}, ValueError),
        ({"lr_generator": -1.0}, ValueError),
        ({"generator": (0,)}, ValueError),
        ({"kept": -1}, ValueError),
        ({"rate": 1.0}, TypeError),
    ):
        with pytest.raises(error):
            lab.change(**wrong)
    assert lab.rules == rules
    assert lab.picture() == before

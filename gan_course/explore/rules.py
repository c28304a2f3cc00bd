"""The rules of a game that a reader may change while it goes on, and the model of the library that
plays by them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Annotated, Any, NamedTuple, TypeAlias

from torch import nn
from torch.optim import Optimizer

from gan_course import losses
from gan_course.explore.controls import Choice, Renamed, Value
from gan_course.losses import AdversarialLoss
from gan_course.models import GAN, WGAN, WGANGP, GANConfig, WGANConfig, WGANGPConfig
from gan_course.models.config import plain
from gan_course.models.declarations import CRITIC
from gan_course.models.kinds import Amount, Checked, OneOf, Rate, Size, Weight, Widths

Game: TypeAlias = GAN | WGAN | WGANGP
GameConfig: TypeAlias = GANConfig | WGANConfig | WGANGPConfig

FRESH = 0  # real samples that are kept: none, so that every step sees new ones


class Law(NamedTuple):
    """One loss of a game: what it is called, the model that plays by it with the kind of its
    configuration and the fields that say so, and whether the opponent's answer is a probability."""

    label: str
    model: type[GAN] | type[WGAN] | type[WGANGP]
    config: type[GANConfig] | type[WGANConfig] | type[WGANGPConfig]
    fields: Mapping[str, Any]
    loss: AdversarialLoss
    probability: bool = False

    @property
    def opponent(self) -> str:
        """The generator's opponent: discriminator or critic."""
        return self.model.players[1].name

    @property
    def rate(self) -> str:
        """The field that holds the opponent's learning rate."""
        return self.model.players[1].rate

    @property
    def optimizers(self) -> dict[str, str]:
        """The attribute that holds each network's optimiser."""
        return {player.name: player.optimizer for player in self.model.players}

    @property
    def has_critic(self) -> bool:
        """Whether the generator's opponent is a critic."""
        return self.model.players[1] is CRITIC


LAWS = {
    name: Law(label, GAN, GANConfig, {"loss": name}, losses.by_name(name), probability)
    for name, label, probability in (
        ("minimax", "minimax", True),
        ("non_saturating", "non-saturating", True),
        ("least_squares", "least squares", False),
        ("hinge", "hinge", False),
    )
} | {
    "clip": Law("Wasserstein, clipped weights", WGAN, WGANConfig, {}, losses.wasserstein),
    "penalty": Law("Wasserstein, gradient penalty", WGANGP, WGANGPConfig, {}, losses.wasserstein),
}


@dataclass(frozen=True)
class Rules(Checked):
    """What a reader may change: the `law` by its name; steps of the opponent for one of the
    generator; both learning rates; widths of both networks' layers; the weight of the penalty R1,
    which the laws of a GAN alone know; how many real samples are `kept` for all steps, or none."""

    law: Annotated[str, OneOf("loss", LAWS)]
    opponent_steps: Size
    lr_opponent: Rate
    lr_generator: Rate
    opponent: Widths
    generator: Widths
    r1_weight: Weight = 0.0
    kept: Amount = FRESH


def names(law: str, label: str, with_critic: str = "") -> dict[str, Any]:
    """What a control is called under this law, and under each that a reader may choose: `label` or,
    beside a critic, `with_critic`, if that is something else."""
    critic = with_critic or label
    labels = {name: critic if each.has_critic else label for name, each in LAWS.items()}
    return {"label": labels[law], "renamed": Renamed("law", tuple(labels.values()))}


class Menu(NamedTuple):
    """A rule as a control: its field, what it offers beside what the lab was given, how that is
    written, and what it is called beside a critic, if that is something else."""

    field: str
    label: str
    offers: tuple[Any, ...]
    write: Callable[[Any], str]
    help: str
    with_critic: str = ""

    def options(self, given: Rules) -> list[Any]:
        """What can be chosen, in order, with what the lab was given."""
        own = getattr(given, self.field)
        return list(self.offers) if own in self.offers else sorted((*self.offers, own))

    def control(self, given: Rules, now: Rules) -> Choice:
        """The control, where it stands now."""
        options = self.options(given)
        return Choice(
            key=self.field,
            **names(now.law, self.label, self.with_critic),
            help=self.help,
            options=tuple(map(self.write, options)),
            value=options.index(getattr(now, self.field)),
        )


def layers(widths: tuple[int, ...]) -> str:
    """The widths of a network's layers in words."""
    if len(set(widths)) > 1:
        return "layers of " + ", ".join(map(str, widths))
    return (
        f"{len(widths)} layer{'s' if len(widths) > 1 else ''} of {widths[0]}"
        if widths
        else "no hidden layer"
    )


RATES = (1e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2)
SIZES = tuple((width,) * depth for depth in (1, 2, 3) for width in (4, 16, 64))

PLAY = (
    Menu("law", "loss", tuple(LAWS), lambda law: LAWS[law].label, "what the two networks minimise"),
    Menu(
        "opponent_steps",
        "D steps per G step",
        (1, 2, 5),
        str,
        "in a round of Play",
        with_critic="critic steps per G step",
    ),
    Menu(
        "lr_opponent",
        "learning rate of D",
        RATES,
        "{:g}".format,
        "from its next step on",
        with_critic="learning rate of the critic",
    ),
    Menu("lr_generator", "learning rate of G", RATES, "{:g}".format, "from its next step on"),
)
NETWORKS = (
    Menu(
        "opponent",
        "network of D",
        SIZES,
        layers,
        "its hidden layers; another size is a new network",
        with_critic="network of the critic",
    ),
    Menu(
        "generator",
        "network of G",
        SIZES,
        layers,
        "its hidden layers; another size is a new network",
    ),
    Menu(
        "r1_weight",
        "weight of the R1 penalty",
        (0.0, 0.02, 0.2),
        "{:g}".format,
        "on the slope of D at real samples; Wasserstein losses go without",
        with_critic="weight of the R1 penalty (not used)",
    ),
    Menu(
        "kept",
        "real samples for D",
        (FRESH, 8, 32, 128),
        lambda kept: f"the same {kept}" if kept else "fresh in every step",
        "what it learns from",
        with_critic="real samples for the critic",
    ),
)
MENUS = PLAY + NETWORKS


def rules_of(model: Game) -> Rules:
    """The rules that a model plays by. Raises `TypeError` for a model that plays by none of
    them."""
    config = plain(model.config)
    for name, law in LAWS.items():
        if type(model) is law.model and law.fields.items() <= config.items():
            return Rules(
                law=name,
                opponent_steps=config.get("n_critic", 1),
                lr_opponent=config[law.rate],
                lr_generator=config["lr_g"],
                opponent=tuple(config["hidden"]),
                generator=tuple(config["hidden"]),
                r1_weight=config.get("r1_weight", 0.0),
            )
    known = sorted({law.model.__name__ for law in LAWS.values()})
    raise TypeError(
        f"the lab plays a game of two: expected a model of {', '.join(known)}, got "
        f"{type(model).__name__}"
    )


def chosen(values: Mapping[str, Any], given: Rules) -> Rules:
    """The rules that controls with these values stand for."""
    return Rules(**{menu.field: menu.options(given)[values[menu.field]] for menu in MENUS})


def values_of(rules: Mapping[str, Any], given: Rules) -> dict[str, Value]:
    """The values of the controls that stand for these rules, by their fields."""
    return {
        menu.field: menu.options(given).index(rules[menu.field])
        for menu in MENUS
        if menu.field in rules
    }


def new_model(rules: Rules, given: GameConfig) -> Game:
    """A model of the library that plays by these rules, with new networks. What the rules leave
    open is as in the configuration that the lab was `given`, or the default of the model's kind."""
    law = LAWS[rules.law]
    config = _config(rules, law, given)
    # A model gives both networks the same widths, so that each is taken from one of its own.
    other: Game = law.model(replace(config, hidden=rules.generator))  # type: ignore[arg-type]
    model: Game = law.model(replace(config, hidden=rules.opponent))  # type: ignore[arg-type]
    model.generator, model.ema = other.generator, other.ema
    model.optimizer_g, model.schedule_g = other.optimizer_g, other.schedule_g
    return model


def hand_over(old: Game, before: Rules, new: Game, now: Rules) -> None:
    """Give a `new_model` the networks of the old one, but for those of another size, and what the
    old optimisers remember of them, where the new ones are of the same kind."""
    if before.generator == now.generator:
        new.ema = old.ema
    for old_name, new_name, size in zip(
        LAWS[before.law].optimizers,
        LAWS[now.law].optimizers,
        ("generator", "opponent"),
        strict=True,
    ):
        if getattr(before, size) != getattr(now, size):
            continue
        network: nn.Module = getattr(old, old_name)
        setattr(new, new_name, network)
        there: Optimizer = getattr(old, LAWS[before.law].optimizers[old_name])
        here: Optimizer = getattr(new, LAWS[now.law].optimizers[new_name])
        (group,) = here.param_groups
        group["params"] = list(network.parameters())
        if type(here) is type(there):
            settings = here.state_dict()["param_groups"]
            here.load_state_dict({"state": there.state_dict()["state"], "param_groups": settings})


def _config(rules: Rules, law: Law, given: GameConfig) -> GameConfig:
    shared = ("shape", "latent_dim", "ema_decay", "batch_size", "steps")
    settings = {name: getattr(given, name) for name in shared} | {
        "lr_g": rules.lr_generator,
        law.rate: rules.lr_opponent,
        "n_critic": rules.opponent_steps,
        "r1_weight": rules.r1_weight,
        **law.fields,
    }
    known = {field.name for field in fields(law.config)}
    base: GameConfig = given if type(given) is law.config else law.config()
    return replace(base, **{name: value for name, value in settings.items() if name in known})

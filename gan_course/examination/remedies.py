"""What to do about a sign: which fields of the configuration to change, and to what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gan_course.catalogue import catalogue
from gan_course.examination.evidence import Evidence

TUNED = (
    "loss",
    "lr_g",
    "lr_d",
    "lr_c",
    "betas",
    "r1_weight",
    "penalty_weight",
    "clip",
    "n_critic",
    "spectral_norm",
    "batch_norm",
    "latent_dim",
)


def remedy_for(seen: Evidence, sign: str) -> str:
    """What to change, in fields of the configuration."""
    config, entry = seen.config, catalogue().model(seen.recipe.model)
    usual = entry.configuration(seen.recipe.profile, seen.recipe.data)
    made_for_it = seen.recipe.data == entry.data or usual != entry.configuration(
        seen.recipe.profile
    )
    changed = [name for name in TUNED if getattr(config, name, None) != getattr(usual, name, None)]
    if changed and made_for_it:
        fields = ", ".join(
            f"{name} = {getattr(usual, name)!r} (here {getattr(config, name)!r})"
            for name in changed
        )
        return (
            f"train anew, into another folder, with {fields}, as in the {seen.recipe.profile} "
            "profile"
        )
    if not hasattr(config, "lr_g") or not (hasattr(config, "lr_d") or hasattr(config, "lr_c")):
        return "train anew, into another folder, with a lower learning rate"
    return (
        "train anew, into another folder, with "
        f"{', or with '.join(list(_changes(config, sign))[:2])}"
    )


def _changes(config: Any, sign: str) -> Iterator[str]:
    """Changes that help against a sign, the likeliest first, at least one."""
    opponent = "lr_d" if hasattr(config, "lr_d") else "lr_c"
    lr_g, lr_d = config.lr_g, getattr(config, opponent)
    if sign == "steps too large":
        yield f"lr_g and {opponent} a tenth of what they are (here {lr_g} and {lr_d})"
        return
    if hasattr(config, "n_critic") and sign == "too much alike":
        yield f"n_critic = {2 * config.n_critic} (here {config.n_critic})"
    if getattr(config, "loss", "") == "minimax" and sign != "too weak":
        yield 'loss = "non_saturating" (here "minimax")'
    if sign == "too weak":
        yield f"{opponent} = {max(lr_g, 4 * lr_d):g} (here {lr_d})"
        return
    if lr_g < lr_d or (lr_g > lr_d and sign == "too much alike"):
        yield f"lr_g as large as {opponent}, {lr_d} (here {lr_g})"
    yield from (
        f"{name} = True (here False)"
        for name in ("spectral_norm", "batch_norm")
        if getattr(config, name, True) is False
    )
    if sign == "too much alike":
        yield "another --seed"
    elif lr_g >= lr_d:
        yield f"{opponent} = {lr_g / 4:g} (here {lr_d})"

"""What to do about a sign: which fields of the configuration to change, and to what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gan_course.catalogue import catalogue
from gan_course.doctor.evidence import Evidence
from gan_course.models.config import plain

# These fields decide what is learned and for how long, not whether it goes well.
NOT_TUNED = ("shape", "classes", "batch_size", "steps", "ema_decay", "sample_chunk")


def remedy_for(seen: Evidence, sign: str) -> str:
    """The change that helps against `sign`, in fields of the configuration."""
    entry = catalogue().model(seen.recipe.model)
    here = plain(seen.config)
    # An older run may name a profile that is there no more.
    usual = plain(entry.profiles.get(seen.recipe.profile, seen.config))
    # "lesson/images" was made for such data.
    made_for_it = seen.recipe.data == entry.data or "/" in seen.recipe.profile
    changed = [name for name in here if name not in NOT_TUNED and here[name] != usual[name]]
    if changed and made_for_it:
        fields = ", ".join(f"{name} = {usual[name]!r} (here {here[name]!r})" for name in changed)
        return (
            f"train anew, into another folder, with {fields}, as in the {seen.recipe.profile} "
            "profile"
        )
    own = seen.learner.rate
    if seen.opponent is None:
        lower = f"{own} = {here[own] / 10:g} (here {here[own]})"
        change = lower if sign == "steps too large" else f"more --steps (here {seen.total})"
        return f"train anew, into another folder, with {change}"
    changes = list(_changes(here, own, seen.opponent.rate, sign))
    return f"train anew, into another folder, with {', or with '.join(changes[:2])}"


def _changes(here: dict[str, Any], own: str, other: str, sign: str) -> Iterator[str]:
    """Changes that help against a sign, the likeliest first, at least one; `own` is the field of
    the rate of whoever draws, `other` that of the opponent."""
    lr_g, lr_d = here[own], here[other]
    if sign == "steps too large":
        yield f"{own} and {other} a tenth of what they are (here {lr_g} and {lr_d})"
        return
    if "n_critic" in here and sign == "too much alike":
        yield f"n_critic = {2 * here['n_critic']} (here {here['n_critic']})"
    if here.get("loss") == "minimax" and sign != "too weak":
        yield 'loss = "non_saturating" (here "minimax")'
    if sign == "too weak":
        yield f"{other} = {max(lr_g, 4 * lr_d):g} (here {lr_d})"
        return
    if lr_g < lr_d or (lr_g > lr_d and sign == "too much alike"):
        yield f"{own} as large as {other}, {lr_d} (here {lr_g})"
    for name in ("spectral_norm", "batch_norm"):
        if here.get(name) is False:
            yield f"{name} = True (here False)"
    if sign == "too much alike":
        yield "another --seed"
    elif lr_g >= lr_d:
        yield f"{other} = {lr_g / 4:g} (here {lr_d})"

"""The signs that a run shows: one function for each, from the evidence to findings."""

from __future__ import annotations

import math
from collections.abc import Iterator

from gan_course import losses
from gan_course.doctor.evidence import NOT_FINITE, Evidence
from gan_course.doctor.remedies import remedy_for
from gan_course.doctor.report import Finding
from gan_course.doctor.thresholds import EXPLODED, FLAT, LATE, STEEP


def progress(seen: Evidence) -> Iterator[Finding]:
    kept = (
        f"the newest checkpoint is that of step {seen.kept:,}"
        if seen.kept
        else "there is no checkpoint"
    )
    detail = f"step {max(seen.recorded, seen.kept):,} of {seen.total:,}; {kept}"
    if seen.folder.training:
        yield Finding("progress", "ok", f"in training at this moment: {detail}")
        return
    if seen.folder.finished:
        yield Finding("progress", "ok", f"finished: all {seen.total:,} steps; {kept}")
        return
    if seen.not_finite:
        remedy = "going on with --resume would break off again, since a seed repeats its run"
        yield Finding("progress", "advice", f"broke off at {detail}", remedy)
        return
    yield Finding(
        "progress",
        "advice",
        f"not finished: {detail}",
        f"go on with it: {seen.folder.again(seen.recipe.model)}",
    )


def files(seen: Evidence) -> Iterator[Finding]:
    if seen.weights_damaged:
        yield Finding("files", "problem", seen.weights_damaged)
    if seen.damaged:
        more = f" (and {len(seen.damaged) - 1} more)" if len(seen.damaged) > 1 else ""
        yield Finding(
            "files",
            "advice",
            f"{seen.damaged[0]}{more}",
            "what is whole was looked at; --resume goes on from the newest whole checkpoint",
        )


def numbers(seen: Evidence) -> Iterator[Finding]:
    step, name, value = seen.largest
    if not seen.columns:
        remedy = (
            ""
            if seen.folder.finished
            else "look again after the first checkpoint, or once the run has ended"
        )
        yield Finding("numbers", "unknown", "there is no record of any step", remedy)
    elif found := seen.not_finite:
        yield Finding(
            "numbers",
            "problem",
            f"diverged: {found[1]} became {found[2]} at step {found[0]:,}",
            remedy_for(seen, "steps too large"),
        )
    elif abs(value) > EXPLODED:
        detail = (
            f"exploded: {name} was {value:.2g} at step {step:,}; runs that go well stay "
            "below about 50"
        )
        yield Finding("numbers", "problem", detail, remedy_for(seen, "steps too large"))
    elif seen.lacking == NOT_FINITE:
        yield Finding(
            "numbers",
            "problem",
            f"diverged: the recorded values are finite, but {NOT_FINITE}",
            remedy_for(seen, "steps too large"),
        )
    else:
        detail = (
            f"all values of {seen.recorded:,} steps are finite; farthest from 0 was {name}, "
            f"{value:.3g} at step {step:,}"
        )
        yield Finding("numbers", "ok", detail)


def gradients(seen: Evidence) -> Iterator[Finding]:
    norms = [player.norm for player in seen.kind.players if player.norm in seen.columns]
    if seen.columns and not norms:
        yield Finding("gradients", "unknown", "this model records no gradient norms")
        return
    if seen.not_finite:
        yield Finding("gradients", "unknown", "the run diverged before they could be judged")
        return
    if seen.recorded < LATE:
        yield Finding(
            "gradients",
            "unknown",
            f"{seen.recorded} steps are too few to judge by, {LATE} are needed",
        )
        return
    detail = ", ".join(
        f"{name} {seen.at_first(name):.2g} at first and {seen.lately(name):.2g} lately"
        for name in norms
    )
    if any(seen.lately(name) > STEEP for name in norms):
        yield Finding(
            "gradients", "problem", f"far too steep: {detail}", remedy_for(seen, "steps too large")
        )
    elif seen.lately(norms[0]) < FLAT:
        # Flat is a discriminator that is sure of everything, and one that has learnt nothing.
        remedy = remedy_for(seen, "too strong" if seen.sure else "too weak")
        yield Finding(
            "gradients",
            "problem",
            f"vanished: {detail}; the {seen.learner.name} learns nothing from so little",
            remedy,
        )
    else:
        yield Finding("gradients", "ok", f"neither vanished nor exploded: {detail}")


def discriminator(seen: Evidence) -> Iterator[Finding]:
    if seen.opponent is None:
        return
    right = seen.accuracy
    if right is None:
        yield Finding("discriminator", "unknown", _unjudged(seen), _go_on(seen))
        return
    detail = (
        f"right about {right.real:.0%} of {right.samples:,} real samples that it has not seen and "
        f"{right.fake:.0%} of as many fresh ones"
    )
    if not math.isnan(seen.cost):
        detail += f"; its loss is {seen.cost:.0%} of what guessing costs"
    if seen.step < seen.settled:
        yield Finding(
            "discriminator", "unknown", f"{_too_early(seen)}; so far it is {detail}", _go_on(seen)
        )
    elif seen.too_strong:
        fading = (
            ", and the minimax loss fades the surer it is"
            if seen.adversary and seen.adversary.loss is losses.minimax
            else ""
        )
        yield Finding(
            "discriminator",
            "problem",
            f"too strong for the generator to learn from{fading}: it is {detail}",
            remedy_for(seen, "too strong"),
        )
    elif seen.sure:
        remedy = (
            "if samples do not improve from checkpoint to checkpoint, "
            f"{remedy_for(seen, 'too strong')}"
        )
        yield Finding(
            "discriminator",
            "advice",
            f"ahead of the generator, though not idle: it is {detail}",
            remedy,
        )
    elif seen.too_weak:
        yield Finding(
            "discriminator",
            "problem",
            f"worse than guessing, the generator outruns it: it is {detail}",
            remedy_for(seen, "too weak"),
        )
    else:
        leaning = (
            abs(right.real - right.fake) > 0.5 and seen.variety is not None and not seen.variety.low
        )
        why = (
            "; that it leans to one side is common, since both scores drift together and only "
            "their difference teaches"
            if leaning
            else ""
        )
        yield Finding(
            "discriminator",
            "ok",
            f"mistaken often enough for the generator to learn: it is {detail}{why}",
        )


def variety(seen: Evidence) -> Iterator[Finding]:
    found = seen.variety
    if found is None:
        yield Finding("variety", "unknown", seen.lacking, _go_on(seen))
        return
    parts = [f"two fresh samples are {found.spread:.2f} times as far apart as two real ones"]
    if found.nearest is not None:
        parts.append(f"nearest neighbours {found.nearest:.2f} times")
    if found.imbalance is not None:
        parts.append(
            f"{found.imbalance:.0%} of them would have to {found.remedy} to be spread as the data "
            "are"
        )
    detail = ", ".join(parts)
    if seen.step < seen.settled:
        yield Finding("variety", "unknown", f"{_too_early(seen)}; so far {detail}", _go_on(seen))
    elif not found.low:
        yield Finding("variety", "ok", f"about that of the data at step {seen.step:,}: {detail}")
    elif seen.step < seen.total / 2:
        remedy = "look again after half of its steps: what is missing is often found by then"
        yield Finding(
            "variety",
            "advice",
            f"low so far, at step {seen.step:,} of {seen.total:,}: {detail}",
            remedy,
        )
    else:
        # Where a player outruns the other, that is the cause.
        sign = (
            "too strong" if seen.too_strong else "too weak" if seen.too_weak else "too much alike"
        )
        what = "collapsed, samples are too much alike or leave out a part of the data"
        yield Finding("variety", "problem", f"{what}: {detail}", remedy_for(seen, sign))


def _unjudged(seen: Evidence) -> str:
    """Why the discriminator's accuracy is not known."""
    if seen.lacking:
        return seen.lacking
    if seen.adversary is None:
        return f"a {seen.kind.__name__} names no network that parts real samples from drawn ones"
    return (
        "a Wasserstein critic has no accuracy: its scores have no zero that parts real from fake, "
        "only their difference counts"
    )


def _too_early(seen: Evidence) -> str:
    return (
        f"step {seen.step:,} is too early to judge by, samples tell from step {seen.settled:,} on"
    )


def _go_on(seen: Evidence) -> str:
    """What to do for a finding that there is too little for yet."""
    if seen.not_finite or (seen.model is not None and (seen.lacking or seen.step >= seen.settled)):
        return ""
    if seen.folder.finished:
        return f"train anew, into another folder, with --steps {seen.settled} or more"
    return (
        f"look again when there is a checkpoint of step {seen.settled:,} or later; "
        "--checkpoint-every says how often one is written"
    )

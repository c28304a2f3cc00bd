"""What the folder of a run tells of the run: its curves, and findings in words, each with what to do about it.

The thresholds below lie between groups of runs that were measured on a CPU, lesson profile but for what is said, five seeds (0 to 4) a setting,
every checkpoint from half of the run on. Least and greatest value of: the lesser of `Accuracy`'s shares, the discriminator's loss as a share of what
guessing costs, `Variety`'s spread and imbalance, and the largest value of any column.

group                                                              accuracy      loss          spread        imbalance     largest
healthy: gan on gaussian, also least_squares; 1,000, 3,000 steps   0 to 0.50     1.00          0.84 to 1.02  0.03 to 0.11  4.3
healthy: gan on mixture as in lesson 01, or lr_g = 4e-3 or 8e-3    0.08 to 0.53  0.98 to 1.00  0.93 to 1.02  0.03 to 0.31  6.5
healthy: dcgan, also other losses, batch_norm off; 400, 1,200      0 to 0.86     0.60 to 1.00  0.74 to 1.06  0.10 to 0.33  48
collapsed: gan on mixture, also r1_weight = 0; 1,000 steps         0.48 to 0.51  0.69 to 0.73  0.22 to 0.44  0.46 to 0.53  11
collapsed: dcgan, lr_d = 2e-5; 400 steps                           0             1.13 to 1.20  0.28 to 0.40  0.91          9.8
collapsed: the same, lr_g = 2e-2, lr_d = 1e-5, batch_norm off      0             1.29 to 1.45  0.22 to 0.35  0.91          16
collapsed: the same, lr_d = 2e-4                                   0 to 0.22     0.99 to 1.02  0.28 to 0.94  0.48 to 0.91  19
too strong: gan, lr_g = 1e-8, also r1_weight = 0, least_squares,
            or minimax with lr_g = 1e-5, lr_d = 4e-2; 1,000 steps  0.96 to 1     0 to 0.13     0.01 to 0.06  0.80 to 0.90  208
too strong: gan on digits; 600 steps                               1             0 to 0.06     0.06 to 0.09  0.91          187
too strong: dcgan, lr_g = 1e-8 or 2e-5; 400 steps                  1             0             0.12 to 0.19  0.91          459
too strong: dcgan, lr_d = 4e-2, spectral_norm off; 400 steps       0.92 to 1     0 to 1.9      0.19 to 0.45  0.91          6e4 to 1e6
exploded: lr_g = lr_d = 1 or 10, dcgan without spectral_norm       0 to 1        0 to 3e4      0 to 3e5      0.18 to 0.91  7e5 to 1e13

The last norms of gradients were at most 1.8 in healthy runs, 29 where the discriminator was too strong, and 165 to 2,400 in the last group but one;
the generator's was at least 7e-4 in healthy runs, and 2e-6 where minimax had saturated. Nearest neighbours were 0.68 to 1.2 times as far as real ones
in healthy runs of dcgan, 0.14 to 0.55 in those of gan on digits that drew digits, 0.02 in those that did not.

What this cannot tell: a generator that jumps from mode to mode may hold both at the checkpoint that is looked at (gan on mixture without R1 and with
a generator 20 times as fast as its discriminator was found collapsed in 4 of 5 seeds). Low variety in the first half of a run is only "advice": on
the mixture, lesson 01's runs hold one mode for up to 1,500 of their 6,000 steps. Full profiles were not measured.
"""

from __future__ import annotations

import csv
import math
import shlex
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any, Literal

import torch
from torch import Tensor

from gan_course.catalogue import catalogue
from gan_course.data import Data, Dataset, Distribution, PlaneMixture, load, random_generator
from gan_course.models.base import Model, as_config
from gan_course.training.checkpoint import newest_whole, read_checkpoint
from gan_course.training.run_folder import Recipe, RunFolder
from gan_course.training.samples import draw

SAMPLES = 1000  # real ones, and as many fresh ones
LATE, FIRST = 100, 10  # steps whose median is "lately" and "at first"
SETTLED = 3  # times the steps that samples are averaged over: what is drawn earlier is still on its way

SURE = 0.9  # right about as many real samples and as many fresh ones: the discriminator is hardly ever fooled
IDLE, USELESS = 0.3, 1.07  # its loss as a share of what guessing costs: nothing is left to learn; worse than guessing
EXPLODED = 7000.0  # any value of any column
STEEP, FLAT = 70.0, 3e-5  # a gradient's norm, lately
ALIKE, TWINS, LOPSIDED = 0.6, 0.1, 0.4  # `Variety`'s spread and nearest below, its imbalance above

# By the loss's name: the logit above which a sample is taken for real, and what the best single answer to every sample costs.
GUESSING = {"minimax": (0.0, 2 * math.log(2)), "non_saturating": (0.0, 2 * math.log(2)), "hinge": (0.0, 2.0), "least_squares": (0.5, 0.25)}
NOT_FINITE = "fresh samples are NaN or infinite"
TUNED = ("loss", "lr_g", "lr_d", "lr_c", "betas", "r1_weight", "penalty_weight", "clip", "n_critic", "spectral_norm", "batch_norm", "latent_dim")


@dataclass(frozen=True)
class Finding:
    """One line of the report: "ok", "advice" (it may come right), "problem" (it will not by itself) or "unknown" (it cannot be judged, and why)."""

    what: str
    state: Literal["ok", "advice", "problem", "unknown"]
    detail: str
    remedy: str = ""


@dataclass(frozen=True)
class Curve:
    """A recorded column: one value a step, at least one, from step 1 on; NaN or infinite where it became so."""

    name: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """Of the finite values; NaN where there is none."""
        return median([value for value in self.values if math.isfinite(value)] or [math.nan])


@dataclass(frozen=True)
class Examination:
    """The report: curves in the order they were recorded in, findings in the order they are best read in."""

    curves: tuple[Curve, ...]
    findings: tuple[Finding, ...]

    @property
    def healthy(self) -> bool:
        """Whether everything could be judged and nothing is wrong; how far the run came does not matter."""
        return all(finding.state == "ok" for finding in self.findings if finding.what not in ("progress", "files"))


@dataclass(frozen=True)
class Accuracy:
    """Shares, from 0 to 1, that a discriminator is right about: `real` of held-out samples, `fake` of fresh ones; by guessing they sum to 1."""

    real: float
    fake: float


@dataclass(frozen=True)
class Variety:
    """How much fresh samples differ from each other, against how much real ones do.

    `spread` is the mean Euclidean distance between two of them, as a share of that between two real ones: 1 is right, 0 is one sample only.
    `nearest` is the median distance to the nearest other one, as a share likewise; for images, else None.
    `imbalance` is the share, from 0 to 1, that would have to change class for the classes to be as frequent as in the data: for digits as the judge
    reads them, for points on a line the ten stretches that hold a tenth of the distribution each, for points in the plane the modes, by the nearest
    centre; None for other data.
    """

    spread: float
    nearest: float | None
    imbalance: float | None

    @property
    def low(self) -> bool:
        twins = self.nearest is not None and self.nearest < TWINS
        return self.spread < ALIKE or twins or (self.imbalance is not None and self.imbalance > LOPSIDED)


def accuracy(model: Any, real: Tensor, fake: Tensor) -> Accuracy:
    """Accuracy of `model.discriminator` on samples of shape (N, *shape); `GUESSING` holds its loss, and above which score it says "real"."""
    boundary = GUESSING[model.config.loss][0]
    with model.observed():
        real_right, fake_right = model.discriminator(real) > boundary, model.discriminator(fake) < boundary
    return Accuracy(real_right.double().mean().item(), fake_right.double().mean().item())


def variety(fake: Tensor, real: Tensor, data: Data) -> Variety:
    """Variety of `fake` (N, *shape) against `real` (M, *shape), samples of `data`; N and M of at least 2, all finite."""
    (mean, nearest), (real_mean, real_nearest) = _distances(fake), _distances(real)
    return Variety(mean / real_mean, nearest / real_nearest if isinstance(data, Dataset) else None, _imbalance(fake, data))


def _distances(x: Tensor) -> tuple[float, float]:
    """Mean distance between two of `x`, and median distance from one of them to the nearest other."""
    distances = torch.cdist(x.flatten(1).double(), x.flatten(1).double())
    mean = distances.sum().item() / (len(x) * (len(x) - 1))
    return mean, distances.fill_diagonal_(math.inf).amin(dim=1).median().item()


def _imbalance(fake: Tensor, data: Data) -> float | None:
    from gan_course.metrics import histogram_distance, judge, label_histogram, mode_histogram

    if isinstance(data, Distribution):
        tenths = data.quantile(torch.arange(1, 10, dtype=torch.float64) / 10)
        drawn = label_histogram(torch.bucketize(fake.flatten().double(), tenths))
        return histogram_distance(drawn, torch.full((10,), 0.1, dtype=torch.float64))
    if isinstance(data, PlaneMixture):
        modes = len(data.centres)
        return histogram_distance(mode_histogram(fake, data), torch.full((modes,), 1 / modes, dtype=torch.float64))
    if data.name != "digits":
        return None
    return histogram_distance(label_histogram(judge().read(fake.clamp(-1, 1))), label_histogram(data.held_out.labels))


def read_history(path: Path) -> dict[str, list[float]]:
    """Columns of a history.csv by name, without "step". `FileNotFoundError` where there is none, `ValueError` where it is damaged."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            names, *rows = csv.reader(file)
        numbers = [[float(cell) for cell in row] for row in rows]
        if names[0] != "step" or [row[0] for row in numbers] != list(range(1, len(rows) + 1)):
            raise ValueError("its steps are not 1, 2, 3 ...")
        return {name: [row[index] for row in numbers] for index, name in enumerate(names) if index and rows}
    except (ValueError, IndexError, csv.Error) as error:
        raise ValueError(f"{path} is damaged ({error})") from error


@dataclass(frozen=True)
class _Evidence:
    """What findings rest on."""

    folder: RunFolder
    recipe: Recipe
    config: Any
    total: int
    columns: dict[str, list[float]]
    damaged: list[str]  # a sentence for each file that could not be read
    kept: int  # step of the newest whole checkpoint; 0 where there is none
    step: int  # of the weights that were looked at; 0 where there are none
    model: Model[Any] | None
    accuracy: Accuracy | None
    variety: Variety | None
    lacking: str  # why there are no samples

    @property
    def recorded(self) -> int:
        return max(map(len, self.columns.values()), default=0)

    @property
    def settled(self) -> int:
        """From this step on samples and scores tell."""
        return round(SETTLED / (1 - getattr(self.config, "average_decay", 0.99)))

    @property
    def not_finite(self) -> tuple[int, str, float] | None:
        """Step, column and value of the first value that is NaN or infinite."""
        found = ((step, name, v) for name, values in self.columns.items() for step, v in enumerate(values, start=1) if not math.isfinite(v))
        return min(found, key=lambda one: one[0], default=None)

    @property
    def largest(self) -> tuple[int, str, float]:
        """Step, column and value of the finite value that is farthest from 0."""
        finite = ((step, name, v) for name, values in self.columns.items() for step, v in enumerate(values, start=1) if math.isfinite(v))
        return max(finite, key=lambda one: abs(one[2]), default=(0, "", 0.0))

    def lately(self, name: str) -> float:
        """Median of a column's last finite values."""
        return median([v for v in self.columns[name] if math.isfinite(v)][-LATE:] or [math.nan])

    @property
    def cost(self) -> float:
        """The discriminator's loss, lately, as a share of what guessing costs; NaN where it cannot be said."""
        if getattr(self.config, "loss", None) not in GUESSING or "discriminator" not in self.columns:
            return math.nan
        return self.lately("discriminator") / GUESSING[self.config.loss][1]

    @property
    def too_strong(self) -> bool:
        """Whether the discriminator is right so often, and so idle or so wild, that the generator learns nothing from it."""
        return self.sure and (self.cost < IDLE or abs(self.largest[2]) > EXPLODED)

    @property
    def too_weak(self) -> bool:
        return not self.sure and self.cost > USELESS

    @property
    def sure(self) -> bool:
        return self.accuracy is not None and min(self.accuracy.real, self.accuracy.fake) >= SURE


def examine(folder: RunFolder) -> Examination:
    """Examine the run in `folder`, where nothing is changed.

    Weights are those of the newest whole checkpoint, or where there is none those of the end; recorded values are the checkpoint's, or those of
    history.csv where it reaches further. Raises `FileNotFoundError` where there is no run, and `ValueError` where its configuration is damaged or
    its weights belong to another one.
    """
    evidence = _gathered(folder)
    curves = tuple(Curve(name, tuple(values)) for name, values in evidence.columns.items())
    signs: tuple[Callable[[_Evidence], Iterator[Finding]], ...] = (_progress, _files, _numbers, _gradients, _discriminator, _variety)
    return Examination(curves, tuple(_said_once(finding for sign in signs for finding in sign(evidence))))


def _said_once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """One cause has several signs: a remedy that an earlier finding has is only referred to."""
    said: dict[str, str] = {}
    for finding in findings:
        if finding.remedy and finding.remedy in said:
            yield replace(finding, remedy=f"see {said[finding.remedy]}")
        else:
            said[finding.remedy] = finding.what
            yield finding


def _gathered(folder: RunFolder) -> _Evidence:
    recipe = folder.recipe()
    config = as_config(type(catalogue().model(recipe.model).configuration()), recipe.config)
    total = config.steps
    newest, damaged = newest_whole(folder.checkpoints)
    kept, columns = 0, {}
    if newest is not None:
        checkpoint = read_checkpoint(newest)
        kept, state = checkpoint.step, checkpoint.history
        columns = dict(zip(state["names"], state["values"].tolist(), strict=True))
    try:
        # A run that broke off has written its last steps there and nowhere else; one that was killed has not.
        written = read_history(folder.history) if folder.history.is_file() else {}
        columns = max(columns, written, key=lambda found: max(map(len, found.values()), default=0))
    except ValueError as error:
        damaged.append(str(error))
    model = folder.load("cpu", str(kept) if kept else None) if kept or folder.finished else None
    accurate, varied, lacking = (None, None, "there is no checkpoint to draw samples from") if model is None else _measured(model, recipe)
    step = 0 if model is None else kept or total
    return _Evidence(folder, recipe, config, total, columns, damaged, kept, step, model, accurate, varied, lacking)


def _measured(model: Model[Any], recipe: Recipe) -> tuple[Accuracy | None, Variety | None, str]:
    """Both measures on held-out samples and fresh ones; or, where there are none, why."""
    try:
        data = load(recipe.data, recipe.source)
    except OSError as error:
        return None, None, str(error)
    # A key of three numbers: no batch of a run is drawn from it.
    real = data.held_out.x[:SAMPLES] if isinstance(data, Dataset) else data.sample(SAMPLES, random_generator(recipe.seed, 0, 0))
    fake = draw(model, SAMPLES, recipe.seed)
    if not fake.isfinite().all():
        return None, None, NOT_FINITE
    judged = hasattr(model, "discriminator") and getattr(model.config, "loss", None) in GUESSING
    return accuracy(model, real, fake) if judged else None, variety(fake, real, data), ""


def _progress(seen: _Evidence) -> Iterator[Finding]:
    kept = f"the newest checkpoint is that of step {seen.kept:,}" if seen.kept else "there is no checkpoint"
    if seen.folder.finished:
        yield Finding("progress", "ok", f"finished: all {seen.total:,} steps; {kept}")
        return
    detail = f"step {max(seen.recorded, seen.kept):,} of {seen.total:,}; {kept}"
    if seen.not_finite:
        remedy = "going on with --resume would break off again, since a seed repeats its run"
        yield Finding("progress", "advice", f"broke off at {detail}", remedy)
        return
    again = f"gan-course train {seen.recipe.model} --out {shlex.quote(str(seen.folder.path))} --resume"
    yield Finding("progress", "advice", f"not finished: {detail}", f"if it is not in training at this moment, go on with it: {again}")


def _files(seen: _Evidence) -> Iterator[Finding]:
    if seen.damaged:
        more = f" (and {len(seen.damaged) - 1} more)" if len(seen.damaged) > 1 else ""
        yield Finding("files", "advice", f"{seen.damaged[0]}{more}", "what is whole was looked at; --resume goes on from the newest whole checkpoint")


def _numbers(seen: _Evidence) -> Iterator[Finding]:
    step, name, value = seen.largest
    if not seen.columns:
        remedy = "" if seen.folder.finished else "look again after the first checkpoint, or once the run has ended"
        yield Finding("numbers", "unknown", "there is no record of any step", remedy)
    elif found := seen.not_finite:
        yield Finding("numbers", "problem", f"diverged: {found[1]} became {found[2]} at step {found[0]:,}", _remedy(seen, "steps too large"))
    elif abs(value) > EXPLODED:
        detail = f"exploded: {name} was {value:.2g} at step {step:,}; runs that go well stay below about 50"
        yield Finding("numbers", "problem", detail, _remedy(seen, "steps too large"))
    elif seen.lacking == NOT_FINITE:
        yield Finding("numbers", "problem", f"diverged: the recorded values are finite, but {NOT_FINITE}", _remedy(seen, "steps too large"))
    else:
        detail = f"all values of {seen.recorded:,} steps are finite; farthest from 0 was {name}, {value:.3g} at step {step:,}"
        yield Finding("numbers", "ok", detail)


def _gradients(seen: _Evidence) -> Iterator[Finding]:
    norms = [name for name in seen.columns if name.startswith("gradient_norm")]
    if seen.columns and not norms:
        yield Finding("gradients", "unknown", "this model records no gradient norms")
        return
    if seen.not_finite:
        yield Finding("gradients", "unknown", "the run diverged before they could be judged")
        return
    if seen.recorded < LATE:
        yield Finding("gradients", "unknown", f"{seen.recorded} steps are too few to judge by, {LATE} are needed")
        return
    detail = ", ".join(f"{name} {median(seen.columns[name][:FIRST]):.2g} at first and {seen.lately(name):.2g} lately" for name in norms)
    if any(seen.lately(name) > STEEP for name in norms):
        yield Finding("gradients", "problem", f"far too steep: {detail}", _remedy(seen, "steps too large"))
    elif seen.lately("gradient_norm_g" if "gradient_norm_g" in norms else norms[0]) < FLAT:
        # Flat is a discriminator that is sure of everything, and one that has learnt nothing.
        remedy = _remedy(seen, "too strong" if seen.sure else "too weak")
        yield Finding("gradients", "problem", f"vanished: {detail}; the generator learns nothing from so little", remedy)
    else:
        yield Finding("gradients", "ok", f"neither vanished nor exploded: {detail}")


def _discriminator(seen: _Evidence) -> Iterator[Finding]:
    right = seen.accuracy
    if right is None:
        yield Finding("discriminator", "unknown", _unjudged(seen), _go_on(seen))
        return
    detail = f"right about {right.real:.0%} of {SAMPLES:,} real samples that it has not seen and {right.fake:.0%} of as many fresh ones"
    if not math.isnan(seen.cost):
        detail += f"; its loss is {seen.cost:.0%} of what guessing costs"
    if seen.step < seen.settled:
        yield Finding("discriminator", "unknown", f"{_too_early(seen)}; so far it is {detail}", _go_on(seen))
    elif seen.too_strong:
        fading = ", and the minimax loss fades the surer it is" if seen.config.loss == "minimax" else ""
        yield Finding("discriminator", "problem", f"too strong for the generator to learn from{fading}: it is {detail}", _remedy(seen, "too strong"))
    elif seen.sure:
        remedy = f"if samples do not improve from checkpoint to checkpoint, {_remedy(seen, 'too strong')}"
        yield Finding("discriminator", "advice", f"ahead of the generator, though not idle: it is {detail}", remedy)
    elif seen.too_weak:
        yield Finding("discriminator", "problem", f"worse than guessing, the generator outruns it: it is {detail}", _remedy(seen, "too weak"))
    else:
        leaning = abs(right.real - right.fake) > 0.5 and seen.variety is not None and not seen.variety.low
        why = "; that it leans to one side is common, since both scores drift together and only their difference teaches" if leaning else ""
        yield Finding("discriminator", "ok", f"mistaken often enough for the generator to learn: it is {detail}{why}")


def _variety(seen: _Evidence) -> Iterator[Finding]:
    found = seen.variety
    if found is None:
        yield Finding("variety", "unknown", seen.lacking, _go_on(seen))
        return
    parts = [f"two fresh samples are {found.spread:.2f} times as far apart as two real ones"]
    if found.nearest is not None:
        parts.append(f"nearest neighbours {found.nearest:.2f} times")
    if found.imbalance is not None:
        classes = "be another digit" if found.nearest is not None else "lie elsewhere"
        parts.append(f"{found.imbalance:.0%} of them would have to {classes} to be spread as the data are")
    detail = ", ".join(parts)
    if seen.step < seen.settled:
        yield Finding("variety", "unknown", f"{_too_early(seen)}; so far {detail}", _go_on(seen))
    elif not found.low:
        yield Finding("variety", "ok", f"about that of the data at step {seen.step:,}: {detail}")
    elif seen.step < seen.total / 2:
        remedy = "look again after half of its steps: what is missing is often found by then"
        yield Finding("variety", "advice", f"low so far, at step {seen.step:,} of {seen.total:,}: {detail}", remedy)
    else:
        # Where a player outruns the other, that is the cause.
        sign = "too strong" if seen.too_strong else "too weak" if seen.too_weak else "too much alike"
        what = "collapsed, samples are too much alike or leave out a part of the data"
        yield Finding("variety", "problem", f"{what}: {detail}", _remedy(seen, sign))


def _unjudged(seen: _Evidence) -> str:
    """Why the discriminator's accuracy is not known."""
    if seen.lacking:
        return seen.lacking
    loss = getattr(seen.config, "loss", "")
    if loss == "wasserstein" or hasattr(seen.model, "critic"):
        return "a Wasserstein critic has no accuracy: its scores have no zero that parts real from fake, only their difference counts"
    if not hasattr(seen.model, "discriminator"):
        return f"a {type(seen.model).__name__} has none"
    return f"the loss {loss!r} does not say from which score on a sample is taken for real"


def _too_early(seen: _Evidence) -> str:
    return f"step {seen.step:,} is too early to judge by, samples tell from step {seen.settled:,} on"


def _go_on(seen: _Evidence) -> str:
    """What to do for a finding that there is too little for yet."""
    if seen.not_finite or (seen.model is not None and (seen.lacking or seen.step >= seen.settled)):
        return ""
    if seen.folder.finished:
        return f"train anew, into another folder, with --steps {seen.settled} or more"
    return f"look again when there is a checkpoint of step {seen.settled:,} or later; --checkpoint-every says how often one is written"


def _remedy(seen: _Evidence, sign: str) -> str:
    """What to change, in fields of the configuration."""
    config, entry = seen.config, catalogue().model(seen.recipe.model)
    usual = entry.configuration(seen.recipe.profile, seen.recipe.data)
    made_for_it = seen.recipe.data == entry.data or usual != entry.configuration(seen.recipe.profile)
    changed = [name for name in TUNED if getattr(config, name, None) != getattr(usual, name, None)]
    if changed and made_for_it:
        fields = ", ".join(f"{name} = {getattr(usual, name)!r} (here {getattr(config, name)!r})" for name in changed)
        return f"train anew, into another folder, with {fields}, as in the {seen.recipe.profile} profile"
    if not hasattr(config, "lr_g") or not (hasattr(config, "lr_d") or hasattr(config, "lr_c")):
        return "train anew, into another folder, with a lower learning rate"
    return f"train anew, into another folder, with {', or with '.join(list(_changes(config, sign))[:2])}"


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
    yield from (f"{name} = True (here False)" for name in ("spectral_norm", "batch_norm") if getattr(config, name, True) is False)
    if sign == "too much alike":
        yield "another --seed"
    elif lr_g >= lr_d:
        yield f"{opponent} = {lr_g / 4:g} (here {lr_d})"

# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown]
# # 4 · Codes that nobody explained

# %% tags=["install"]
# Only in Colab does this cell do anything: it installs the course and keeps the PyTorch that is
# there.
import subprocess
import sys

if "google.colab" in sys.modules:
    course = "gan-course @ git+https://github.com/gan-course/gan-course@main"
    subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", course])

# %% tags=["nbval-check-output"]
from gan_course.lesson import Claim, card, claim, claims, show_source, show_table, study

card("04")

# %% tags=["parameters"]
seed = 0

# %% [markdown]
# ## Sorting without names
#
# Someone hands you two thousand images of digits, without labels, and asks you to sort them into
# ten drawers. You would put like with like, and hope that this is what was meant. Here is a machine
# that does so: **k-means** looks for ten mean images such that each image is near to the one of its
# drawer.

# %%
import torch

from gan_course.data import load
from gan_course.metrics import pixel_clusters
from gan_course.viz import image_rows, show

digits = load("digits")
held_out, labels = digits.held_out.x, digits.held_out.labels
drawers = pixel_clusters(held_out, 10, seed=seed)
show(
    image_rows({f"drawer {k}": held_out[drawers == k][:10] for k in range(5)}),
    alt="Five rows of ten handwritten digits. A row may hold nearly one digit, such as 0, or mix "
    "several, such as 4, 5, 6, 7 and 9.",
    caption="Five of the ten drawers. The machine knows pixels only: a 4 and a 9 can share a "
    "drawer, and one digit can fill two.",
)

# %% [markdown]
# How good is that? The drawers have no names, so let each stand for one digit, all different, in
# the way that suits best: that is an **optimal assignment**, and the share of images that are right
# then is the **unsupervised accuracy**. The labels are looked at only for this count. K-means ends
# at a local best, so it is given five starts.

# %%
from gan_course.metrics import cluster_accuracy

torch.manual_seed(seed)
all_by_pixels = [
    cluster_accuracy(pixel_clusters(held_out, 10, seed=start), labels) for start in range(5)
]
by_pixels = sum(all_by_pixels) / 5
by_chance = cluster_accuracy(torch.randint(10, (len(labels),)), labels)
print(
    f"k-means on pixels, from five starts: {min(all_by_pixels):.3f} to {max(all_by_pixels):.3f}   "
    f"ten drawers drawn by chance: {by_chance:.3f}"
)

# %% [markdown]
# A generator of lesson 2 sorts nothing. Its noise decides all there is to see, but no single number
# of it means anything. In this lesson the generator gets, besides noise $z$, a **code** $c$: a
# category out of ten, or a number between -1 and 1. Nobody says what the code should mean. The one
# thing that is asked for is that it can be *told from the picture*. Will the drawers that come of
# it be the ten digits?
#
# ## Information
#
# How much does an image $x$ tell of its code? Before one looks, the uncertainty about $c$ is its
# entropy $H(c)$: for ten categories that come equally often, $\log 10 = 2.303$ **nats**. After a
# look there is still $H(c \mid x) = -\mathbb{E} \log p(c \mid x)$. The difference is the **mutual
# information**
#
# $$\begin{aligned}
# I(c; x) &= H(c) - H(c \mid x) \\
# &= H(c) + \mathbb{E} \log p(c \mid x).
# \end{aligned}$$
#
# Both means are over pairs: draw a code, then an image from it. $I$ is 0 if the image tells nothing
# and, for categories, at most $H(c)$. But $p(c \mid x)$, the chance of each code once the image is
# seen, is not known: to have it one would have to turn the generator around. So take a network $Q(c
# \mid x)$ that guesses it. Add and subtract $\mathbb{E} \log Q$:
#
# $$\begin{aligned}
# \mathbb{E} \log p(c \mid x) &= \mathbb{E} \log Q(c \mid x) \\
# &\quad {} + \mathbb{E} \log \frac{p(c \mid x)}{Q(c \mid x)} .
# \end{aligned}$$
#
# The last term is the mean of $\mathrm{KL}(p(\cdot \mid x) \,\|\, Q(\cdot \mid x))$ over images,
# lesson 1's divergence, and never negative. Leave it out, and
#
# $$I(c; x) \;\ge\; H(c) + \mathbb{E} \log Q(c \mid x),$$
#
# with equality where $Q(c \mid x) = p(c \mid x)$, doubts included. For categories $-\log Q$ is the
# cross-entropy, so a reader that is trained as any classifier raises the bound. In a world of three
# codes and four images all of this can be computed.

# %%
joint = (
    torch.tensor([[6, 2, 1, 1], [1, 6, 2, 1], [1, 1, 2, 6]], dtype=torch.float64) / 30
)  # p(c, x): rows are codes, columns images
p_c, p_x = joint.sum(1, keepdim=True), joint.sum(0, keepdim=True)
entropy = -(p_c * p_c.log()).sum()
information = (joint * (joint / (p_c * p_x)).log()).sum()


def bound(reader):
    """The bound for a `reader` Q(c | x) of shape (codes, images), each column a distribution."""
    return (entropy + (joint * reader.log()).sum()).item()


torch.manual_seed(seed)
guesses = [bound(torch.randn(3, 4, dtype=torch.float64).softmax(0)) for _ in range(1000)]
print(
    f"H(c) = {entropy:.4f}   I(c; x) = {information:.4f}   bound of a reader that shrugs: "
    f"{bound(torch.full((3, 4), 1 / 3, dtype=torch.float64)):.4f}"
)
claims(
    Claim(
        "the highest bound of 1,000 random readers, less I(c; x)",
        max(guesses) - information,
        at_most=0,
    ),
    Claim(
        "the bound of the reader that knows p(c | x): distance from I(c; x)",
        abs(bound(joint / p_x) - information),
        at_most=1e-9,
    ),
)

# %% [markdown]
# For a code that is a number, the course's reader answers with a bell, a mean $\mu$ and a variance
# $\sigma^2$, and $\log Q = -\tfrac12 \log 2 \pi \sigma^2 - (c - \mu)^2 / 2 \sigma^2$. A code that
# is uniform in $[-1, 1]$ has the density ½ and so $H(c) = -\log \tfrac12 = \log 2$. For a density
# that is no ceiling, and $I$ has none: a reader that is twice as exact earns $\log 2$ nats more.
# The course's reader may not claim a variance below $e^{-4}$, with which a code earns at most $\log
# 2 - \tfrac12 \log 2 \pi + 2 = 1.77$ nats.
#
# **InfoGAN** (Chen et al., 2016) adds the bound to lesson 2's game, with weight $\lambda$. The
# reader raises it by reading better, the generator by drawing so that it can be read.
#
# Before you go on, a guess: if the bound reaches 2.3 nats, all that there are for ten categories,
# are the categories digits?
#
# ## The code
#
# $Q$ shares the discriminator's features, and is a small network on top.

# %% tags=["nbval-check-output"]
from gan_course.information import categorical_bound, gaussian_bound
from gan_course.models import InfoGAN
from gan_course.nets.infogan import QHead

show_source(categorical_bound)
show_source(gaussian_bound)
show_source(QHead)

# %% tags=["nbval-check-output"]
show_source(InfoGAN.noise)
show_source(InfoGAN.information)
show_source(InfoGAN.discriminator_step)
show_source(InfoGAN.generator_step)

# %% [markdown]
# Five things to notice.
#
# - The reader learns from generated images only. Of a real one nobody knows the code. It can
#   be *asked* about real images, though, and that is how we shall find out what the codes mean.
# - In the generator's step the gradient passes through discriminator and reader, which stay as they
#   are.
# - A one-hot vector of ten has a standard deviation of 0.3 in each place, where noise has 1. It is
#   scaled up to the noise's, times `contrast`, which is 1 here. At the end we see what a fainter
#   code does.
# - There are two weights. `lambda_q`, here 1, is what reading well counts in the step of
#   discriminator and reader; `lambda_g`, here 0.3, is what being read counts in the generator's.
#   The second is the $\lambda$ of this lesson; the paper has one for both.
# - `disturbed`: in training the reader sees images that are moved, turned, stretched and noisy. A
#   code that changed one corner pixel could be read perfectly, and would be worth nothing. This is
#   where the course says what *kind* of code it wants, without a single label.
#
# | tensor | shape |
# |---|---|
# | noise, category, together: `latent` | (64, 16 + 10) |
# | `real`, `fake` | (64, 1, 28, 28) |
# | features, which Q shares | (64, 1176) |
# | `reading.logits` | (64, 10) |
#
# ## Train it

# %% tags=["nbval-check-output"]
from dataclasses import asdict, replace

from gan_course.models.infogan import PROFILES

LESSON = PROFILES["lesson"]

for name, value in asdict(LESSON).items():
    print(f"{name:>14}: {value}")

# %%
from gan_course.explore import CodeExplorer
from gan_course.training import Evaluation, Progress, fit

categories = LESSON.categories


def told(model, n=2000):
    """The nats that Q reads from `n` samples of the averaged generator, as they are: clean, not
    disturbed as in training."""
    latent = model.noise(n)
    category = latent.split(model.parts, dim=1)[1].argmax(1)
    return categorical_bound(model.read(model.ema(latent)).logits, category)


def told_disturbed(model, n=2000):
    """The same with samples that are disturbed: what training raises."""
    latent = model.noise(n)
    return model.information(model.ema(latent), latent)["information_category"]


def sorts(model):
    """Unsupervised accuracy of Q on the held-out digits."""
    return cluster_accuracy(model.read(held_out).logits.argmax(1), labels)


torch.manual_seed(seed)
model = InfoGAN(LESSON)
nats, accuracy = (
    Evaluation(told, every=100, also=(0, 25, 50)),
    Evaluation(sorts, every=100, also=(0, 25, 50)),
)
history = fit(model, digits, hooks=[Progress(), nats, accuracy], seed=seed)

# %% tags=["readme-picture"]
with model.evaluating():
    torch.manual_seed(seed)
    drawn = {f"category {k}": model.sample(10, category=k) for k in range(categories)}
show(
    image_rows(drawn),
    alt="Ten rows of ten generated digits, a row for each category. In most rows one digit is "
    "frequent; some rows mix two or three.",
    caption="Ten samples of each category. No label was ever shown to any network.",
)

# %%
from math import log

from gan_course.viz import curves

show(
    curves(
        {
            "nats that Q reads, over log 10": (
                nats.steps,
                [value / log(10) for value in nats.values],
            ),
            "accuracy on real digits": (accuracy.steps, accuracy.values),
        },
        "step",
        "share",
        levels={"k-means": by_pixels},
    ),
    alt="Two curves over the steps. The nats rise to their ceiling within four or five hundred "
    "steps; the accuracy rises more slowly and stays near a half, about where the dashed line "
    "of k-means lies.",
    caption="What the images tell of the code, and how well the code sorts real digits. The first "
    "becomes all but perfect, the second does not.",
)

# %% [markdown]
# The first curve ends with nowhere left to go, the second far below. That answers the guess.
#
# ## The evidence

# %%
torch.manual_seed(seed)
with model.evaluating():
    nats_told, nats_disturbed, by_code = (
        float(told(model)),
        float(told_disturbed(model)),
        sorts(model),
    )
    untrained = InfoGAN(LESSON)
    nats_untrained, by_untrained = float(told(untrained)), sorts(untrained)
print(f"nats told: {nats_told:.3f} of {log(10):.3f}, by disturbed samples {nats_disturbed:.3f}")
print(
    f"accuracy on real digits: Q {by_code:.3f}, k-means {by_pixels:.3f}, an untrained Q "
    f"{by_untrained:.3f}, by chance {by_chance:.3f}"
)
claims(
    Claim(
        "the image tells the category: nats that Q reads, of 2.303",
        nats_told,
        at_least=2.2,
        knowing_nothing=nats_untrained,
    ),
    Claim(
        "Q sorts real digits by category: unsupervised accuracy on 2,000",
        by_code,
        at_least=0.4,
        knowing_nothing=by_untrained,
    ),
)

# %% [markdown]
# Which digits did the categories become? Count what the judge of lesson 2 reads in 200 samples of
# each.

# %%
from gan_course.metrics import judge

torch.manual_seed(seed)
counts = torch.stack(
    [
        torch.bincount(judge().read(model.sample(200, category=k)), minlength=10)
        for k in range(categories)
    ]
)
print("digit       ", *(f"{d:4d}" for d in range(10)))
for k, row in enumerate(counts.tolist()):
    print(f"category {k}  ", *(f"{n:4d}" if n >= 10 else "   ·" for n in row))

# %% [markdown]
# A dot stands for fewer than ten. Some categories are one digit, some mix two or three that are
# drawn alike, some digits are shared by several categories, and one may hardly be drawn at all.
# (The judge must name a digit even where the drawing is none.) Each image tells its category almost
# perfectly all the same: two ways of drawing a 0 are as easy to tell apart as a 4 and a 9,
# and **the bound does not care which differences it is paid for**. It is satisfied by *a* code.
# What ties the code to digits must come from elsewhere: ten values where there are ten digits,
# equally frequent, a network for which nearby drawings have nearby codes, and disturbances that
# make a digit's place and tilt a bad hiding-place. So we believe; the lesson does not take them
# away one by one. Locatello et al. (2019) prove the general case: without such an **inductive
# bias**, finding the factors behind data without labels is impossible.
#
# K-means, which knows nothing of networks, does about as well: its bias, alike in pixels, happens
# to suit centred digits. (It was fitted to the very images it is scored on; Q had not seen them.)
#
# ## Shapes, where the truth is known
#
# Of a digit we know its class only. So here are images whose factors are known: a square, an
# ellipse or a triangle, at a place $(x, y)$, with a size and a rotation. The held-out ones are
# combinations that were never learned from.

# %%
from gan_course.data.shapes import FACTORS, KINDS

shapes = load("shapes")
show(
    image_rows({"real": shapes.train.x[:20]}),
    alt="Twenty white shapes on black: squares, ellipses and triangles of several sizes, places "
    "and rotations.",
    caption=f"Twenty of {len(shapes.train.x):,} images to learn from.",
)

# %% [markdown]
# Three codes, and settings of their own. Here the place is what a code may mean, so the reader's
# images are not moved or turned, only slightly noisy. And the generator is another: every pixel is
# told where it stands.

# %%
from gan_course.models.infogan import PROFILES

SHAPES = PROFILES["lesson/shapes"]

for name, value in asdict(SHAPES).items():
    if value != getattr(LESSON, name):
        print(f"{name:>10}: {value}")
torch.manual_seed(seed)
player = InfoGAN(SHAPES)
record = fit(player, shapes, hooks=[Progress()], seed=seed)

# %% [markdown]
# The course can read the factors of a shape from its image without any training: place and area
# from the light, the rest by drawing each kind anew and comparing. What such a drawing leaves
# unexplained is the **residual**, 0 for a clean shape and 1 for none. Look at what was drawn before
# you believe any number.

# %%
from gan_course.metrics import match, read_shapes, shape_correlations

torch.manual_seed(seed)
newcomer = InfoGAN(SHAPES)
with player.evaluating(), newcomer.evaluating():
    latent = player.noise(2000)
    images = player.ema(latent)
    codes = latent.split(player.parts, dim=1)[2]
    answers, guesses = (who.read(shapes.held_out.x).mu for who in (player, newcomer))
reading = read_shapes(images)
show(
    image_rows({"real": shapes.held_out.x[:20], "generated": images[:20]}),
    alt="Twenty real shapes, squares and triangles with corners among them, above twenty generated "
    "ones: rounded patches and slivers.",
    caption="Real shapes, and what the generator draws.",
)
print(
    f"median residual: real {read_shapes(shapes.held_out.x).residual.median():.4f}, generated "
    f"{reading.residual.median():.4f}"
)
print(
    "kinds in 2,000 generated images:",
    ", ".join(
        f"{kind} {n}"
        for kind, n in zip(KINDS, reading.kinds.bincount(minlength=3).tolist(), strict=True)
    ),
)

# %% [markdown]
# The generator draws rounded patches that are hardly squares or ellipses; the kind that is printed
# is the nearest of three. Place and area can be measured all the same.
#
# What did the codes find? Correlate ranks, code by factor (**Spearman**: does the one rise, or
# fall, with the other?), and pair the codes with *distinct* factors in the best way. Rotation comes
# back to where it began; it counts by its cosine or its sine, whichever fits better, for each kind
# by itself, so that a code that turns a shape once around scores 0.5 to 0.8.

# %%
on_drawn = shape_correlations(codes, reading.kinds, reading.factors)
on_real = shape_correlations(answers, shapes.held_out.labels, shapes.held_out.factors)
for name, table in {
    "code, in generated images": on_drawn,
    "Q's answer, on real images": on_real,
}.items():
    print(f"{name:>27}", *(f"{factor:>9}" for factor in FACTORS))
    for k, row in enumerate(table.tolist()):
        print(f"{'code ' + str(k):>27}", *(f"{value:9.2f}" for value in row))

# %%
pairs, pairs_real = match(on_drawn), match(on_real)
print(
    "generated:",
    ", ".join(
        f"code {pair.code} is {FACTORS[pair.factor]} ({pair.strength:.2f})" for pair in pairs
    ),
)
print(
    "real:     ",
    ", ".join(
        f"code {pair.code} is {FACTORS[pair.factor]} ({pair.strength:.2f})" for pair in pairs_real
    ),
)
scrambled = match(shape_correlations(codes[torch.randperm(2000)], reading.kinds, reading.factors))
claims(
    Claim(
        "each code has a factor of its own, in generated images: weakest of three matched "
        "correlations",
        min(pair.strength for pair in pairs),
        at_least=0.7,
        knowing_nothing=min(pair.strength for pair in scrambled),
    ),
    Claim(
        "the same through Q, on real images that were held out",
        min(pair.strength for pair in pairs_real),
        at_least=0.6,
        knowing_nothing=min(
            pair.strength
            for pair in match(
                shape_correlations(guesses, shapes.held_out.labels, shapes.held_out.factors)
            )
        ),
    ),
)

# %% [markdown]
# The weakest is the size. Does that code mean the size at all? A triangle has less area than a
# square of the same size. Correlate Q's answer with the **area** instead, the light in a real
# image.

# %%
from gan_course.metrics import rank_correlations

size_code = next(pair.code for pair in pairs_real if FACTORS[pair.factor] == "size")
area = (shapes.held_out.x + 1).sum(dim=(1, 2, 3))
size = shapes.held_out.factors[:, [FACTORS.index("size")]]
with_size, with_area = (
    rank_correlations(answers[:, [size_code]], found[:, None]).item()
    for found in (size.flatten(), area)
)
print(
    f"code {size_code} and size: {with_size:.2f}   code {size_code} and area: {with_area:.2f}   "
    f"area and size: {rank_correlations(area[:, None], size).item():.2f}"
)

# %% [markdown]
# A published score for the same question is the **mutual information gap** (MIG, Chen et al.,
# 2018): for each factor, the nats that the best code tells of it, less those of the second best, as
# a share of the factor's entropy. 1 is perfect, 0 is nothing. Factors are cut into ten steps, codes
# into twenty.

# %%
from gan_course.metrics import binned, mutual_information_gap

truth = torch.cat([binned(shapes.held_out.factors, 10), shapes.held_out.labels[:, None]], dim=1)
gaps, chance = (
    mutual_information_gap(answers, truth),
    mutual_information_gap(torch.rand(len(truth), 3), truth),
)
for name, gap, none in zip((*FACTORS, "kind"), gaps.tolist(), chance.tolist(), strict=True):
    print(f"{name:>9}: {gap:.2f}   (random codes {none:.2f})")
print(f"{'mean':>9}: {gaps.mean():.2f}   (random codes {chance.mean():.2f})")

# %% [markdown]
# MIG is a harsh scale: it asks *which of ten steps*, and a small error crosses an edge, so that a
# correlation of 0.99 goes with a gap of about two thirds. And three codes can hardly bring the mean
# of five factors above 0.6.
#
# What did the codes find? The place, both coordinates, nearly perfectly. And the area, which we
# would call size: nobody told the game which of the two is a factor, and a code that *is* the area
# cannot do much better with the size. The gap of the kind is the same code's: at equal size a
# square has more area than a triangle. What did they not find? The kind has no code of its own, and
# triangles hardly ever come. Rotation: Q's answers on real images do not follow it. In generated
# images a code may lean that way, but no code owns it. There were three codes for five factors, and
# the place took two. Codes for a place are easy to have here, since every pixel of this generator
# is told where it stands (`CoordinateGenerator`); that is again an inductive bias.
#
# ## Break it
#
# ### No λ
#
# Set $\lambda = 0$: Q learns to read as before, and the generator is no longer paid for being read.
# How much does the image tell now? Two short runs, smaller than the lesson's.

# %%
small = replace(LESSON, width=8, steps=250)


def short_run(**changes):
    torch.manual_seed(seed)
    player = InfoGAN(replace(small, **changes))
    fit(player, digits, seed=seed)
    with player.evaluating():
        found = {
            "clean": float(told(player)),
            "disturbed": float(told_disturbed(player)),
            "accuracy": sorts(player),
        }
    name = ", ".join(f"{field} = {value}" for field, value in changes.items()) or "as in the lesson"
    print(
        f"{name:>16}: nats told {found['clean']:.3f}, disturbed {found['disturbed']:.3f}, accuracy "
        f"on real digits {found['accuracy']:.3f}"
    )
    return found


asked, unasked = short_run(), short_run(lambda_g=0.0)
claims(
    Claim(
        "nobody asked the generator for information, and it is there: nats told",
        unasked["clean"],
        at_least=1.0,
        knowing_nothing=nats_untrained,
    ),
    Claim(
        "asking brings more: nats told by disturbed samples, with λ less without",
        asked["disturbed"] - unasked["disturbed"],
        at_least=0.2,
    ),
)

# %% [markdown]
# The code is as strong as the noise, so a generator that makes use of its noise shows the code as
# well, asked or not. A high bound is no evidence that the generator did anything for it.
#
# ### A code too weak to be noticed
#
# Now the other way: keep $\lambda$, and make the code a tenth as strong as the noise (`contrast`
# 0.1).

# %%
faint = short_run(contrast=0.1)
claim(
    "a faint code is not noticed in a short run: nats that Q reads, of 2.303",
    faint["clean"],
    at_most=0.5,
)

# %% [markdown]
# The reader cannot read what the picture hardly shows, so its answer is a shrug, and a shrug has
# next to no slope that would tell the generator to show more. Does more training help? The lesson's
# full run with three strengths of the code, with and without $\lambda$; five seeds each, stored
# ([the script](../benchmarks/codes.py) runs it again). The distance is lesson 2's Fréchet distance;
# "apart" is how far two samples of one category lie from each other, over all pixels.

# %% tags=["nbval-check-output"]
from gan_course.metrics import variety_within_classes

runs = study("codes")["runs"]
columns = {"nats": 2, "nats, disturbed": 2, "accuracy": 2, "distance": 1, "apart": 1}


def spread(found, key):
    values = [run[key] for run in found]
    return f"{min(values):.{columns[key]}f} to {max(values):.{columns[key]}f}"


show_table({name: {key: spread(found, key) for key in columns} for name, found in runs.items()})
mean = {
    term: sum(run["accuracy"] for run in runs[f"{term}, contrast 1"]) / 5
    for term in ("λ = 0.3", "λ = 0")
}
print(
    f"mean accuracy of a strong code: with the term {mean['λ = 0.3']:.2f}, without "
    f"{mean['λ = 0']:.2f}"
)
print(
    "without, run by run:",
    ", ".join(
        f"{run['nats']:.2f} nats and {run['accuracy']:.2f}" for run in runs["λ = 0, contrast 1"]
    ),
)
print(
    "two real digits of one class: "
    f"{variety_within_classes(held_out.flatten(1), labels, 10).mean():.1f} apart"
)

# %%
with_term, without = (
    [run["nats"] for run in runs[f"{term}, contrast 0.25"]] for term in ("λ = 0.3", "λ = 0")
)
claims(
    Claim(
        "a faint code, with the information term: least nats of five runs",
        min(with_term),
        at_least=2.2,
        knowing_nothing=max(without),
    ),
    Claim("a faint code, without it: most nats of five runs", max(without), at_most=0.5),
)

# %% [markdown]
# For a faint code, a quarter as strong as the noise, the term is everything: more than 2.2 nats
# with it, next to none without. For a code a tenth as strong it does a part of its work, if it is
# given time and luck: between 0.5 and 2.1 nats, where the short run above had shown nothing.
#
# For a strong code most of the nats come unasked, and the term brings the rest, most of all for
# disturbed samples. This has a price. The distance is larger in four of five pairs, and the samples
# of one category are nearer to each other in each of them: a code is easy to read where the noise
# changes little.
#
# And the accuracy on real digits? On average it is the same, asked or not. The nats do not tell it
# either: without the term one run has 2.20 nats and an accuracy of 0.39, another 2.15 nats and
# 0.61. To be told more about a code is one thing, and that the code says what we mean is another.
#
# ## Explore it
#
# First the shapes: one slider for each code, and below the images how much each factor changes
# while a code goes from -1 to 1, as a share of its range in the data; a code can go further than
# that. Rotation is counted the shorter way round, so that two unrelated rotations differ by a
# quarter on average. The second widget shows the digits.

# %%
from gan_course.explore import shape_factors

explorer = CodeExplorer.of(player, factors=shape_factors(), seed=seed)
explorer.move(1, 1.0)
explorer.picture()

# %% [markdown]
# Each code has a factor that it changes most, and none changes one factor only.

# %%
explorer.widget()

# %%
CodeExplorer.of(model, read=judge().read, seed=seed).widget()

# %% [markdown]
# ## Check yourself
#
# **1.** The bound stands at 2.29 nats of 2.303. A friend concludes that Q would sort real digits
# almost perfectly. What is missing?
#
# <details><summary>Answer</summary>
#
# The bound speaks of generated images, and of *a* code. It says that the category can be told from
# the drawing, not that it is the digit; and real images are not those that Q learned from.
#
# </details>
#
# **2.** Why does Q not learn from real images as well?
#
# <details><summary>Answer</summary>
#
# Their code is not known, so there is no target. Only where an image was made from a code can a
# reader be told whether it was right.
#
# </details>
#
# **3.** Three codes all follow the size of a shape, with correlations of 0.95. The mean of the best
# correlation of each code is 0.95. What do matching and MIG say?
#
# <details><summary>Answer</summary>
#
# Matching lets one code have the size and gives the other two what is left, so their strengths are
# near 0. MIG subtracts the second best code's nats from the best's: the gap is near 0 for every
# factor. Both ask for *distinct* factors.
#
# </details>
#
# Then solve [the exercise](../exercises/04_exercise.ipynb): both bounds, the losses of both players
# with the gradient in the right places, the optimal assignment, and the matching of codes and
# factors. At its end your own functions train a small InfoGAN.
#
# ## What to remember
#
# - $H(c) + \mathbb{E} \log Q(c \mid x)$ is at most the mutual information, and a trained classifier
#   raises it.
# - Information is satisfied by any code that can be read. What the code means comes from the
#   architecture, the data and what the reader is not shown.
# - Before you credit a term with a result, take the term away and look again: of a strong code most
#   was told unasked.
# - Without labels, say how you matched: distinct factors, an optimal assignment, and the score of
#   chance and of a simple rival beside it.
#
# How far is this from published results? Chen et al. (2016) report that their ten categories match
# digits with 5 % error; they give one figure, with two continuous codes besides, larger networks
# and 60,000 images. `gan-course train infogan --profile full --source full` trains larger networks
# on as many; we did not run it. `gan-course sample RUN --given category=3` asks for a category.
#
# **Next**: [lesson 5](05_wgan.ipynb) turns to the other half of the game, the discriminator, and
# makes it measure a distance.
#
# **Sources**: Chen et al. 2016, [InfoGAN](https://arxiv.org/abs/1606.03657), eq. 4 to 6 and section
# 7; Locatello et al. 2019, [Challenging Common Assumptions](https://arxiv.org/abs/1811.12359),
# theorem 1; Chen et al. 2018, [Isolating Sources of
# Disentanglement](https://arxiv.org/abs/1802.04942), eq. 6 for MIG.

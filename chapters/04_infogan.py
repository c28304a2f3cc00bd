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
# First, try to read a code. Beside its noise this generator is given one of ten categories, and
# nobody told it what they mean. Choose another category, and see what it has come to mean; then
# look at all of them side by side. The lesson asks where such a meaning comes from.

# %%
from gan_course.explore import explore

explore("04")

# %% [markdown]
# ## Sorting without names
#
# Someone hands you two thousand images of digits, without labels, and asks you to sort them into
# ten drawers. You would put like with like, and hope that this is what was meant. An algorithm that
# does so is **k-means**: it looks for ten mean images such that each image is near the mean of its
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
    alt="Five rows of ten handwritten digits. A row may hold nearly only one digit, such as 0, "
    "or mix several, such as 4, 5, 6, 7 and 9.",
    caption="Five of the ten drawers. K-means knows pixels only: a 4 and a 9 can share a drawer, "
    "and one digit can fill two.",
)

# %% [markdown]
# How good is that? The drawers have no names, so give each a digit of its own such that as many
# images as possible are right: that is an **optimal assignment**, and the share of images that are
# right is the **unsupervised accuracy**. The labels are used for this count only. K-means ends in a
# local optimum, so we start it five times.

# %%
from gan_course.metrics import cluster_accuracy

torch.manual_seed(seed)
all_by_pixels = [
    cluster_accuracy(pixel_clusters(held_out, 10, seed=start), labels) for start in range(5)
]
by_pixels = sum(all_by_pixels) / 5
by_chance = cluster_accuracy(torch.randint(10, (len(labels),)), labels)
print(
    f"k-means on pixels, from five starts: {min(all_by_pixels):.3f} to {max(all_by_pixels):.3f}, "
    f"mean {by_pixels:.3f}   ten drawers drawn by chance: {by_chance:.3f}"
)

# %% [markdown]
# The generator of lesson 2 sorts nothing. Its noise decides everything in the picture, but no
# single number of it was given a meaning. In this lesson the generator gets, besides noise $z$, a
# **code** $c$: a category out of ten, or a number between -1 and 1. Nobody says what the code
# should mean. All we ask is that it can be *told from the picture*. Will the ten categories be the
# ten digits?
#
# ## Information
#
# How much does an image $x$ tell about its code? Before you look, the uncertainty about $c$ is its
# entropy $H(c) = -\mathbb{E} \log p(c)$. Ten categories that come equally often have
# $\log 10 = 2.303$ **nats**, the unit that goes with the natural logarithm. After you have looked
# there remains $H(c \mid x) = -\mathbb{E} \log p(c \mid x)$. The difference is the **mutual
# information**
#
# $$\begin{aligned}
# I(c; x) &= H(c) - H(c \mid x) \\
# &= H(c) + \mathbb{E} \log p(c \mid x).
# \end{aligned}$$
#
# Both means are over pairs: draw a code, then an image from it. $I$ is 0 if the image tells nothing
# and, for categories, at most $H(c)$. But $p(c \mid x)$, the probability of each code once the
# image is seen, is not known: to compute it you would have to invert the generator. So take a
# network $Q(c \mid x)$ that estimates it. Add and subtract $\mathbb{E} \log Q$:
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
# with equality where $Q(c \mid x) = p(c \mid x)$. For categories $-\log Q$ is the cross-entropy, so
# whoever trains $Q$, the **reader**, as a classifier raises the bound. With three codes and four
# images all of this can be computed.

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
    f"H(c) = {entropy:.4f}   I(c; x) = {information:.4f}   bound of a reader that gives every code "
    f"1/3: {bound(torch.full((3, 4), 1 / 3, dtype=torch.float64)):.4f}"
)
claims(
    Claim(
        "(highest bound of 1,000 random readers) − I(c; x)",
        max(guesses) - information,
        at_most=0,
    ),
    Claim(
        "the reader that knows p(c | x): distance of its bound from I(c; x)",
        abs(bound(joint / p_x) - information),
        at_most=1e-9,
    ),
)

# %% [markdown]
# For a code that is a number, our reader answers with a Gaussian, a mean $\mu$ and a variance
# $\sigma^2$, and $\log Q = -\tfrac12 \log 2 \pi \sigma^2 - (c - \mu)^2 / 2 \sigma^2$. A code that
# is uniform in $[-1, 1]$ has the density ½ and so $H(c) = -\log \tfrac12 = \log 2$. For a number,
# $H(c)$ is no upper limit: each time the reader becomes twice as exact the bound rises by $\log 2$
# nats, without end. So ours keeps its variance above $e^{-4}$ (`between` in the code below), and a
# code earns at most $\log 2 - \tfrac12 \log 2 \pi + 2 = 1.77$ nats.
#
# **InfoGAN** (Chen et al., 2016) subtracts the bound, times a weight $\lambda$, from lesson 2's
# losses. The reader raises the bound by reading better, the generator by drawing so that the code
# is easier to read.

# %%
from gan_course.viz import game_diagram

show(
    game_diagram(score="output", code="code c"),
    alt="The drawing of lesson 1 with a code c beside the noise, and a network Q that is given the "
    "generated image. Dashed arrows lead from the loss of Q to Q and on to G.",
    caption="The game of lesson 2 with a code and a reader Q. The loss of Q is the negative of the "
    "bound: Q learns from it, and through Q the generator too. Real images have no code, so Q "
    "learns from generated ones only. Not drawn: Q works on features that it shares with D.",
)

# %% [markdown]
# Before you go on, a guess: if the bound reaches 2.3 nats, the most that ten categories allow, are
# the categories digits?
#
# ## The code
#
# $Q$ shares the discriminator's features, and is a small network on top.

# %% tags=["nbval-check-output"]
from gan_course.information import categorical_bound, gaussian_bound
from gan_course.models import InfoGAN
from gan_course.nets.infogan import QHead, between

show_source(categorical_bound)
show_source(gaussian_bound)
show_source(QHead)
show_source(between)

# %% tags=["nbval-check-output"]
show_source(InfoGAN.noise)
show_source(InfoGAN.information)
show_source(InfoGAN.discriminator_step)
show_source(InfoGAN.generator_step)

# %% [markdown]
# Five things to notice.
#
# - The reader learns from generated images only, because a real image has no code. We can still ask
#   it about real images, and that is how we shall find out what the codes mean.
# - In the generator's step the gradient passes through discriminator and reader, but changes
#   neither.
# - A one-hot vector of ten has a standard deviation of 0.3 in each place, noise has 1. So the
#   vector is multiplied by 10/3 to match the noise, and by `contrast`, which is 1 here. At the end
#   we see what a fainter code does.
# - There are two weights. `lambda_q`, here 1, weighs the bound in the step of discriminator and
#   reader; `lambda_g`, here 0.3, weighs it in the generator's step. The second is the $\lambda$ of
#   this lesson; the paper has one for both.
# - `disturbed`: in training the reader sees images that are moved (by up to `shift` pixels), turned
#   (`turn`, radians), stretched (`stretch`, logarithm of the factor) and noisy. A code that changed
#   one corner pixel could be read perfectly and would be worth nothing. This is how we say which
#   *kind* of code we want, without a single label.
#
# | tensor | shape |
# |---|---|
# | noise, category, together: `latent` | (64, 16 + 10) |
# | `real`, `fake` | (64, 1, 28, 28) |
# | features, which Q shares | (64, 2352) |
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
    """The nats that Q reads from `n` samples of the averaged generator, clean, though in training
    they are disturbed."""
    latent = model.noise(n)
    category = latent.split(model.parts, dim=1)[1].argmax(1)
    return categorical_bound(model.read(model.ema(latent)).logits, category)


def told_disturbed(model, n=2000):
    """The same from disturbed samples: the bound that training raises."""
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
    caption="How much the images tell about the code, and how well the code sorts real digits. The "
    "first becomes all but perfect, the second does not.",
)

# %% [markdown]
# The first curve ends close to 1, the second far below. That answers the guess: codes that can be
# read almost perfectly need not be digits.
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
stored = study("codes")
runs = stored["runs"]
by_unread = [run["accuracy"] for run in runs["λ = 0, contrast 0.1"]]
print(f"nats told: {nats_told:.3f} of {log(10):.3f}, by disturbed samples {nats_disturbed:.3f}")
print(
    f"accuracy on real digits: Q {by_code:.3f}, k-means {by_pixels:.3f}\n"
    f"Q trained beside an unreadable generator {min(by_unread):.3f} to {max(by_unread):.3f}, "
    f"untrained Q {by_untrained:.3f}, by chance {by_chance:.3f}"
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
        knowing_nothing=max(by_unread),
    ),
)

# %% [markdown]
# What should 0.4 be compared with? An untrained Q is a weak rival. A stronger one is a Q that was
# trained in the same way, but beside a generator whose pictures tell less than 0.01 nats about the
# category (five stored runs, $\lambda = 0$ and contrast 0.1 in the table under "Break it"). Its
# answers mean next to nothing in the game, and they still sort real digits better than chance. The
# claim's bound lies above the best of the five. The strongest rival is k-means, and the bound lies
# below it: we do not claim that Q sorts digits any better than k-means does.
#
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
# A dot stands for fewer than ten. Some categories are one digit, some mix two or three that look
# alike, some digits are spread over several categories, and one may hardly be drawn at all. (The
# judge must name a digit even where there is none.) Yet each image tells its category almost
# perfectly. The bound counts nats, **no matter which differences between images they come from**:
# any code that can be read will do. What ties the code to digits must come from elsewhere: ten
# equally frequent values where there are ten digits of about equal frequency, a network that draws
# similar pictures from similar codes, and disturbances that keep the code from being a digit's
# place or tilt. That is what we believe; the lesson does not take these away one by one. What a
# method assumes before it sees data is its **inductive bias**. Locatello et al. (2019) prove that
# without one, finding the factors behind data without labels is impossible.
#
# K-means has a bias of its own: that images of the same digit have similar pixels. (It was fitted
# to the very images it is scored on; Q had not seen them.)
#
# ## Shapes, where the truth is known
#
# Of a digit we know only its class. So here are images whose five factors are all known: the kind
# (square, ellipse or triangle), the place $x$ and $y$, the size and the rotation. The held-out
# images show combinations that no training image shows.

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
# The shapes get three continuous codes, and settings of their own. Here a code may mean the place,
# so the reader's images are not moved or turned, only slightly noisy. The generator is another one,
# `CoordinateGenerator`: one small network draws each pixel and is told where the pixel stands.

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
# `read_shapes` finds the factors of a shape in its image without any training. It measures place,
# area and rotation from the bright pixels, draws each kind of shape with these, and takes the kind
# that fits best. The **residual** is the drawing's squared difference from the image, as a share of
# a black image's: 0 for a clean shape. Look at the pictures before you believe any number.

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
# In the stored run the generator draws rounded patches that are hardly squares or ellipses; the kind
# that is printed is the nearest of three. Place and area can be measured all the same.
#
# Take the rank correlation of each code with each factor (**Spearman**: does one rise, or fall,
# with the other?), without its sign. Rotation comes back to where it began, so we correlate with
# its cosine or its sine, whichever fits better, and for each kind of shape by itself; a code that
# turns a shape once around scores 0.5 to 0.8. The kind has no order, so it is left out here.

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

# %% [markdown]
# Now pair the codes with *distinct* factors so that the sum of correlations is largest. On real
# images two rivals know nothing of the codes: an untrained Q, and the first three **principal
# components** of the training images, the directions in which their pixels vary most. In generated
# images the rival is the codes themselves, shuffled among the images.

# %%
pixels = shapes.train.x.flatten(1)
directions = torch.linalg.svd(pixels - pixels.mean(0), full_matrices=False).Vh[:3]
components = (shapes.held_out.x.flatten(1) - pixels.mean(0)) @ directions.T


def matched(found):
    """Pairs of what was `found` in the held-out images, (N, 3), and their factors."""
    return match(shape_correlations(found, shapes.held_out.labels, shapes.held_out.factors))


pairs, pairs_real, by_untrained, by_components = (
    match(on_drawn),
    match(on_real),
    matched(guesses),
    matched(components),
)
for name, found in {
    "codes, generated images": pairs,
    "Q, real images": pairs_real,
    "untrained Q, real images": by_untrained,
    "components, real images": by_components,
}.items():
    means = (f"{pair.code} is {FACTORS[pair.factor]} ({pair.strength:.2f})" for pair in found)
    print(f"{name:>25}: ", ", ".join(means))

# %%
scrambled = match(shape_correlations(codes[torch.randperm(2000)], reading.kinds, reading.factors))


def weakest(pairs):
    return min(pair.strength for pair in pairs)


claims(
    Claim(
        "weakest of the three matched correlations, in generated images",
        weakest(pairs),
        at_least=0.7,
        knowing_nothing=weakest(scrambled),
    ),
    Claim(
        "the same with Q's answers, on real images that were held out",
        weakest(pairs_real),
        at_least=0.6,
        knowing_nothing=max(weakest(by_untrained), weakest(by_components)),
    ),
)

# %% [markdown]
# The weakest match is the size. Does that code mean the size at all? A triangle has less area than
# a square of the same size. Correlate Q's answer with the **area** instead, the sum of an image's
# pixels.

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
# 2018): for each factor, (nats that the best code tells about it) − (nats of the second best), as a
# share of the factor's entropy. 1 is perfect, 0 is nothing. Factors are cut into ten bins, codes
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
# MIG is a harsh scale: it asks *which of ten bins*, and a small error crosses an edge, so that a
# correlation of 0.99 goes with a gap of about two thirds. And three codes cannot tell five factors
# apart: if each told one factor perfectly, the mean would be 0.6.
#
# The codes found the place, both coordinates, nearly perfectly. And they found the area, where we
# had called size a factor: nobody told the networks which of the two we meant, and the area itself
# has a correlation of only 0.72 with the size. The gap of the kind fits this too: at equal size a
# square has more area than a triangle, so the area tells something about the kind. What did they
# not find? The kind has no code of its own. In the stored run triangles are hardly ever drawn, and
# Q's answers on real images do not follow the rotation; in generated images a code may lean that
# way, but none stands for it. We did not count these two over seeds. The place took two of the
# three codes. `CoordinateGenerator` knows where each pixel stands, so to move a shape it needs only
# an addition; that is again an inductive bias.
#
# ## Break it
#
# ### No λ
#
# Set $\lambda = 0$: Q learns to read as before, and the generator is no longer paid for being read.
# Here are two short runs of a smaller network; the first has the lesson's $\lambda$.

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
        "λ = 0, the generator is not asked to be read: nats told",
        unasked["clean"],
        at_least=1.0,
        knowing_nothing=nats_untrained,
    ),
    Claim(
        "nats told by disturbed samples: (λ = 0.3) − (λ = 0)",
        asked["disturbed"] - unasked["disturbed"],
        at_least=0.2,
    ),
)

# %% [markdown]
# The code is as strong as the noise. The generator uses its noise, so its pictures show the code as
# well, whether we ask for that or not. A high bound is no evidence that the generator was trained
# to be read.
#
# ### A code too weak to be noticed
#
# Now the other way: keep $\lambda$, and make the code a tenth as strong as the noise (`contrast`
# 0.1).

# %%
faint = short_run(contrast=0.1)
claim(
    "a faint code in a short run: nats that Q reads, of 2.303",
    faint["clean"],
    at_most=0.5,
)

# %% [markdown]
# The picture hardly shows the code, so the reader gives all categories about the same probability.
# The generator's gradient comes through that answer, and one that hardly depends on the picture
# gives it next to no slope (that is our explanation; we did not measure the slope). Does more
# training help? Here is the lesson's full run with three strengths of the code, with and without
# $\lambda$, five seeds each; it is stored ([the script](../benchmarks/codes.py) runs it again).
# "distance" is lesson 2's Fréchet distance; "apart" is the mean Euclidean distance between the
# pixels of two samples of one category.

# %% tags=["nbval-check-output"]
from statistics import fmean

from gan_course.metrics import variety_within_classes

columns = {"nats": 2, "nats, disturbed": 2, "accuracy": 2, "distance": 1, "apart": 1}


def spread(found, key):
    values = [run[key] for run in found]
    return f"{min(values):.{columns[key]}f} to {max(values):.{columns[key]}f}"


show_table({name: {key: spread(found, key) for key in columns} for name, found in runs.items()})
mean = {
    term: fmean(run["accuracy"] for run in runs[f"{term}, contrast 1"])
    for term in ("λ = 0.3", "λ = 0")
}
print(
    f"mean accuracy of a strong code: with the term {mean['λ = 0.3']:.2f}, without "
    f"{mean['λ = 0']:.2f}"
)
print(
    "without, run by run:",
    *(f"{run['nats']:.2f} nats and {run['accuracy']:.2f}" for run in runs["λ = 0, contrast 1"]),
    sep="\n  ",
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
        "a code a quarter as strong, λ = 0.3: fewest nats of its runs",
        min(with_term),
        at_least=2.2,
        knowing_nothing=max(without),
        stored=stored["seeds"],
    ),
    Claim(
        "a code a quarter as strong, λ = 0: most nats of its runs",
        max(without),
        at_most=0.5,
        stored=stored["seeds"],
    ),
)

# %% [markdown]
# For a code a quarter as strong as the noise, everything depends on the term: more than 2.2 nats
# with it, next to none without. For a code a tenth as strong the result depends on the seed:
# between 0.5 and 2.1 nats with the term, where the short run above had shown nothing.
#
# For a strong code most of the nats are there without the term, which adds more where the samples
# are disturbed. This has a price. In four of five seeds the distance is larger with the term, and
# in all five the samples of one category are closer together: there is less variety for the noise
# to decide.
#
# And the accuracy on real digits? For a code a quarter as strong it is higher with the term, for a
# strong one on average about the same. Nor do the nats predict it there: without the term one run
# has 2.20 nats and an accuracy of 0.39, another 2.15 nats and 0.61. That a code can be read is one
# thing; that it means what we mean is another.
#
# ## Explore it
#
# First the shapes: a slider for each code, and below the images how much each factor changes while
# a code goes from -1 to 1, as a share of the factor's range in the data. The sliders go on to ±2.
# Rotations are compared the shorter way round, so two unrelated ones differ by 25 % on average. The
# second widget shows the digits.

# %%
from gan_course.explore import shape_factors

explorer = CodeExplorer.of(player, factors=shape_factors(), seed=seed)
explorer.move(1, 1.0)
explorer.picture()

# %% [markdown]
# Look for a second bar in each row: no code changes one factor only.

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
# The bound is about generated images. It says that the category can be told from the picture, not
# that it is the digit; and Q never learned from real images.
#
# </details>
#
# **2.** Why does Q not learn from real images as well?
#
# <details><summary>Answer</summary>
#
# Real images have no code, so there is no target. Only for an image that was made from a code do we
# know whether the reader was right.
#
# </details>
#
# **3.** Three codes all follow the size of a shape, with correlations of 0.95. The mean of the best
# correlation of each code is 0.95. What do matching and MIG say?
#
# <details><summary>Answer</summary>
#
# Matching gives the size to one code and other factors to the other two, so their strengths are
# near 0. MIG subtracts the nats of the second best code from those of the best: the gap is near 0
# for every factor. Both ask for *distinct* factors.
#
# </details>
#
# Then solve [the exercise](../exercises/04_exercise.ipynb): both bounds, the losses of both players
# with the gradient in the right places, the optimal assignment, and the matching of codes and
# factors. At its end your own functions train a small InfoGAN.
#
# ## What to remember
#
# - $H(c) + \mathbb{E} \log Q(c \mid x)$ is a lower bound of the mutual information, and training
#   $Q$ as a classifier raises the bound.
# - Any code that can be read raises the bound. What the code means is decided elsewhere: by the
#   architecture, the data, and what the reader is not shown.
# - Before you credit a term with a result, take the term away and look again: a strong code is read
#   without it.
# - Without labels, say how you matched (distinct factors, an optimal assignment), and give the
#   scores of chance and of the strongest simple rival beside your own.
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

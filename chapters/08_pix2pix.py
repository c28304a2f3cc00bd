# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown]
# # 8 · From a drawing to a picture

# %% tags=["install"]
# Only in Colab does this cell do anything: it installs the course and keeps the PyTorch that is
# there.
import subprocess
import sys

if "google.colab" in sys.modules:
    course = "gan-course[pictures] @ git+https://github.com/gan-course/gan-course@main"
    subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", course])

# %% tags=["nbval-check-output"]
from gan_course.lesson import Claim, card, claim, claims, show_source, show_table, study

card("08")

# %% tags=["parameters"]
seed = 0

# %% [markdown]
# First, draw. Two networks colour what you draw, while you draw it. They learned from the same
# pairs, and one of them had no discriminator. Erase a line of a held-out drawing, or begin on an
# empty sheet.

# %%
from gan_course.explore import explore

explore("08")

# %% [markdown]
# ## One drawing, many answers
#
# In this lesson a network turns one picture into another: a drawing into a coloured picture. The
# data are the emoji of OpenMoji, each as lines alone and in colour. A tenth of them is held out;
# all skin tones and genders of an emoji stay on the same side.

# %% tags=["nbval-check-output"]
import textwrap
from statistics import mean

import torch

from gan_course.data import load
from gan_course.viz import image_rows, show

emoji = load("emoji")
print(textwrap.fill(str(emoji), 90))

# %% [markdown]
# What should the network paint where it cannot know the colour? Many emoji share their lines: the
# hearts below differ only in colour, and so do the skin tones of a hand. Here are four such
# drawings, each with all its colourings. The last column is their median, taken at each pixel for
# red, green and blue apart.

# %%
x, y = emoji.train.x, emoji.train.y
_, lines, count = torch.unique(x.flatten(1), dim=0, return_inverse=True, return_counts=True)
shared = [torch.where(lines == i)[0] for i in torch.where(count > 1)[0]]
print(f"{sum(map(len, shared)):,} of {len(x):,} pictures share their lines with others")


def median(pictures):
    """The median of each value of pictures (N, C, H, W): (C, H, W)."""
    return pictures.median(0).values


few = [rows for rows in shared if 5 <= len(rows) <= 8]
few.sort(key=lambda rows: y[rows].std(0).mean(), reverse=True)  # most unlike first
wall = []
for rows in few[:4]:
    empty = torch.ones(8 - len(rows), *y.shape[1:])
    wall += [torch.cat([x[rows[:1]], y[rows], empty, median(y[rows])[None]])]
show(
    image_rows({"a drawing, its colourings, and their median": torch.cat(wall)}),
    alt="A circle in five colours, two hands in six skin tones, a hexagon in eight colours and a "
    "heart in five. The medians are brown or olive.",
)

# %% [markdown]
# None of these hearts is brown, yet a network that learns by the **L1 error**, the mean absolute
# difference, should paint them brown. To see why, let four painters guess which heart is meant: one
# takes any heart at random, one the heart that errs least on average, one the mean, one the median.


# %%
def guesses(answers):
    """The mean L1 error of four guesses, when each of `answers` (N, C, H, W) is as likely."""
    apart = (answers[:, None] - answers).abs().flatten(2).mean(2)
    errors = {"any heart, at random": apart.mean(), "the best heart": apart.mean(0).min()}
    for name, guess in {"the mean": answers.mean(0), "the median": median(answers)}.items():
        errors[name] = (guess - answers).abs().mean()
    return {name: error.item() for name, error in errors.items()}


hearts = y[few[3]]
errors = guesses(hearts)
show_table({name: {"expected L1": error} for name, error in errors.items()})

# %%
each = [guesses(y[rows]) for rows in shared]
excess = max(four["the median"] - min(four.values()) for four in each)
unlike = (median(hearts) - hearts).abs().amax(1).amin(0)  # from the nearest heart
odd = (unlike > 0.1)[hearts.std(0).mean(0) > 0.1].double().mean()
claims(
    Claim("(the median's error) − (the least of the four): worst drawing", excess, at_most=1e-6),
    Claim("its pixels in a colour of no heart: share", odd, 0.6, knowing_nothing=0),
)

# %% [markdown]
# For every shared drawing the median errs least, yet most of the median heart has nobody's colour.
#
# ## The mathematics
#
# ### What L1 asks for
#
# Take one channel of one pixel. Given the drawing $x$, its true value $Y$ is still uncertain. The
# expected error of a guess $v$ has the slope
#
# $$\frac{d}{dv}\, \mathbb{E}\, |v - Y| = P(Y < v) - P(Y > v) .$$
#
# It is 0 where as much lies below $v$ as above: at the **median**. Each channel gets its own
# median, so the three together may be nobody's colour. (Squared error asks for the mean, which
# lesson 7 saw as blur.) If two values are equally likely, the slope is 0 *all the way* between
# them: to L1 every mixture is as good as either.
#
# ### What a discriminator adds
#
# A **conditional discriminator** $D$ sees the drawing $x$ and a picture. It says how likely that is
# the true partner $y$ of $x$, not the work of the generator $G$. Lesson 3 told both players a
# digit's class; here they are told a picture. The game is (eq. 1 of Isola et al., 2016)
#
# $$\begin{aligned}
# \mathcal{L}_{cGAN}(G, D) &= \mathbb{E}_{x, y} \log D(x, y) \\
# &\quad + \mathbb{E}_{x} \log \big( 1 - D(x, G(x)) \big)
# \end{aligned}$$
#
# and the generator has to win it *and* stay near the truth (eq. 4):
#
# $$G^* = \arg\min_G \max_D \; \mathcal{L}_{cGAN}(G, D) + \lambda\, \mathcal{L}_{L1}(G),$$
#
# where $\mathcal{L}_{L1}(G) = \mathbb{E} \lVert y - G(x) \rVert_1$ is taken here as a mean over all
# values, and $\lambda$ weighs it. (In the paper $G$ also gets noise.) By lesson 1, the best $D$
# makes the game worth $2\,\mathrm{JS} - 2 \log 2$, where JS is the Jensen-Shannon divergence
# between the true pictures of a drawing and those of $G$. A toy: the truth is red or blue, equally
# likely.


# %%
def divergence(p, q):
    """Jensen-Shannon divergence of two lists of probabilities, in nats."""
    middle = (p + q) / 2
    parts = [torch.xlogy(d, d) - torch.xlogy(d, middle) for d in (p, q)]
    return torch.stack(parts).sum().item() / 2


crayons = torch.tensor([[1.0, -1.0, -1.0], [0.0, -1.0, 0.0], [-1.0, -1.0, 1.0]])
apart = (crayons[:, None] - crayons).abs().mean(2)  # of red, purple and blue
red, purple, coin = torch.tensor([[1.0, 0, 0], [0, 1, 0], [0.5, 0, 0.5]])
painters = {"always red": red, "always purple": purple, "red or blue, by a coin": coin}
table = {
    name: {"expected L1": (coin @ apart @ paints).item(), "JS": divergence(coin, paints)}
    for name, paints in painters.items()  # the truth is as a coin falls
}

# %% tags=["nbval-check-output"]
show_table(table)
expected = [row["expected L1"] for row in table.values()]
claim("expected L1: largest − least", max(expected) - min(expected), at_most=1e-6)

# %% [markdown]
# To L1 the three are equal. The discriminator sees through purple at once, since nothing real is
# purple: a JS of $\log 2 \approx 0.693$ is the largest there is. Always red is better, though it
# never paints blue. Only the coin is perfect, but $G(x)$ has no coin: it paints the same drawing
# the same way each time. We come back to that.
#
# With the five hearts the median errs less than any heart, so the two parts of eq. 4 pull against
# each other, and $\lambda$ decides. The hearts' errors above say where:

# %%
from gan_course.colours import OTHERS
from gan_course.viz import curves

even = torch.tensor([0.2] * 5 + [0])  # five hearts, and the median
one = torch.eye(6)
paints = {"the median": one[5], "the best heart": one[0], "any heart, at random": even}
weights, total = torch.linspace(0, 100, 101), {}
for name, shares in paints.items():
    further = errors[name] - errors["the median"]
    total[name] = 2 * divergence(even, shares) + weights * further
paid = {name: (weights, value) for name, value in total.items()}
show(
    curves(paid, "λ", "paid, in nats", colours=dict(zip(paid, OTHERS, strict=True))),
    alt="Three lines over λ. The random heart begins lowest and rises most, the best heart begins "
    "higher and rises less, the median is flat at 1.39; the lowest changes near 44 and near 56.",
    caption="What three painters pay in eq. 4, less what all pay alike: the lowest line wins.",
)

# %%
winner = torch.stack(list(total.values())).argmin(0)  # its number, at each λ
claim("least λ at which the median wins: hearts", weights[winner == 0].min(), at_least=50)

# %% [markdown]
# So expect brown hearts with a large $\lambda$, and hearts in *some* real colour with a smaller
# one. The lesson has $\lambda = 20$, the paper 100. But a real discriminator is not the best one,
# and it looks at patches, so we have to see.
#
# Why must the discriminator see $x$, too? Suppose that the generator paints tomatoes green and
# cucumbers red. Its pictures together have the right colours, so a discriminator that sees only
# them has nothing to object to.
#
# ### A U-Net: what is drawn need not be drawn again
#
# Drawing and picture have the same lines in the same places. A generator that squeezes its input
# into a few numbers has to draw them from memory. A **U-Net** (Ronneberger et al., 2015) halves the
# picture step by step, then doubles it again. At each size on the way up, a **skip connection**
# adds the map of that size from the way down. The lesson's U-Net has these channels on the way up:
#
# | side of the map | from below | by a skip | together |
# |---|---|---|---|
# | 2 | | | 64 |
# | 4 | 64 | 64 | 128 |
# | 8 | 64 | 64 | 128 |
# | 16 | 32 | 32 | 64 |
# | 32 | 16 | 16 | 32, then 3 |
#
# ### PatchGAN: a judge with a small window
#
# The paper leaves the large shapes to L1 and the small ones to the discriminator. Ours gives not
# one answer but 14 × 14, and each of them sees a **patch**. How large? Go back from one output: a
# convolution with kernel $k$ and stride $s$ makes $n$ outputs in a row from $(n - 1)\,s + k$
# inputs. The lesson's discriminator has three such layers, the paper's five:

# %% tags=["nbval-check-output"]
from gan_course.models.pix2pix import PROFILES
from gan_course.nets.patches import PatchDiscriminator, receptive_field

LESSON = PROFILES["lesson"]

show_source(receptive_field)
ours, paper = [(4, 2)] + 2 * [(4, 1)], 3 * [(4, 2)] + 2 * [(4, 1)]
print(f"ours: {receptive_field(ours)} pixels a side, the paper's: {receptive_field(paper)}")

# %% [markdown]
# Do not trust a formula that you can check. Which pixels move one output? Those where its gradient
# is not 0. First without the normalisation between the layers, then with it:

# %%
from torch import nn

from gan_course.viz import axes

torch.manual_seed(seed)
judge = PatchDiscriminator((6, 32, 32), LESSON.d_width, LESSON.halvings).body
bare = nn.Sequential(*[part for part in judge if not isinstance(part, nn.InstanceNorm2d)])
pair = torch.cat([x[:1], y[:1]], 1).requires_grad_()
figure, panels = axes(2, height=3.2)
moved = {}
for panel, (name, layers) in zip(panels, {"bare": bare, "as it is": judge}.items(), strict=True):
    (slope,) = torch.autograd.grad(layers(pair)[0, 0, 7, 7], pair)
    moved[name] = slope.abs().sum((0, 1))  # (32, 32)
    size = (moved[name] / moved[name].max()).clamp_min(1e-6).log10()
    picture = panel.imshow(size, cmap="cividis", vmin=-4, vmax=0, interpolation="nearest")
    panel.set(title=name, xlabel="pixel")
figure.colorbar(picture, ax=panels, label="gradient / largest, log10")
show(
    figure,
    alt="Two maps of 32 × 32 pixels. Left: a bright square of 16 × 16 pixels, all else dark. "
    "Right: the same square, and a faint glow over the whole picture.",
    caption="How much each pixel moves the output in the middle.",
)

# %%
seen = moved["bare"] > 0
sides = [seen.any(axis).sum().item() for axis in (0, 1)]
outside = (moved["as it is"][~seen].sum() / moved["as it is"].sum()).item()
print(f"one output sees {sides[0]} × {sides[1]} pixels; {outside:.0%} of the gradient lies outside")
claim("side: (by the formula) − (by gradients)", receptive_field(ours) - max(sides), at_most=0)

# %% [markdown]
# The formula is right about convolutions. But **instance norm** shifts and divides each map by its
# own mean and spread over the whole picture, so a little of everything gets in.
#
# ## The code

# %% tags=["nbval-check-output"]
from gan_course.models import Pix2Pix
from gan_course.models.pix2pix import Paired
from gan_course.nets.unet import UNet

show_source(UNet.forward)
show_source(Paired.step)
show_source(Paired.score)
show_source(Paired.discriminator_step)
show_source(Paired.generator_step)

# %% [markdown]
# - `torch.cat([x, y], dim=1)`: the pair becomes one picture of six channels. That is all there is
#   to "conditional".
# - The same `fake` serves both steps: detached in the first, since the discriminator's loss must
#   not reach the generator; as it is in the second, where `frozen` keeps the discriminator still.
# - The generator's half of the game is lesson 1's non-saturating loss. As there, the pictures come
#   from a running mean of its weights, `ema`.
#
# | tensor | shape |
# |---|---|
# | drawing `x`, picture `y`, `fake` | (16, 3, 32, 32) |
# | what the discriminator is shown | (16, 6, 32, 32) |
# | its logits | (16, 1, 14, 14) |
#
# ## Train it

# %% tags=["nbval-check-output"]
from dataclasses import asdict, replace

print(*(f"{name} = {value}" for name, value in asdict(LESSON).items()), sep="\n")

# %%
from copy import deepcopy

from gan_course.training import Evaluation, LiveSamples, Progress, fit
from gan_course.viz import LivePicture

drawings, truth = emoji.held_out.x, emoji.held_out.y
early = []  # the model at step 0, 200, 400 ...


def error(images, truth=truth):
    """Mean absolute error."""
    return (images - truth).abs().mean().item()


def held_out_error(model):
    early.append(deepcopy(model))
    return error(model.translate(drawings))


picture = LivePicture(
    lambda samples: image_rows({"drawings": drawings[:8], "coloured": samples}, 8),
    alt="Eight held-out drawings, and what the network makes of them",
)
watch = LiveSamples(every=750, n=8, show=picture, also=(50, 200))
torch.manual_seed(seed)
model = Pix2Pix(LESSON)
unseen = Evaluation(held_out_error, every=200, also=(0,))
history = fit(model, emoji, hooks=[Progress(), watch, unseen], seed=seed)

# %% tags=["readme-picture"]
frames = {f"step {step}": frame for step, frame in zip(watch.steps, watch.frames, strict=True)}
show(
    image_rows({"drawings": drawings[:8]} | frames | {"truth": truth[:8]}, 8),
    alt="Eight held-out drawings at four steps of the training: grey ones on brown paper, then "
    "pale ones, then strong colours. Some are those of the truth below, some are others.",
    caption="Held-out drawings, what the network makes of them, and the truth.",
)

# %%
from gan_course.viz import history_plot
from gan_course.viz.curves import smooth

show(
    history_plot(history, reference=2 * torch.tensor(2.0).log().item()),
    alt="Left: the discriminator's loss stays a little below the dashed line at 1.39. Right: the "
    "scores of real and drawn patches lie a little above and below 0.",
)
near = {
    "pictures learned from": (range(20, LESSON.steps), smooth(history["l1"], 50)[20:]),
    "held-out pictures": (unseen.steps[1:], unseen.values[1:]),  # untrained, it is off the scale
}
shades = dict(zip(near, OTHERS, strict=False))
show(
    curves(near, "step", "L1", colours=shades, levels={"copying": error(drawings)}),
    alt="The error of learned pictures falls all the time; that of held-out ones falls to about "
    "0.11 and stays there, well below copying.",
)

# %% [markdown]
# A discriminator that cannot tell has the loss $2 \log 2 \approx 1.39$; ours stays a little below.
# As in lesson 2, the losses of the game say little about the pictures. The L1 error says more: on
# pictures learned from it keeps falling, on others it levels off. We come back to that gap.
#
# ## The evidence
#
# ### This run
#
# What should a network beat? *Copying*: leave the drawing as it is. *The nearest drawing*: find the
# training drawing most like it, and answer with that one's picture. *The median* of all training
# pictures: no single picture has a smaller L1 error on those. And a child's rule, **one crayon**:
# fill every white area that lines close off with one colour, the median of what the training
# pictures have in such areas.

# %%
import numpy as np
from scipy.ndimage import label
from torch.nn.functional import pad

from gan_course.metrics import nearest


def enclosed(drawings):
    """The pixels of white areas that lines shut off from the edge, bool (N, 1, H, W)."""
    masks = []
    for white in pad(drawings[:, 0], (1, 1, 1, 1), value=1.0).numpy() > 0.5:
        areas, _ = label(white)
        masks.append(white & (areas != areas[0, 0]))  # the corner lies outside
    return torch.from_numpy(np.stack(masks))[:, None, 1:-1, 1:-1]


crayon = y.movedim(1, 0)[:, enclosed(x)[:, 0]].median(1).values[:, None, None]
rivals = {
    "copying": drawings,
    "the nearest drawing": y[nearest(drawings, x).index],
    "the median of all": median(y).expand_as(truth),
    "one crayon": torch.where(enclosed(drawings), crayon, drawings),
}

# %% [markdown]
# Beside Pix2Pix trains the same U-Net from the same weights, with the same batches and **L1
# alone**:

# %%
from torch.nn.functional import l1_loss


class L1Alone(Pix2Pix):
    """No game: its discriminator never moves, nor is it asked."""

    def step(self, batch):
        distance = l1_loss(self.generator(batch.x), batch.y)
        self.descend(self.optimizer_g, self.config.l1 * distance)
        self.schedule_g.step()
        self.ema.update(self.generator)
        return {"l1": distance.detach()}


torch.manual_seed(seed)
alone = L1Alone(LESSON)
fit(alone, emoji, hooks=[Progress()], seed=seed)

# %%
made = {}
for name, player in {"L1 alone": alone, "Pix2Pix": model}.items():
    with player.evaluating():
        made[name] = player.translate(drawings)
answers = rivals | made
show(
    image_rows({name: images[10:18] for name, images in (answers | {"truth": truth}).items()}, 8),
    alt="Eight drawings in seven rows. The nearest drawing has sharp colours of other things, the "
    "median is one blot, one crayon fills all with brown. L1 alone paints brown and pale blue, "
    "Pix2Pix red, yellow and stronger blue, often in blotches; the truth is even.",
    caption="Eight further held-out drawings, four rivals, two networks and the truth.",
)

# %% [markdown]
# Each row gets three numbers, and lower is better in all. **L1 over copying** is its error divided
# by that of copying. The **colour distance** is the total variation (lesson 2) between the
# histogram of its colours and that of the true ones, in the channels L, a and b of a colour space
# made for eyes: the paper's own test. It does not see where a colour is. The **sharpness distance**
# is lesson 7's. The last row is other real pictures.

# %%
from gan_course.metrics import colour_distance, sharpness_distance


def scores(images):
    """The three numbers for pictures made of the held-out drawings."""
    return {
        "L1 over copying": error(images) / error(drawings),
        "colour distance": colour_distance(images, truth).mean,
        "sharpness distance": sharpness_distance(images, truth),
    }


board = {name: scores(images) for name, images in answers.items()}
real = scores(y[: len(truth)]) | {"L1 over copying": ""}
show_table(board | {"other real pictures": real})


# %%
def against(rival, key="L1 over copying"):
    """What Pix2Pix scores / what a rival scores."""
    return board["Pix2Pix"][key] / board[rival][key]


colour = against("L1 alone", "colour distance")
claims(
    Claim("L1: Pix2Pix / copying", against("copying"), at_most=0.77, knowing_nothing=1),
    Claim("L1: Pix2Pix / one crayon", against("one crayon"), at_most=0.97, knowing_nothing=1),
    Claim("L1: Pix2Pix / the nearest drawing", against("the nearest drawing"), at_most=0.6),
    Claim("L1: Pix2Pix / L1 alone", against("L1 alone"), at_least=1, knowing_nothing=1),
    Claim("colour distance: Pix2Pix / L1 alone", colour, at_most=0.93, knowing_nothing=1),
)

# %% [markdown]
# Read no column alone. In L1 one crayon is a strong rival, and L1 alone, which was asked for
# nothing else, beats Pix2Pix. In colour it is the other way round; other real pictures score about
# half as much. The nearest drawing has good colours and a large error: real colours, of other
# things. In sharpness the networks are alike, and one crayon, which only fills areas, comes close
# to them: the lines are in the drawing already.
#
# ### Does L1 paint the median?
#
# Back to the training drawings that have several colourings. What do the two networks make of them?
# The table is about the forty whose colourings are most unlike; twelve of them are shown.

# %%
several = few[:40]
medians = torch.stack([median(y[rows]) for rows in several])
rows, table = {"the median of the colourings": medians[:12]}, {}
for name, player in {"L1 alone": alone, "Pix2Pix": model}.items():
    with player.evaluating():
        painted = player.translate(torch.stack([x[rows[0]] for rows in several]))
    rows[name] = painted[:12]
    pairs = zip(painted, several, strict=True)
    true = [(one - y[rows]).abs().mean((1, 2, 3)).min().item() for one, rows in pairs]
    table[name] = {"to the median": error(painted, medians), "to the nearest colouring": mean(true)}
show_table(table)
show(
    image_rows(rows, 12),
    alt="Twelve drawings in three rows. The medians and those of L1 alone are alike, brown or "
    "yellow-brown; those of Pix2Pix have blotches of red, yellow and green.",
)

# %%
closer = table["L1 alone"]["to the median"] / table["Pix2Pix"]["to the median"]
claim("distance to the median: L1 alone / Pix2Pix", closer, at_most=0.85)

# %% [markdown]
# L1 alone comes near the median, as derived. Pix2Pix leaves it for stronger colours, but often does
# not settle on one, and it comes no nearer to any one colouring than L1 alone.
#
# ### Learned, or remembered?
#
# Pix2Pix colours pictures that it learned from far better than others. Has it only remembered them?
# Then it should fail on drawings unlike all that it has seen. Sort the held-out drawings by their
# distance to the nearest training drawing, and look at L1 over copying in either half:

# %%
order = nearest(drawings, x).distance.argsort()
half = len(order) // 2
table = {}
for name, images in answers.items():
    table[name] = {"nearer half": order[:half], "farther half": order[half:]}
    for part, chosen in table[name].items():
        copied = error(drawings[chosen], truth[chosen])
        table[name][part] = error(images[chosen], truth[chosen]) / copied
show_table(table)
with model.evaluating():
    known = error(model.translate(x[:600]), y[:600]) / error(x[:600], y[:600])
print(f"Pix2Pix on pictures that it learned from: {known:.3f}")

# %%
gap, far = against("copying") - known, table["Pix2Pix"]["farther half"]
claims(
    Claim("L1 over copying: (held-out) − (learned from)", gap, 0.2, knowing_nothing=0),
    Claim("L1 over copying: the farther half", far, at_most=0.85, knowing_nothing=1),
)

# %% [markdown]
# It remembers much, but something carries over. In the farther half the nearest drawing's picture
# is worse than copying, and Pix2Pix is still better. But there it errs about as much as one crayon.
#
# ### Three seeds, and what each part does
#
# The same run with one thing changed at a time, three seeds each; the numbers are stored, and
# [the script](../benchmarks/pairs.py) measures them again. "both" is the lesson's Pix2Pix,
# "adversarial only" has $\lambda = 0$, and we come to "dropout" below.

# %%
from gan_course.viz import dot_plot

stored, runs = (study("pairs")[key] for key in ("seeds", "runs"))
kinds = [kind for kind in runs if not kind.startswith("portraits")]


def of(kind, key):
    """What the runs of a kind measured."""
    return [run[key] for run in runs[kind]]


panels = ("L1 over copying", "colour", "sharpness")
show(
    dot_plot({key: {kind: of(kind, key) for kind in kinds} for key in panels}),
    alt="Six rows of three dots. L1 over copying: around 0.7 but for adversarial only, 0.9, and no "
    "skips, 1.24. Colour: both lowest at 0.08, L1 only 0.09, adversarial only and no skips 0.12. "
    "Sharpness: all around 0.044 but for adversarial only, 0.064, and no skips, 0.096.",
    caption="L1 over copying, colour distance, sharpness distance: a dot for each of three runs.",
)


# %%
def ratio(key, kind, rival):
    """Mean of the runs of a kind / mean of the rival's."""
    return mean(of(kind, key)) / mean(of(rival, key))


only, game, torn = "L1 only", "adversarial only", mean(of("no skips", "L1 over copying"))
known = {"knowing_nothing": 1, "stored": stored}
claims(
    Claim("colour: both / L1 only", ratio("colour", "both", only), at_most=0.92, **known),
    Claim("colour: adversarial only / L1 only", ratio("colour", game, only), 1.1, **known),
    Claim("L1: both / L1 only", ratio("L1", "both", only), 1.02, **known),
    Claim("sharpness: both / L1 only", ratio("sharpness", "both", only), 0.95, **known),
    Claim("L1: adversarial only / both", ratio("L1", game, "both"), 1.15, **known),
    Claim("L1 over copying: no skips", torn, 1.1, **known),
)

# %% [markdown]
# **Both** has the colours nearest to the truth, and L1 alone the least error. The *game alone* also
# learns to colour, without ever being told how near it came: it errs less than copying. But its
# colours are *further* from the truth than those of L1 alone. With $\lambda = 5$ instead of 20,
# both comes no nearer. **Without skips** the network does worse than copying. The paper says that
# L1 blurs, so we expected sharper pictures from both than from L1 alone. In our measure they are
# not, and copying already scores 0.05.
#
# ### Through a vector
#
# The second data set holds portraits and their sketches; a program put them together from named
# parts. `sketch_gan` is a first design that many would try: the sketch becomes a vector of 100
# numbers, noise is joined to it, a generator draws the portrait from both, and the discriminator
# gives one answer for the pair. Beside it trains Pix2Pix with the lesson's U-Net:

# %%
from gan_course.models import SketchGAN
from gan_course.models.sketch_gan import PROFILES as SKETCH

portraits = load("avatar_pairs")
sketches, faces = portraits.held_out.x, portraits.held_out.y
painters = {
    "through a vector": (SketchGAN, replace(SKETCH["lesson"], steps=500)),
    "U-Net": (Pix2Pix, replace(LESSON, steps=300)),
}
rows = {"sketches": sketches}
for name, (kind, config) in painters.items():
    torch.manual_seed(seed)
    painter = kind(config)
    fit(painter, portraits, hooks=[Progress()], seed=seed)
    with painter.evaluating():
        rows[name] = painter.translate(sketches)
rows["portraits"] = faces
show(
    image_rows({name: images[:12] for name, images in rows.items()}, 12),
    alt="Twelve people in four rows. Through a vector the heads come out roughly, but glasses, "
    "beards and mouths are smeared or missing; the U-Net keeps every line. Both guess the colours.",
)

# %% [markdown]
# Where the sketch has ink the portrait is black and nothing has to be guessed, so the error there
# is about *place* alone. And a small network that ships with the course names the parts of a face
# in a portrait. The table gives the share of held-out people for whom it names the true part, from
# the stored study: three seeds, 600 steps each, 2,400 where it says "longer".

# %%
ink = (sketches < -0.5).expand_as(faces)
vector, unet = ((rows[name] - faces).abs()[ink].mean().item() for name in painters)
parts, given = ("head", "facialHair", "accessories", "expression"), portraits.held_out.given
people = {
    kind: {part: mean(of(kind, part)) for part in parts} for kind in runs if kind not in kinds
}
real = study("pairs")["baselines"][portraits.name]["the truth"]
table = people | {"the portraits themselves": {part: real[part] for part in parts}}
common = {part: given[part].bincount().max().item() / len(faces) for part in parts}
show_table(table | {"always the commonest": common})

# %%
lost = {part: table["portraits, U-Net"][part] - table["portraits, vector"][part] for part in parts}
known = {"knowing_nothing": 0, "stored": stored}
claims(
    Claim("error where there is ink: vector / U-Net", vector / unet, 1.4, knowing_nothing=1),
    Claim("facialHair: (U-Net) − (vector)", lost["facialHair"], 0.15, **known),
    Claim("accessories: (U-Net) − (vector)", lost["accessories"], 0.12, **known),
    Claim("expression: (U-Net) − (vector)", lost["expression"], 0.2, **known),
)

# %% [markdown]
# The head is large and mostly survives the vector. Beards, glasses and mouths, a few pixels each,
# do not: always naming the commonest does about as well. The vector as such is not to blame: a
# U-Net without skips loses about as much. Four times the steps bring part of it back.
#
# ### A coin for the generator
#
# The best discriminator would prefer a painter who tosses a coin. `sketch_gan` has one, the noise
# beside its vector. The authors of Pix2Pix found that the generator ignored such noise. Theirs has
# **dropout** instead: it sets half of the values in some layers to 0, at random, in training *and
# in use*. How far do two answers to the same input differ, in L1?

# %%
several = [(len(rows), (y[rows][:, None] - y[rows]).abs().mean().item()) for rows in shared]
true = mean(apart * n / (n - 1) for n, apart in several)  # without a picture and itself
dropout, noise = (mean(of(kind, "two answers")) for kind in ("dropout", "portraits, vector"))
print(f"dropout: {dropout:.4f}   noise: {noise:.4f}   two true colourings of a drawing: {true:.4f}")

# %%
wrong = mean(of("portraits, vector", "L1"))
claims(
    Claim("dropout: two answers / two true colourings", dropout / true, at_most=0.5, **known),
    Claim("noise: two answers / their mean error", noise / wrong, at_most=0.1, **known),
)

# %% [markdown]
# `sketch_gan` has learned to ignore its noise. Dropout does more, but less than half of what the
# data do. With either you get *one* answer, and not several.
#
# ### Other pairs
#
# Here is the same network after 600 steps on other pairs. The numbers are means of [three stored
# runs](../benchmarks/atlas.py): the error, and that error over the error of copying, of the nearest
# training input's partner, and of the median of all partners.

# %%
sets = ("grey_emoji", "pixel_portraits", "day_night", "street_maps", "aerial_maps")
atlas = {name: load(name).held_out for name in sets}
rows = {name: torch.stack([pairs.x[:5], pairs.y[:5]], 1) for name, pairs in atlas.items()}
show(
    image_rows({name.replace("_", " "): images.flatten(0, 1) for name, images in rows.items()}),
    alt="Five rows of five pairs: emoji, grey and coloured; portraits, fine and in coarse blocks; "
    "hills by day and by night; streets in flat colours and with windows, trees and cars; maps and "
    "fields from above.",
    caption="Five held-out pairs of each set: an input, and to its right what it is to become.",
)

# %% tags=["nbval-check-output"]
found = study("atlas")["runs"]
columns = ("L1", "L1 over copying", "L1 over nearest", "L1 over median")
table = {kind: {key: mean(run[key] for run in found[kind]) for key in columns} for kind in found}
show_table(table)

# %%
night, day = table["day → night"], table["night → day"]
harder = day["L1 over median"] / night["L1 over median"]
known = {"knowing_nothing": 1, "stored": study("atlas")["seeds"]}
claims(
    Claim("night → day: L1 over copying", day["L1 over copying"], at_most=0.25, **known),
    Claim("L1 over median: night → day / day → night", harder, at_least=3, **known),
)

# %% [markdown]
# Look at the two directions of day and night. By day you see what the night will be; at night you
# cannot know what the colours were. From night to day the error is about a sixth of copying's,
# which sounds splendid. But it is only a tenth below that of the median, one picture that ignores
# its input. So choose the strongest rival, and ask in which direction there is one right answer.
#
# ### Your own pictures
#
# Two folders of pictures with equal names, or pictures that hold both halves side by side, will do:
#
# ```
# gan-course train pix2pix --data pairs:my/pairs --out runs/mine
# gan-course translate runs/mine my/drawing.png --out my/coloured
# ```
#
# ## Break it
#
# The study has three breaks: L1 alone, the game alone, no skips. Watch the last happen. Before you
# run the cell: what will be missing from the pictures? The broken network gets 400 steps; its rival
# is the main run's model as it was after 400.

# %%
torch.manual_seed(seed)
broken = Pix2Pix(replace(LESSON, skips=False))
fit(broken, emoji, steps=400, hooks=[Progress()], seed=seed)
rows, table = {"drawings": drawings}, {}
for name, player in {"skips": early[2], "no skips": broken}.items():
    with player.evaluating():
        rows[name] = player.translate(drawings)
    table[name] = scores(rows[name])
show_table(table)
show(
    image_rows({name: images[:10] for name, images in rows.items()}),
    alt="Ten drawings; the same lines, coloured; and ten dark blots of about the right outline.",
    caption="After 400 steps.",
)

# %%
skips, none = (row["L1 over copying"] for row in table.values())
claim("L1: no skips / skips, after 400 steps", none / skips, at_least=1.5)

# %% [markdown]
# With skips the lines are there, and colour is what is left to learn. Without them everything has
# to pass a map of 2 × 2, and the network first has to learn to draw.
#
# ## Explore it
#
# Draw with a mouse, a pen or a finger, and see what Pix2Pix and L1 alone make of it. Or start from
# a held-out drawing and change a line.

# %%
from gan_course.explore import SketchPad

SketchPad({"Pix2Pix": model, "L1 alone": alone}, drawings, truth).widget()

# %% [markdown]
# ## Check yourself
#
# **1.** A drawing has three equally likely colourings: pure red, pure green and pure blue. What
# does L1 ask for?
#
# <details><summary>Answer</summary>
#
# The median of each channel. Red is at its full value in one of three answers and at its lowest in
# two, so its median is the lowest; green and blue likewise. L1 asks for black.
#
# </details>
#
# **2.** You take the drawing away from the discriminator and show it the picture alone. L1 stays.
# What may go wrong, and which number would show it?
#
# <details><summary>Answer</summary>
#
# Any picture that looks like *some* coloured emoji now passes, whatever the drawing. Only L1 still
# ties the answer to it. The colour distance need not show that, since it does not see where a
# colour is; look at L1 over copying.
#
# </details>
#
# **3.** On held-out faces, someone's network has an L1 over copying of 0.8. What do you ask?
#
# <details><summary>Answer</summary>
#
# How were they held out: is the same person, or the same drawing in another skin tone, among those
# learned from? What do the nearest training picture and a rule such as one crayon score? And was
# the network in eval mode, or did batch norm look at the other test pictures?
#
# </details>
#
# Then solve [the exercise](../exercises/08_exercise.ipynb): wire the skips of a U-Net, compute and
# check what a patch sees, and write the combined loss.
#
# ## What to remember
#
# - L1 asks for a median, channel by channel. Of several right answers it may be none.
# - A discriminator of pairs can reject what no one would paint; $\lambda$ weighs L1 against it.
# - Skips carry *place* past the bottleneck. What must pass a vector is redrawn from memory.
# - A patch's size is computed by going back through kernels and strides, and checked by a gradient.
# - Compare with copying, the nearest training input, and the simplest rule you can think of.
#
# How far is this from the paper? Its pictures have 256 pixels a side, its U-Net about 54 million
# weights, and its data are photographs. `gan-course train pix2pix --profile full` runs the same
# code at 64 × 64 with wider networks for 60,000 steps.
#
# **Next**: lesson 9 does without pairs.
#
# **Sources**: Isola et al. 2016, [Image-to-Image Translation with Conditional Adversarial
# Networks](https://arxiv.org/abs/1611.07004), eq. 1-4, sections 3.2 and 4.2; Ronneberger et al.
# 2015, [U-Net](https://arxiv.org/abs/1505.04597); Zhang et al. 2016, [Colorful Image
# Colorization](https://arxiv.org/abs/1603.08511), on many right colours. The emoji are
# OpenMoji's (CC BY-SA 4.0), the portraits DiceBear's Open Peeps by Pablo Stanley (CC0).

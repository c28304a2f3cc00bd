# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown]
# # 9 · Translation without pairs

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

card("09")

# %% tags=["parameters"]
seed = 0

# %% [markdown]
# First, there and back. This network never saw a sketch and a portrait of the same person. Go
# through held-out people: see what it makes up, and what it finds again on the way back, though the
# sketch does not seem to hold it.

# %%
from gan_course.explore import explore

explore("09")

# %% [markdown]
# ## Two albums
#
# Lesson 8 learned from pairs, and often there are none. Here are two albums: sketches of 1,200
# people, and portraits of 1,200 *others*. Nobody is in both. Six hundred true pairs are held out;
# nothing learns from them, and they alone can say whether a translation is right.

# %% tags=["nbval-check-output"]
import torch

from gan_course.data import load
from gan_course.viz import image_rows, show

albums = load("avatars")
print(albums)

# %%
sketches, portraits = albums.held_out.x, albums.held_out.y
rows = {
    "one album": albums.train.x,
    "the other": albums.train.y,
    "held out: sketches": sketches,
    "and what each should become": portraits,
}
show(
    image_rows({name: images[:8] for name, images in rows.items()}, 8),
    alt="Eight black-and-white sketches of heads; eight coloured portraits of other people; "
    "eight more sketches, and below each the same head in colour.",
)

# %% [markdown]
# You could colour these sketches, since you take it for granted that a beard stays a beard. Nobody
# tells the networks. A discriminator can say whether a picture *could* be a portrait, not whose.
#
# ## The mathematics
#
# ### One game
#
# A generator $G$ turns sketches $x$ into portraits, and a discriminator $D_Y$ gives portraits a
# score. **LSGAN** (Mao et al., 2016) plays this game by least squares: the discriminator's score
# should be 1 for real portraits $y$ and 0 for drawn ones, and the generator wants 1 for its own:
#
# $$\begin{aligned}
# \min_{D_Y}\; & \tfrac12 \mathbb{E}_y (D_Y(y) - 1)^2 + \tfrac12 \mathbb{E}_x D_Y(G(x))^2 \\
# \min_{G}\; & \tfrac12 \mathbb{E}_x (D_Y(G(x)) - 1)^2
# \end{aligned}$$
#
# Suppose that a picture makes up the share $p$ of the real ones and $q$ of the drawn ones. The
# derivative of the first line by its score $s$ is $p\,(s - 1) + q\,s$, so the best score is
# $p / (p + q)$, and the best discriminator pays $\tfrac12 \sum p\,q / (p + q)$, a sum over pictures.
# This is ¼ where always $p = q$, so that every score is ½, and less otherwise. **A discriminator
# that can only guess pays ¼.** How much less it pays is what it can tell.
#
# Now take eight people, and a generator that can do anything. Let it give each sketch one of the
# eight portraits, and no portrait to two sketches. There are $8! = 40{,}320$ such orders. How
# much can the best discriminator tell of each?

# %%
from itertools import permutations

from torch.nn.functional import one_hot

orders = torch.tensor(list(permutations(range(8))))  # row by row: which portrait each sketch gets


def told(drawn):
    """¼ − what the best discriminator pays, where portrait i is an eighth of the real ones and the
    share drawn[..., i] of the drawn ones."""
    return 0.25 - (drawn / 8 / (drawn + 1 / 8)).sum(-1) / 2


by_order = told(one_hot(orders, 8).double().mean(1))  # (40320,)
same_for_all = told(one_hot(torch.tensor(0), 8).double())
most = by_order.abs().max()
claims(
    Claim("generators with a portrait for each sketch", len(orders), 40_320),
    Claim(
        "what a discriminator can tell of any of them, most",
        most,
        at_most=1e-12,
        knowing_nothing=same_for_all,
    ),
)

# %%
chosen = {"right": 0, "wrong in two": 1, "wrong in all": 40_319}
rows = {"sketches": sketches[:8]}
rows |= {f"number {row + 1:,}: {name}": portraits[orders[row]] for name, row in chosen.items()}
show(
    image_rows(rows, 8),
    alt="Eight sketches above three rows of the same eight portraits: in the first each below its "
    "own sketch, in the second all but the last two, in the third none.",
    caption="Three of 40,320 generators. To any discriminator of portraits all are perfect.",
)

# %% [markdown]
# One of them is right, and the game cannot say which: its loss is the same number 40,320 times. A
# larger discriminator or longer training cannot change that.
#
# ### There and back
#
# Zhu et al. (2017) add a second generator $F$, from portraits to sketches, with a discriminator
# $D_X$ of its own, and a **cycle loss** (eq. 2): what went there and back must be what it was.
#
# $$\begin{aligned}
# \mathcal{L}_{cyc}(G, F) &= \mathbb{E}_x \lVert F(G(x)) - x \rVert_1 \\
# &\quad + \mathbb{E}_y \lVert G(F(y)) - y \rVert_1
# \end{aligned}$$
#
# A pair of generators is now two orders, so there are $40{,}320^2$ pairs, and the games leave all of
# them. The first half of the cycle loss sees where each sketch ends, $F(G(x))$. (The second asks for
# nothing more: if $F$ undoes $G$, then $G$ undoes $F$.) Take any $G$ and go through all $F$: each of
# the 40,320 ways to end comes up once. So it is enough to compute the loss of each way to end.

# %%
apart = (sketches[:8, None] - sketches[:8]).abs().mean((2, 3, 4)).double()  # (8, 8)
by_end = apart[torch.arange(8), orders].mean(1)  # a cycle that brings sketch i to orders[:, i]
fitting = [  # how many F leave no cycle loss, for one in 800 of the G
    (apart[torch.arange(8), orders[:, there]].mean(1) == 0).sum().item() for there in orders[::800]
]
claims(
    Claim("ways to end that have no cycle loss", (by_end == 0).sum(), at_most=1),
    Claim("the F that fit a G: most", max(fitting), at_most=1),
    Claim("the F that fit a G: fewest", min(fitting), at_least=1),
)

# %% [markdown]
# Of $40{,}320^2 = 1{,}625{,}702{,}400$ pairs the cycle leaves 40,320: for every $G$ the $F$ that
# undoes it. That is much: two sketches can no longer become the same portrait. But **the cycle does
# not say which $G$**: a wrong order and its way back have no loss at all.
#
# ### At home
#
# A third loss says that a portrait need not be changed to become a portrait (section 5.2):
#
# $$\begin{aligned}
# \mathcal{L}_{id}(G, F) &= \mathbb{E}_y \lVert G(y) - y \rVert_1 \\
# &\quad + \mathbb{E}_x \lVert F(x) - x \rVert_1
# \end{aligned}$$
#
# It speaks of $G$ on portraits, where we never use it. To a generator that can do anything it says
# what becomes of a sketch only if that picture is in *both* albums. If $k$ of eight are, how many
# orders does it leave?

# %% tags=["nbval-check-output"]
left = {k: (orders[:, :k] == torch.arange(k)).all(1).sum().item() for k in (0, 1, 4, 7)}
show_table({f"k = {k}": {"orders with an identity loss of 0": count} for k, count in left.items()})

# %% [markdown]
# These are $(8 - k)!$. CycleGAN learns from all three (eq. 3 and 4), with weights $\lambda$ and
# $\lambda_{id}$:
#
# $$\begin{aligned}
# \mathcal{L} &= \mathcal{L}_{GAN}(G, D_Y) + \mathcal{L}_{GAN}(F, D_X) \\
# &\quad + \lambda\, \mathcal{L}_{cyc}(G, F) + \lambda_{id}\, \mathcal{L}_{id}(G, F) .
# \end{aligned}$$
#
# ### What picks the right one, then?
#
# Chen et al. (2025) go further: they say that the game alone will do. Let the target be the source
# itself. Given a generator that can draw its input again and a discriminator that is perfect, they
# conclude (from eq. 3 to 6) that playing the game is learning to draw the input again, as an
# autoencoder does. Eight portraits that are to become themselves contradict the step: against a
# perfect discriminator all 40,320 orders have the same loss, and one of them is the autoencoder.
#
# And yet such networks often keep the content. If the loss does not pick it, what does? Try eight
# points on a circle that are to become the same eight points. Here are 64 small networks side by
# side. In place of a discriminator they have lesson 7's energy distance between what they draw and
# the eight points, which is 0 for every order and for nothing else.

# %%
from math import pi

from torch.nn.functional import pad

angles = torch.arange(8) * pi / 4
circle = torch.stack([angles.cos(), angles.sin()], 1).expand(64, 8, 2)


def networks():
    """64 small networks, each of three layers: their weights."""
    sizes = ((3, 24), (24, 24), (24, 2))
    return [(torch.randn(64, a, b) / a**0.5).requires_grad_() for a, b in sizes]


def outputs(weights, points, skip):
    """What each of the networks makes of its eight points (64, 8, 2)."""
    first, second, last = weights
    hidden = (pad(points, (0, 1), value=1.0) @ first).tanh()
    return (hidden @ second).tanh() @ last + skip * points


def energy(a, b):
    """The energy distance between two sets of points, (64, 8, 2) each: (64,)."""
    across, within_a, within_b = (
        torch.cdist(u, v).mean((1, 2)) for u, v in ((a, b), (a, a), (b, b))
    )
    return 2 * across - within_a - within_b


# %% [markdown]
# All learn a way there and a way back. They differ in two things: whether a cycle is in the loss,
# and whether the network *adds* what it computes to its input, a **skip**.

# %%
from gan_course.models.base import linear_decay


def toy(cycle, skip):
    """How many of 64 pairs of networks learned what."""
    torch.manual_seed(seed)
    g, f = networks(), networks()
    optimizer = torch.optim.Adam([*g, *f], 5e-3)
    schedule = linear_decay(optimizer, 400)
    for _ in range(400):
        there, back = outputs(g, circle, skip), outputs(f, circle, skip)
        loss = energy(there, circle) + energy(back, circle)
        for again in (outputs(f, there, skip), outputs(g, back, skip)):
            loss = loss + cycle * (again - circle).abs().mean((1, 2))
        optimizer.zero_grad()
        loss.sum().backward()
        optimizer.step()
        schedule.step()
    with torch.no_grad():
        there = outputs(g, circle, skip)
        apart = (outputs(f, there, skip) - circle).norm(dim=2).amax(1)
    goals = torch.cdist(there, circle).argmin(2)  # (64, 8)
    turn = (goals.roll(-1, 1) - goals) % 8  # from a point's goal to its neighbour's
    counted = {
        "all eight drawn": (goals.sort(1).values == torch.arange(8)).all(1),
        "turned or mirrored": ((turn == 1) | (turn == 7)).all(1),
        "undone on the way back": apart < 0.2,
        "right": (goals == torch.arange(8)).all(1),
    }
    orders = {"different orders": len(goals.unique(dim=0))}
    return {name: which.sum().item() for name, which in counted.items()} | orders


settings = {"game alone": (0, 0), "game alone, skip": (0, 1)}
settings |= {"with cycle": (1, 0), "with cycle, skip": (1, 1)}
found = {name: toy(*setting) for name, setting in settings.items()}
show_table(found)

# %%
share = {name: {key: count / 64 for key, count in row.items()} for name, row in found.items()}
alone, skipping, cycled, _ = share.values()
drawn = min(row["all eight drawn"] for row in share.values())
key, bare = "undone on the way back", alone["right"]
claims(
    Claim("all eight drawn, share of each kind: fewest", drawn, 0.95),
    Claim("game alone: turned or mirrored, share", alone["turned or mirrored"], 0.95),
    Claim("game alone: right, share", bare, at_most=0.2),
    Claim("with cycle: right, share", cycled["right"], at_most=0.2),
    Claim("with cycle: undone, share", cycled[key], 0.95, knowing_nothing=alone[key]),
    Claim("game alone, skip: right, share", skipping["right"], 0.75, knowing_nothing=bare),
)

# %% [markdown]
# They draw all eight points. Without a skip they turn or mirror the circle: these are 16 of the
# 40,320 orders, and one of the 16 is right. The cycle makes each way back undo the way there, and
# the right order stays rare. With a skip, which hands the input on, most networks are right without
# any cycle.
#
# So where **the loss leaves many answers, the network picks one**: here, one that is easy for it.
# Whether keeping a person is easy, we have to measure.
#
# ## The code

# %% tags=["nbval-check-output"]
from gan_course.losses import least_squares
from gan_course.models import CycleGAN
from gan_course.models.cyclegan import PROFILES
from gan_course.replay import ReplayPool

show_source(CycleGAN.step)
show_source(CycleGAN.generator_step)
show_source(CycleGAN.discriminator_step)
show_source(least_squares.discriminator)
show_source(ReplayPool.mix)

# %% [markdown]
# - `to_y` is $G$ and `to_x` is $F$. One optimiser moves both, since the cycle runs through both.
#   The averages of their weights translate, as in lesson 2: `ema_y` and `ema_x`.
# - `fake_y` and `fake_x` are drawn once. The generators get their gradient through them; the
#   discriminators see them detached, after the generators have moved.
# - There is no sigmoid, and a target of 1 fits scores of any shape: these discriminators score
#   patches, as in lesson 8.
# - The **image pool** (Shrivastava et al., 2016) shows the discriminators fakes from earlier steps
#   among the newest ones, lest they forget them. Whether it helps here is measured below.
#
# The generator halves the picture's sides twice, works in **residual blocks**, $h + f(h)$ with two
# convolutions in $f$, and doubles the sides twice. Here is how one sketch goes through:

# %% tags=["nbval-check-output"]
LESSON = PROFILES["lesson"]
torch.manual_seed(seed)
model = CycleGAN(LESSON)
here, table = sketches[:1], {}
for layer in model.to_y.body:
    name = type(layer).__name__.strip("_")
    shape = layer(here).shape
    if shape != here.shape or name == "Residual":
        table[f"{len(table) + 1}: {name}"] = {"gives": " × ".join(map(str, shape[1:]))}
    here = layer(here)
show_table(table)
judged, patch = model.discriminator_y(portraits[:4]), model.discriminator_y.patch
print(f"a batch of 4 has scores of shape {tuple(judged.shape)}, each of {patch} pixels a side")

# %% [markdown]
# ## Train it

# %% tags=["nbval-check-output"]
from dataclasses import asdict, replace

print(*(f"{name} = {value}" for name, value in asdict(LESSON).items()), sep="\n")

# %% [markdown]
# All three losses have a weight; the evidence below says why. An epoch, each album once, is 300
# steps; `gan-course train cyclegan` keeps a checkpoint after each. Here a hook keeps snapshots for
# later, and two more measure the error on a hundred held-out pairs, as a share of the error of
# **copying**: leaving the input as it is.

# %%
from gan_course.training import Evaluation, LiveSamples, Progress, Snapshots, fit
from gan_course.viz import LivePicture


def error(images, truths):
    """Mean absolute difference, L1."""
    return (images - truths).abs().mean().item()


some = slice(100)
copied = error(sketches[some], portraits[some])
there = Evaluation(lambda m: error(m.translate(sketches[some]), portraits[some]) / copied, 100)
back = Evaluation(lambda m: error(m.back(portraits[some]), sketches[some]) / copied, 100)
picture = LivePicture(
    lambda samples: image_rows({"sketches": sketches[:8], "coloured": samples}, 8),
    alt="Eight held-out sketches, and what the network makes of them",
)
watch = LiveSamples(every=600, n=8, show=picture, also=(100, 300))
snapshots = Snapshots(every=200, also=(0, 50, 100))
history = fit(model, albums, hooks=[Progress(), watch, snapshots, there, back], seed=seed)

# %% tags=["readme-picture"]
frames = {f"step {step}": frame for step, frame in zip(watch.steps, watch.frames, strict=True)}
show(
    image_rows({"sketches": sketches[:8]} | frames | {"truth": portraits[:8]}, 8),
    alt="Eight sketches; at step 100 blurred brown heads of the same shapes; later lines, then "
    "colours. At the end skin is one tone of brown, eyes are smeared, shirts are in "
    "patches; the truth has clear faces in many tones.",
    caption="Held-out sketches, what the network makes of them, and the truth.",
)

# %%
from gan_course.viz import curves, history_plot
from gan_course.viz.curves import smooth

show(
    history_plot(history, reference=0.25),
    alt="The discriminators' loss stays near 0.21, the generators' near 0.33, on either side of "
    "the dashed line at 0.25.",
    caption="The game: the mean of the two discriminators, the sum of the two generators.",
)
ways = {"sketch to portrait": there, "portrait to sketch": back}
lines = {"cycle": (range(20, LESSON.steps), smooth(history["cycle"], 50)[20:])}
lines |= {name: (way.steps, way.values) for name, way in ways.items()}
show(
    curves(lines, "step", "error", levels={"copying": 1.0}),
    alt="All three fall: the cycle loss from 1 to 0.15, the way to portraits from 1.6 to 0.75, the "
    "way to sketches from 1.7 to 0.55. The two ways fall below copying near step 350.",
    caption="The cycle loss, and the errors of held-out pairs over that of copying.",
)

# %% [markdown]
# A discriminator that guesses pays ¼, and against two such the two generators pay ⅛ each. The
# discriminators stay a little ahead, and as in lesson 2 that is all these curves say. The falling
# cycle loss says that there is a way back; only held-out pairs say whether the way there is right.
#
# ## The evidence
#
# ### This run
#
# What should it beat? For the way to portraits we build two rivals from the albums alone. *The
# average colouring* puts under the lines of a sketch, at each pixel, the median colour of the
# portraits that have no ink there. *Looked up* is the portrait in the album whose ink is most like
# the sketch. For the way to sketches there is *the rule for ink*: what is nearly black is ink, all
# else white. Its threshold is the best for the held-out pairs. All three know what nobody tells the
# networks: that black stays black.

# %%
from gan_course.metrics import attribute_agreement, colour_distance, nearest


def ink(images, threshold=-0.5):
    """Black where all three colours are below the threshold, else white."""
    return torch.where(images.amax(1, keepdim=True) < threshold, -1.0, 1.0).expand_as(images)


album = albums.train.y
blank = torch.where(ink(album) < 0, torch.nan, album).nanmedian(0).values.nan_to_num(-1)
with model.evaluating():
    coloured, own = model.translate(sketches), model.back(portraits)
answers = {
    "copying": sketches,
    "the median portrait": album.median(0).values.expand_as(portraits),
    "the average colouring": (sketches + 1) / 2 * (blank + 1) - 1,
    "looked up": album[nearest(sketches, ink(album)).index],
    "CycleGAN": coloured,
    "the truth": portraits,
}
show(
    image_rows({name: images[:8] for name, images in answers.items()}, 8),
    alt="Six rows of eight: sketches; one brown face; the sketches filled with brown and yellow; "
    "clear portraits of similar people; the CycleGAN's, with the lines of the sketch, brown skin "
    "and patchy shirts; the truth.",
)

# %% [markdown]
# L1 is not enough, since a sketch has many right colourings. Beside it stands lesson 8's **colour
# distance**, as a share of copying's too. And a small network, the **judge**, reads in a picture
# the head (one of 48), the beard, what is worn on the face, and the skin (one of five). The columns
# say how often that agrees with the truth.

# %%
colours = colour_distance(sketches, portraits).mean
given = albums.held_out.given
READ = {"head": "head", "beard": "facialHair", "worn": "accessories", "skin": "skinColor"}


def scores(images):
    """How far portraits drawn from the held-out sketches are from the true ones."""
    agree = attribute_agreement(images, given)
    return {
        "L1": error(images, portraits) / error(sketches, portraits),
        "colour": colour_distance(images, portraits).mean / colours,
    } | {name: agree[key] for name, key in READ.items()}


board = {name: scores(images) for name, images in answers.items()}
show_table(board)

# %%
drawn = {"copying": portraits, "the rule for ink": ink(portraits, -0.3), "CycleGAN": own}
wrong = {name: error(x, sketches) / error(portraits, sketches) for name, x in drawn.items()}
show_table({name: {"to sketches: L1": value} for name, value in wrong.items()})

# %%
_, median_of_all, average, looked, ours, _ = board.values()
paler = ours["colour"] / average["colour"]
claims(
    Claim("to sketches: L1 over copying", wrong["CycleGAN"], at_most=0.6, knowing_nothing=1),
    Claim("to portraits: L1 over copying", ours["L1"], at_most=0.85, knowing_nothing=1),
    Claim("to portraits: colour over copying", ours["colour"], at_most=0.6, knowing_nothing=1),
    Claim("L1: (CycleGAN) − (average colouring)", ours["L1"] - average["L1"], 0),
    Claim("colour: CycleGAN / average colouring", paler, at_most=0.95, knowing_nothing=1),
    Claim("same head: CycleGAN", ours["head"], 0.8, knowing_nothing=median_of_all["head"]),
    Claim("L1: (CycleGAN) − (looked up)", ours["L1"] - looked["L1"], 0),
)

# %% [markdown]
# Without a single pair both ways are better than copying, and the way to sketches is better than
# the rule. By L1 the way to portraits is *not* better than its rivals. L1 likes the average
# colouring best; only the colour distance sees that it gives all the same colours. What is looked
# up has the best colours, since it is a real portrait, but someone else's: it keeps beards less
# often than copying does. CycleGAN's colours lie between. It keeps the head; how often it keeps
# beards and glasses, the table says. The skin is anyone's guess.
#
# ### What a sketch hides
#
# A sketch has no colour, and the cycle asks for the portrait's colours back. So the loss rewards
# $F$ for hiding them in the sketch that it draws. Call that the **own sketch**; the true sketch is
# the one of the held-out pair. Chu et al. (2017) found such a hidden signal, too faint to be seen.
# Let $G$ colour our own sketches again, and the judge read skin and clothes:

# %%
torch.manual_seed(seed)
noise = 0.3 * torch.randn_like(own)
strong = (own - sketches).abs().amax(1, keepdim=True) > 0.5
versions = {
    "the true sketch": sketches,
    "the own sketch": own,
    "own, rounded to black and white": ink(own, 0.0),
    "own, with noise of 0.3": (own + noise).clamp(-1, 1),
    "own, where it differs little from the true": torch.where(strong, sketches, own),
    "own, where it differs much": torch.where(strong, own, sketches),
}
secret = {}
for name, version in versions.items():
    with model.evaluating():
        again = model.translate(version)
    agree = attribute_agreement(again, given)
    secret[name] = {"L1": error(again, portraits)}
    secret[name] |= {"skin": agree["skinColor"], "clothes": agree["clothingColor"]}
show_table(secret)
print(f"differs much: {strong.double().mean():.1%} of the pixels")

# %%
skin = given["skinColor"]  # from light to dark
pick = torch.cat([torch.where(skin == shade)[0][:2] for shade in range(5)])
rows = {"portraits": portraits, "true sketches": sketches, "own sketches": own}
rows |= {"own, rounded": versions["own, rounded to black and white"]}
show(
    image_rows({name: images[pick] for name, images in rows.items()}),
    alt="Ten people in four rows: portraits; true sketches; own sketches, in which the faces of "
    "dark people have more strokes and fair hair is dark on some; the same without greys.",
    caption="Two people of each skin, from light to dark.",
)

# %%
true, kept, rounded, noisy, little, much = secret.values()
claims(
    Claim("L1: own sketch / true sketch", kept["L1"] / true["L1"], at_most=0.75, knowing_nothing=1),
    Claim("skin read: own sketch", kept["skin"], 0.5, knowing_nothing=true["skin"]),
    Claim("skin read: own, rounded", rounded["skin"], 0.3, knowing_nothing=true["skin"]),
    Claim("skin read: own, with noise", noisy["skin"], 0.5, knowing_nothing=true["skin"]),
    Claim(
        "skin read: (own, differs much) − (own, differs little)", much["skin"] - little["skin"], 0
    ),
)

# %% [markdown]
# From a true sketch about one skin in five comes out right, which is guessing. From the own sketch
# most do: $F$ tells $G$. So a portrait that comes back well says little about how well $G$ colours.
# Where is it told? Noise that drowns every faint shade takes little of it away, and rounding to
# black and white leaves much. More of it lies in the few pixels where the own sketch differs much
# from the true one, in strokes that the person does not have, than in all others. So the signal of
# Chu et al. could not be seen, and ours can, if you know the true sketch. How much of the clothes
# gets through, the last column says.
#
# ### Is the cycle needed?
#
# Chen et al. say no. What do sketches and portraits say? There are three kinds of loss:
# **adversarial only**, the game and nothing else; **+ identity**, the game with $\lambda_{id} = 5$;
# **+ cycle**, the game with $\lambda = 10$. Each is tried as it is; with an input **skip**, by which
# a generator adds what it draws to its input; with a **code**, a bottleneck of 64 numbers; and from
# **100 images** of each album. **+ cycle and identity** is our recipe, $\lambda = 10$ and
# $\lambda_{id} = 1$. All have 600 steps, "longer" four times as many, "slower" a fifth of the rates.
# The numbers are stored, and [the script](../benchmarks/cycle.py) measures them again.
#
# **Own** is the share of held-out sketches whose translation is nearer to their true portrait than
# to 99 others, **spread** the mean difference between two answers, over that between two portraits.

# %%
from statistics import median

from gan_course.viz import dot_plot

stored, runs, fixed = (study("cycle")[key] for key in ("seeds", "runs", "baselines"))
LOSSES = ("adversarial only", "+ identity", "+ cycle")
SETTINGS = ("", ", skip", ", code", ", 100 images", ", code, 100 images")
KINDS = [loss + setting for setting in SETTINGS for loss in LOSSES]
KINDS += ["adversarial only, longer", "adversarial only, longer and slower"]
KINDS.insert(3, "+ cycle and identity")
L1, COLOUR = "L1 over copying", "colour over copying"


def of(kind, key):
    """What the runs of a kind measured."""
    return [run["to portraits"][key] for run in runs[kind]]


show(
    dot_plot({key: {kind: of(kind, key) for kind in KINDS} for key in (L1, "own", "spread")}),
    alt="Eighteen rows of dots. Adversarial only, also with a code or longer: L1 near 2, own and "
    "spread near 0; with a skip 1.3, 0.4 and 0.7. With identity: L1 near 0.8, own above 0.5, "
    "spread near 0.9; with a skip or code worse. With cycle much the same, but two runs of twelve, "
    "and one of three from 100 images, have an L1 of 1.7 to 3 and an own share near 0. With both, "
    "twelve dots close together.",
    caption="A dot for each run, a bar at the median. Copying has an L1 of 1, an own share of 0.52 "
    "and a spread of 1.03.",
)

# %%
alone, longer, known = "adversarial only", "adversarial only, longer", {"stored": stored}
through = min(of("+ identity, code", "own")) - max(of("+ cycle, code", "own"))


def astray(kinds):
    """Which runs of these kinds gave each sketch another portrait, and mostly a wrong one."""
    found = [run["to portraits"] for kind in kinds for run in runs[kind]]
    return [run["own"] < 0.15 and run["spread"] > 0.8 for run in found]


held = [kind for kind in runs if "identity" in kind]
cycling = [kind for kind in runs if kind.startswith("+ cycle") and kind not in held]
wrong, never = astray(cycling), astray(held)
show_table(
    {
        kind: {"runs": len(runs[kind]), "astray": sum(astray([kind]))}
        for kind in (*LOSSES, "+ cycle and identity")
    }
)
print(f"all kinds with cycle and no identity: {sum(wrong)} of {len(wrong)} went astray")
print(f"all kinds with identity: {sum(never)} of {len(never)}")
claims(
    Claim("adversarial only: spread, largest", max(of(alone, "spread")), at_most=0.3, **known),
    Claim("adversarial only: own, most", max(of(alone, "own")), at_most=0.1, **known),
    Claim("longer: spread, largest", max(of(longer, "spread")), at_most=0.3, **known),
    Claim("skip: own, fewest", min(of(f"{alone}, skip", "own")), 0.2, **known),
    Claim("skip: L1, least", min(of(f"{alone}, skip", L1)), 1.0, **known),
    Claim("+ identity: L1, largest", max(of("+ identity", L1)), at_most=0.9, **known),
    Claim("+ cycle: L1, median", median(of("+ cycle", L1)), at_most=0.95, **known),
    Claim(
        "cycle and identity: L1, largest", max(of("+ cycle and identity", L1)), at_most=0.9, **known
    ),
    Claim("own, code: (+ identity, fewest) − (+ cycle, most)", through, 0.03, **known),
    Claim("astray with cycle and no identity: runs", sum(wrong), 2, **known),
    Claim("astray with identity: runs", sum(never), at_most=0, **known),
)

# %% [markdown]
# **The game alone** makes nearly one face of all sketches, in every run; four times as many steps
# do not help, nor do slower ones. **The identity loss** without a cycle keeps the person as well as
# the cycle does. Of people in one album only it had nothing to say, but a network is no list of
# answers: one that leaves the lines of portraits as they are may do the same to sketches.
# **A skip** alone keeps something of the person, but less than copying does. Through **a code** the
# identity loss keeps more of the person than the cycle.
#
# And some runs **went astray** like the wrong orders of the eight pictures: each sketch gets another
# portrait, and it is someone else's. It happened only with the cycle and without the identity loss,
# from all 1,200 images in two of twelve runs. On another processor it may strike other seeds. With
# both losses none of twelve went astray, and that is why our recipe has both.
#
# So without a skip something beside the game is needed here, but it need not be the *cycle*. The
# identity loss alone even errs a little less than both, at five times the weight.
#
# **Source = target.** Now the case of the argument itself: portraits are to become portraits. The
# game alone, with and without the code, beside a plain autoencoder: the same code, and the pixels
# themselves as its targets.

# %%
AGAIN = {
    "autoencoder, code": "again, pixels, code",
    "game, code": "again, code",
    "game, no code": "again, no code",
    "game, no code, longer and slower": "again, no code, longer and slower",
    "game, code, from sketches": "adversarial only, code",
}


def course(kind):
    """Images seen, and the median error of the runs after so many."""
    errors = [run["curve"] for run in runs[kind]]
    return [*map(int, errors[0])], [median(one[seen] for one in errors) for seen in errors[0]]


nothing = fixed["to portraits"]["the median"]["MSE"]
lines = {name: course(kind) for name, kind in AGAIN.items()}
show(
    curves(lines, "images seen", "mean squared error", levels={"the median portrait": nothing}),
    alt="The autoencoder falls to 0.05. All games fall to about 0.4, above the dashed line of the "
    "median portrait at 0.35, and rise again to 0.5.",
    caption="Error of held-out portraits drawn again; the last: of portraits from their sketches.",
)

# %%
(_, told_pixels), *games = lines.values()
end, least = told_pixels[-1] / nothing, min(min(errors) for _, errors in games) / nothing
claims(
    Claim("error: autoencoder, at the end / median portrait", end, at_most=0.3, **known),
    Claim("error: any game, at any moment / median portrait", least, 1.0, **known),
)

# %% [markdown]
# Playing the game did not teach these networks to draw their input again, with a code or without.
# At no measured moment do they err less than the median portrait, given to everyone. And from
# sketches the error is much the same as from the portraits themselves.
#
# Three more questions. The critic of Chen et al. answers with **a vector** (eq. 2), and the two play
# for the distance between mean vectors. Do 16 values help more than one? With **noise** at the
# input a generator could give one sketch two answers. How far apart are they, also over the
# distance between answers to two sketches? What becomes of **hats** if no portrait has one?

# %% tags=["nbval-check-output"]
columns = (L1, COLOUR, "own", "spread")
show_table({k: {key: median(of(k, key)) for key in columns} for k in ("1 value", "16 values")})
columns = ("two answers", "over two inputs", "own")
NOISY = ("adversarial only, noise", "+ cycle, noise")
show_table({kind: {key: median(of(kind, key)) for key in columns} for kind in NOISY})
columns = ("hats: L1 over copying", "others: L1 over copying", "hats: read as hats")
HATS = [loss + hats for loss in ("adversarial only", "+ cycle") for hats in ("", ", no hats")]
show_table({kind: {key: median(of(kind, key)) for key in columns} for kind in HATS})

# %%
two = of("+ cycle, noise", "over two inputs")
hats = median(of("+ cycle, no hats", "hats: read as hats"))
claims(
    Claim("16 values: own, most", max(of("16 values", "own")), at_most=0.1, **known),
    Claim("+ cycle, noise: two answers / two inputs, most", max(two), at_most=0.1, **known),
    Claim("+ cycle, no hats: read as hats, median", hats, 0.7, **known),
)

# %% [markdown]
# With **sixteen values** answers differ more, but hardly one is nearest to its own truth. With the
# cycle **noise** makes next to no difference. **Hats** are still drawn, in the runs that did not go
# astray: the lines of the sketch stay.
#
# ### Your own pictures
#
# Two folders that have nothing to do with each other will do; `--back` goes the other way:
#
# ```
# gan-course train cyclegan --data unpaired:my/summer,my/winter --out runs/seasons
# gan-course translate runs/seasons my/holiday.jpg --out my/snow
# gan-course translate runs/seasons my/skiing --out my/thaw --back
# ```
#
# ## Break it
#
# **The cycle alone.** Without the game and the identity loss, nothing says what a portrait looks
# like. Before you run the cell: what will the sketches become?

# %%
torch.manual_seed(seed)
lonely = CycleGAN(replace(LESSON, adversarial=0.0, identity=0.0))
fit(lonely, albums, steps=400, seed=seed)
with lonely.evaluating():
    over = lonely.translate(sketches)
    again = lonely.back(over)
show(
    image_rows({"sketches": sketches[:8], "there": over[:8], "and back": again[:8]}, 8),
    alt="Eight sketches; blurred brown heads whose black hair has become a pattern of red and "
    "green dots; sketches again, a little blurred, with black hair.",
    caption="After 400 steps of the cycle alone.",
)

# %%
closed = error(again[some], sketches[some]) / copied
paler = scores(over)["colour"] / ours["colour"]
claims(
    Claim("sketch, there and back: L1 over copying", closed, at_most=0.8, knowing_nothing=1),
    Claim("colour: cycle alone / CycleGAN", paler, at_least=1.0, knowing_nothing=1),
)

# %% [markdown]
# They become something that can be undone, and no portrait. That is all that a cycle asks for.
#
# **No pool.** Now the discriminators see only the newest fakes. Compare what the main run had
# reached after as many steps:

# %%
torch.manual_seed(seed)
forgetful = CycleGAN(replace(LESSON, pool=0))
fit(forgetful, albums, steps=400, seed=seed)
with forgetful.evaluating():
    without = [way.measure(forgetful) for way in (there, back)]
reached = [way.values[3] for way in (there, back)]
table = {"with the pool": reached, "without": without}
show_table({name: dict(zip(ways, pair, strict=True)) for name, pair in table.items()})

# %%
worse = max(bare / pooled for bare, pooled in zip(without, reached, strict=True))
claim("error without / with the pool, the larger of the two", worse, at_most=1.1)

# %% [markdown]
# In 400 steps the pool has not paid. Whether it pays in longer runs, or on other pictures, this one
# does not show.
#
# ## Explore it
#
# A held-out person, both ways. Move through the snapshots, and watch what comes first: a picture
# that could be real, or a way back that works.

# %%
from gan_course.explore import RoundTrip

RoundTrip(model, snapshots, sketches[:50], portraits[:50], ("sketch", "portrait")).widget()

# %% [markdown]
# ## Check yourself
#
# **1.** You train on horses and zebras. Cycle and game losses are as low as they get. What do you
# know of the translation?
#
# <details><summary>Answer</summary>
#
# That what is drawn looks like zebras, and that it says which horse it came from. Not that the
# zebra stands as the horse stood. If animals look to the left as often as to the right, networks
# that mirror every picture, there and again on the way back, have the same losses.
#
# </details>
#
# **2.** Someone shows how well a portrait comes back from the sketch that a CycleGAN drew of it.
# What do you ask them to do with the sketch first?
#
# <details><summary>Answer</summary>
#
# To add some noise, or to round it to black and white. If the colours are gone then, they were
# hidden in faint shades. If not, they may still be told in strokes: a sketch of the same person
# that someone else drew is the better test.
#
# </details>
#
# **3.** Both albums show the same rooms, by day and by night, and ten pictures stand in both. Which
# loss can use that?
#
# <details><summary>Answer</summary>
#
# The identity loss, for those ten: a picture that is in the target album must stay as it is.
# Neither game sees which picture became which, and the cycle is content with any order that can be
# undone.
#
# </details>
#
# Then solve [the exercise](../exercises/09_exercise.ipynb): the cycle and identity losses, the
# pool of older fakes, targets for scores of any shape, and a step that moves two generators and two
# discriminators, each by what is its own.
#
# ## What to remember
#
# - Two sets of pictures do not say who belongs to whom. Every order has the same adversarial loss.
# - A cycle makes the two generators fit each other. It does not say which pair that fits is right.
# - An identity loss need not say anything of people in one album only. Here it kept the person;
#   without it, game and cycle lost nearly everyone in some runs.
# - Among answers of equal loss the network decides. So ask of any such result: which losses, which
#   network, with which skips?
# - A cycle pays for hiding. Test a translation on what the *other* network did not draw.
# - Judge on true pairs, even if you have only a few, beside the simplest rule.
#
# How far is this from the paper? Its pictures are photographs of 256 pixels a side, most of them
# without true pairs, so there is no number to compare with ours. Its generators have 64 channels
# and nine residual blocks; $\lambda_{id}$, where used, is 5.
# `gan-course train cyclegan --profile full` runs the same code with these for 60,000 steps.
#
# **Next**: lesson 10 adds noise to pictures, step by step, and learns to take it away.
#
# **Sources**: Zhu et al. 2017, [Unpaired Image-to-Image Translation using Cycle-Consistent
# Adversarial Networks](https://arxiv.org/abs/1703.10593), eq. 1-4 and section 5.2; Mao et al. 2016,
# [Least Squares Generative Adversarial Networks](https://arxiv.org/abs/1611.04076), eq. 9;
# Shrivastava et al. 2016, [Learning from Simulated and Unsupervised Images through Adversarial
# Training](https://arxiv.org/abs/1612.07828), section 2.3; Chu et al. 2017, [CycleGAN, a Master of
# Steganography](https://arxiv.org/abs/1712.02950); Chen et al. 2025, [Mechanisms of Generative
# Image-to-Image Translation Networks](https://arxiv.org/abs/2411.10368). The portraits are
# DiceBear's Open Peeps by Pablo Stanley (CC0).

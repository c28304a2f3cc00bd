# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown]
# # 7 · Three ways to marry them

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

card("07")

# %% tags=["parameters"]
seed = 0

# %% [markdown]
# First, compare. Both of these models draw from two numbers. The VAE-GAN learned by what a
# discriminator sees in pictures, and the AAE, an autoencoder with an adversary for its codes, by
# pixels. Take both to the same place, or let both redraw the same held-out digit, and say which is
# sharper and which is nearer.

# %%
from gan_course.explore import explore

explore("07")

# %% [markdown]
# ## What pixel error prefers
#
# A GAN draws sharp digits, but has no code for a digit of yours; a VAE has one, and draws soft
# digits. Why soft? Below are ten held-out digits, the same digits moved one pixel down and one to
# the right, and the mean of 25 copies, each moved by up to two pixels. Which is nearer?

# %%
import torch

from gan_course.data import load
from gan_course.viz import image_rows, show

digits = load("digits")
some = digits.held_out.x[:400]
steps = range(-2, 3)
places = torch.stack([some.roll((down, right), (2, 3)) for down in steps for right in steps])
original, moved, blurred = places[12], places[18], places.mean(0)
kinds = {"held-out digits": original, "moved by a pixel": moved, "mean of 25 places": blurred}
show(
    image_rows({name: images[:10] for name, images in kinds.items()}),
    alt="Ten digits; the same ten, hardly to be told from the first; and ten blurred ones.",
)

# %% [markdown]
# The moved one, you say. Pixel error says the blurred one. Now compare not the pictures, but what a
# network sees in them: the 64 features of lesson 2's judge.
#
# And suppose that a decoder knows the digit, but not which of the 25 places it is in ("unsure" in
# the table). Should it draw a sharp digit or the mean, to be least wrong on average?

# %%
from gan_course.metrics import judge


def error(a, b):
    """Squared distance between descriptions (..., values) of the same pictures."""
    return (a - b).square().sum(-1)


table, prefer = {}, {}
for name, seen in {"pixels": lambda x: x.flatten(1), "features": judge().features}.items():
    truth = torch.stack([seen(place) for place in places])  # (25, 400, values)
    to_moved, to_mean = (error(seen(guess), truth[12]) for guess in (moved, blurred))
    sharp, soft = (error(seen(guess), truth).mean(0) for guess in (original, blurred))
    means = [value.mean().item() for value in (to_moved, to_mean, sharp, soft)]
    columns = ("the moved one", "the mean", "unsure: a sharp one", "unsure: the mean")
    table[f"squared error in {name}"] = dict(zip(columns, means, strict=True))
    prefer[name] = [(a < b).double().mean() for a, b in ((to_mean, to_moved), (soft, sharp))]
show_table(table, decimals=1)

# %%
claims(
    Claim("pixels: the mean is nearer than the moved one, share", prefer["pixels"][0], 0.99),
    Claim("pixels: unsure, the mean errs less, share of digits", prefer["pixels"][1], 0.99),
    Claim("features: the mean is nearer, share of digits", prefer["features"][0], at_most=0.01),
    Claim("features: unsure, the mean errs less, share", prefer["features"][1], at_most=0.01),
)

# %% [markdown]
# No picture has a smaller expected squared error in pixels than the mean. So blur is no failure to
# learn: it is the right answer to the question. **Ask another question.** Three papers each put a
# discriminator into a VAE, in three different places:
#
# | | the discriminator looks at | and takes the place of |
# |---|---|---|
# | **VAE-GAN** (Larsen et al., 2015) | pictures | the pixel error |
# | **AAE**, adversarial autoencoder (Makhzani et al., 2015) | codes | the KL divergence |
# | **AVB**, adversarial variational Bayes (Mescheder et al., 2017) | pairs of picture and code | the bell shape of $q(z \mid x)$ |
#
# ## The mathematics
#
# ### VAE-GAN: compare what the discriminator sees
#
# Whose features? A classifier needs labels; a discriminator learns without them. Let $D_l(x)$ be
# what it computes behind its $l$-th convolution. Lesson 6 took the likelihood of the pixels. Take
# instead the likelihood of the features $D_l(x)$, under a bell of variance 1 around the features of
# the picture $\tilde x$ that the decoder draws. Up to a constant its negative logarithm is
#
# $$L_{\text{unlike}} = \tfrac12 \lVert D_l(\tilde x) - D_l(x) \rVert^2 .$$
#
# The decoder is also a generator: what it draws, from codes and from noise, must pass for real. So
# there are three networks and four losses. The KL divergence has the weight 0.1 here. **Which loss
# reaches which network** is the heart of the paper:
#
# | | encoder | decoder | discriminator |
# |---|---|---|---|
# | KL divergence from the prior | ✓ | | |
# | $L_{\text{unlike}}$ | ✓ | $\times\,\gamma$ | – |
# | pass for real | – | ✓ | – |
# | tell real from drawn | – | – | ✓ |
#
# A dash means that the gradient exists and is not used. The discriminator must not get
# $L_{\text{unlike}}$: features that are 0 for every picture would make it vanish. The weight
# $\gamma$ says how much likeness counts beside looking real. The price: a bell around features that
# keep changing is no density of pictures, so lesson 6's bound on the likelihood is lost.
#
# ### AAE: all codes together must look like the prior
#
# Draw a picture $x$ from the data and a code from $q(z \mid x)$; forget the picture. The density of
# such codes, $q(z) = \mathbb{E}_x\, q(z \mid x)$, is called the **aggregated posterior**. To draw
# digits from noise, $q(z)$ has to be the prior $p(z)$; each single $q(z \mid x)$ need not be. What
# does lesson 6's mean KL divergence, the rate, ask for? Add and subtract $\log q(z)$:
#
# $$\begin{aligned}
# &\mathbb{E}_x \mathrm{KL}(q(z \mid x) \,\|\, p) \\
# &\quad = \mathbb{E}_x \mathbb{E}_{q(z \mid x)} \log \frac{q(z \mid x)}{q(z)} \\
# &\qquad {} + \mathbb{E}_{q(z)} \log \frac{q(z)}{p(z)} \\
# &\quad = I(x; z) + \mathrm{KL}(q(z) \,\|\, p).
# \end{aligned}$$
#
# The first term is the **mutual information**: how much a code tells of its picture. A VAE pays for
# both terms. The AAE pays only for the second, which a discriminator of codes keeps small. Take
# eight pictures and one latent dimension, where both can be added up on a grid:

# %%
from math import log

from gan_course.colours import EXACT, OTHERS, QUIET
from gan_course.data import Gaussian
from gan_course.likelihood import gaussian_kl
from gan_course.viz import axes

prior, dz = Gaussian(0.0, 1.0), 0.005
z = torch.arange(-5 + dz / 2, 5, dz, dtype=torch.float64)


def kl(q, p):
    """KL divergence of densities (..., 2000) on the grid `z`, in nats."""
    return (torch.xlogy(q, q) - q * p.log()).sum(-1) * dz


middles = prior.quantile((torch.arange(8, dtype=torch.float64) + 0.5) / 8)
figure, panels = axes(2, shared=True)
table, gap = {}, []
for panel, std in zip(panels, (0.85, 0.3), strict=True):
    means = middles * (1 - std**2) ** 0.5
    posteriors = torch.stack([Gaussian(mean.item(), std).density(z) for mean in means])
    together = posteriors.mean(0)
    rate = gaussian_kl(means, torch.full_like(means, 2 * log(std))).mean().item()
    parts = {"I(x; z)": kl(posteriors, together).mean().item()}
    parts["KL(q(z) ‖ p)"] = kl(together, prior.density(z)).item()
    table[f"σ = {std}"] = {"rate, closed form": rate} | parts
    gap.append(abs(rate - sum(parts.values())))
    panel.plot(z, posteriors.T / 8, color=OTHERS[1], linewidth=0.8)
    panel.plot(z, together, color=OTHERS[0], label="all together: q(z)")
    panel.plot(z, prior.density(z), "--", color=EXACT, label="prior p(z)")
    panel.set(xlabel="z", xlim=(-3.5, 3.5), title=f"σ = {std}")
panels[0].set_ylabel("density")
panels[1].legend(fontsize=8, frameon=False)
show(
    figure,
    alt="Two panels of eight thin bells, whose sum is a thick line near the dashed prior: on the "
    "left the bells are wide and overlap, on the right they are narrow and stand side by side.",
    caption="Codes of eight pictures, each an eighth of the mass: on the left they say little, on "
    "the right much. Together they look like the prior in both cases.",
)

# %% tags=["nbval-check-output"]
show_table(table)
claim("the rate is the sum of the two: largest difference", max(gap), at_most=1e-6)

# %% [markdown]
# A VAE pays about eight times as much for the codes on the right. The AAE pays next to nothing for
# either.
#
# ### AVB: a posterior of any shape
#
# A VAE's $q(z \mid x)$ is a bell because its KL divergence then has a formula. A network that turns
# $x$ and noise into $z$ can draw from any shape, but nobody knows the density. Mescheder et al. ask
# a discriminator. Show it pairs $(x, z)$, with $z$ from $q(z \mid x)$ as "real" and $z$ from the
# prior as "fake". By lesson 1 its best logit $T$ is the logarithm of the ratio of the two
# densities, in which the density of $x$ cancels:
#
# $$T(x, z) = \log q(z \mid x) - \log p(z) .$$
#
# Its mean over $q$ is the KL divergence, so the bound becomes
# $\mathbb{E}_q [\log p(x \mid z) - T(x, z)]$. But $T$ itself changes with the weights of $q$. May a
# gradient leave that out? Yes, the mean of this change over $q$ is
# $\mathbb{E}_q \nabla \log q = \int \nabla q = \nabla\! \int q = 0$.
#
# Try it where everything can be computed. The prior is a standard bell, and $x$ is $|z|$ plus noise
# of standard deviation ½. If you see $x = 2$, $z$ may be near 1.6 or near -1.6. A bell can take one
# of the two, or cover both and the gap.

# %%
from gan_course.likelihood import gaussian_log_density


def log_likelihood(x, z):
    """log p(x | z) of x (..., 1), a bell around |z| of standard deviation ½: (...)."""
    return gaussian_log_density(x, z.abs(), 2 * log(0.5))


x = torch.linspace(-1.5, 4.5, 61, dtype=torch.float64)
joint = prior.density(z).log() + log_likelihood(x[:, None, None], z[:, None])  # (61, 2000)
evidence = (joint.exp().sum(1) * dz).log()  # log p(x)
share = evidence.exp() / evidence.exp().sum()  # p(x), for means over x


def bound(q):
    """The ELBO in nats, at each x, of densities q (61, 2000) on the grid `z`."""
    return ((q * joint - torch.xlogy(q, q)) * dz).sum(1)


widths, centres = torch.linspace(0.1, 1.6, 61), torch.linspace(0, 4, 81)
bells = [Gaussian(m.item(), s.item()).density(z) for s in widths for m in centres]
of_bells = torch.stack([bound(bell[None]) for bell in bells])  # (4941, 61)
best_bell = of_bells.amax(0)

# %% [markdown]
# `best_bell` is the bound of the best of 4,941 bells for each $x$. With this decoder no VAE can do
# better, up to the spacing of the bells. Now the game between `posterior` and `pairs`:

# %%
from torch.nn.functional import softplus

from gan_course.models.base import frozen, linear_decay
from gan_course.nets import mlp

torch.manual_seed(seed)
posterior, pairs = mlp([1 + 4, 64, 64, 1]), mlp([2, 64, 64, 1])
optimizers = [
    torch.optim.Adam(network.parameters(), rate, (0.5, 0.9))
    for network, rate in ((posterior, 1e-3), (pairs, 2e-3))
]
schedules = [linear_decay(optimizer, 3000) for optimizer in optimizers]


def draw(x):
    """One z from q(z | x) for each x (N, 1): (N, 1)."""
    return posterior(torch.cat([x, torch.randn(len(x), 4)], 1))


def logit(x, z):
    """What the discriminator says of pairs, (N, 1) each: (N, 1)."""
    return pairs(torch.cat([x, z], 1))


def descend(optimizer, loss):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


for _ in range(3000):
    cause = torch.randn(256, 1)
    seen = cause.abs() + 0.5 * torch.randn(256, 1)
    guess = draw(seen)
    game = softplus(-logit(seen, guess.detach())) + softplus(logit(seen, torch.randn(256, 1)))
    descend(optimizers[1], game.mean())
    with frozen(pairs):
        elbo = log_likelihood(seen, guess) - logit(seen, guess).squeeze(1)
        descend(optimizers[0], -elbo.mean())
    for schedule in schedules:
        schedule.step()

# %% [markdown]
# How good is the learned posterior? Draw 10,000 times from it at each $x$ and count in 200 narrow
# bins. The histogram is itself a distribution with a known density, so its bound is a true one,
# never above $\log p(x)$. Beside it stands what the discriminator believes: the bound with $T$.

# %%
learned, believed = [], []
with torch.no_grad():
    for place in x.float():
        many = place.expand(10_000, 1)
        codes = draw(many)
        counts = torch.histc(codes, 200, -5, 5).double()
        learned.append((counts / counts.sum() / 0.05).repeat_interleave(10))
        logits = logit(many, codes).squeeze(1)
        believed.append((log_likelihood(many, codes) - logits).mean().double())
bounds = {
    "the best bell at every x": best_bell,
    "AVB": bound(torch.stack(learned)),
    "exact: log p(x)": evidence,
    "what AVB's discriminator believes": torch.stack(believed),
}
nats = {name: (share * value).sum().item() for name, value in bounds.items()}
show_table({name: {"mean over x, nats": value} for name, value in nats.items()})

# %%
at = 35  # x = 2
figure, (panel,) = axes()
guesses = {
    "exact: p(z | x = 2)": ((joint[at] - evidence[at]).exp(), EXACT, "--"),
    "the best bell": (bells[of_bells[:, at].argmax()], QUIET, "-"),
    "AVB": (learned[at], OTHERS[1], "-"),
}
for name, (density, colour, style) in guesses.items():
    panel.plot(z, density, style, color=colour, label=name)
panel.set(xlabel="z", ylabel="density", xlim=(-3.5, 3.5))
panel.legend(fontsize=8, frameon=False)
show(
    figure,
    alt="Three densities over z. The exact one has two equal peaks, at -1.6 and 1.6; the bell has "
    "the one on the right, twice as high; AVB's has both, unequal and ragged.",
    caption="What one should believe of z after seeing x = 2, and two guesses.",
)

# %%
bell, avb, exact, belief = nats.values()
claims(
    Claim("nats: (AVB's bound) − (the best bell's)", avb - bell, 0.04, knowing_nothing=0),
    Claim("nats: (exact log-likelihood) − (AVB's bound)", exact - avb, 0),
    Claim("nats: (what its discriminator believes) − (its bound)", belief - avb, 0.02),
)

# %% [markdown]
# AVB's posterior has both peaks, and its bound lies above the best bell's. It is not the true
# posterior: compare the two curves. And **the discriminator flatters**: it sees less of a
# difference between posterior and prior than there is, so it believes in too high a bound. In many
# dimensions such a histogram has far too many bins, and the belief is all there is.
#
# ## The code
#
# VAE-GAN first. `code` is detached, so no loss reaches the encoder before its own step. `frozen`
# lets gradients through a network and leaves its weights alone:

# %% tags=["nbval-check-output"]
from gan_course.models import AAE, AVB, VAE, VAEGAN

show_source(VAEGAN.step)
show_source(VAEGAN.discriminator_step)
show_source(VAEGAN.decoder_step)
show_source(VAEGAN.encoder_step)
show_source(VAEGAN.unlike)

# %% [markdown]
# Which method may move which network is declared, and a test checks it:

# %% tags=["nbval-check-output"]
for method, networks in VAEGAN.moves.items():
    print(f"{method:>20} moves {', '.join(networks)}")

# %% [markdown]
# The encoder's step runs the decoder again, since that has just moved. The loss sums over features
# and latent dimensions, as a log-likelihood does, and takes a mean over the batch only. Now the
# AAE. Its discriminator is shown codes, and *noise* plays the part of the real thing:

# %% tags=["nbval-check-output"]
show_source(AAE.step)
show_source(AAE.discriminator_step)
show_source(AAE.encoder_step)

# %% [markdown]
# And AVB, where codes from $q(z \mid x)$ play the real ones and noise the fake ones:

# %% tags=["nbval-check-output"]
show_source(AVB.discriminator_step)
show_source(AVB.autoencoder_step)

# %% [markdown]
# | tensor | VAE-GAN | AAE | AVB |
# |---|---|---|---|
# | images | (32, 1, 28, 28) | (128, 1, 28, 28) | (128, 1, 28, 28) |
# | codes | (32, 12) | (128, 8) | (128, 8) |
# | what the discriminator is shown | `real` (32, 1, 28, 28), `fake` (64, 1, 28, 28) | `noise` and `z` (128, 8) | pairs (128, 1, 28, 28), (128, 8) |
# | its features $D_l$ | (32, 48, 7, 7) | | |
#
# ## Train it
#
# The main run is the VAE-GAN. Decoder and discriminator are lesson 2's generator and discriminator,
# the encoder is lesson 6's. Digits stay grey, since a discriminator could tell drawn greys from
# pure black and white at a glance.

# %% tags=["nbval-check-output"]
from dataclasses import asdict, replace

from gan_course.models.vae_gan import PROFILES

LESSON = PROFILES["lesson"]
print(*(f"{name} = {value}" for name, value in asdict(LESSON).items()), sep="\n")

# %%
from copy import deepcopy

from gan_course.training import Evaluation, LiveSamples, Progress, fit
from gan_course.viz import LivePicture, sample_grid

kept = []


def keep(model):
    """Put a copy aside; the evaluation's value is how many there are."""
    kept.append(deepcopy(model))
    return len(kept)


torch.manual_seed(seed)
model = VAEGAN(LESSON)
hooks = [Progress(), Evaluation(keep, every=LESSON.steps, also=(0, 200))]
picture = LivePicture(sample_grid, alt="Forty generated digits")
watch = LiveSamples(every=250, show=picture, also=(0, 50))
history = fit(model, digits, hooks=[*hooks, watch], seed=seed)

# %% tags=["readme-picture"]
frames = {f"step {step}": frame[:10] for step, frame in zip(watch.steps, watch.frames, strict=True)}
show(
    image_rows(frames),
    alt="The same ten samples at six steps: even grey, a lattice with light blots, rough digits at "
    "step 250, and sharp ones that change less and less; some cannot be read.",
    caption="The same ten latent vectors at six moments of the training.",
)

# %%
from gan_course.viz import curves
from gan_course.viz.curves import smooth

parts = {"unlike": "unlike", "KL divergence": "kl"}
show(
    curves(
        {name: (range(20, 1000), smooth(history[key], 20)[20:]) for name, key in parts.items()},
        "step",
        "nats",
    ),
    alt="The KL divergence falls to almost 0 in the first hundred steps, then rises; unlike falls "
    "and then rises slowly.",
    caption="The two parts of the encoder's loss, as running means.",
)

# %% [markdown]
# Losses of the game say little, as in lesson 2. But look at $L_{\text{unlike}}$: after its first
# fall it *rises*, while the pictures get better. The ruler is itself being trained, so values from
# two moments cannot be compared. A rising KL divergence is a rising rate: the codes say more, or
# lie further from the prior.
#
# ## The evidence
#
# ### This run
#
# Beside it trains a **VAE with the same encoder, the same decoder and as many steps**. It has
# lesson 6's loss, on grey digits, and no learning rate that we tried did better.

# %%
from gan_course.models.vae import PROFILES as VAES

alike = {key: asdict(LESSON)[key] for key in ("latent_dim", "width", "batch_size", "steps")}
torch.manual_seed(seed)
plain = VAE(replace(VAES["lesson"], decoder="dcgan", binarise="never", lr=4e-3, **alike))
fit(plain, digits, hooks=[Progress()], seed=seed)

held_out, samples, again = digits.held_out.x, {}, {}
for name, player in {"VAE": plain, "VAE-GAN": model}.items():
    with player.evaluating():
        torch.manual_seed(seed)
        samples[name] = player.sample(2000)
        again[name] = player.decode(player.code(held_out))
rows = {f"drawn again by the {name}": images[:10] for name, images in again.items()}
rows |= {f"samples of the {name}": images[:10] for name, images in samples.items()}
show(
    image_rows({"held-out digits": held_out[:10]} | rows),
    alt="Five rows of ten digits: real ones; the VAE's, in the same place and soft; the VAE-GAN's, "
    "as sharp as the real ones and a little elsewhere; soft samples, some of them no digit; sharp "
    "samples, some of them no digit.",
)

# %% [markdown]
# How sharp? Measure how steeply the grey changes at every pixel of 2,000 pictures, and make a
# histogram. The **sharpness distance** is the total variation between two such histograms. It does
# not see where the edges are or what they draw, so the Fréchet distance (judge) stands beside it.
# For comparison: lesson 2's ladder, and a VAE-GAN before its first step.

# %%
from gan_course.metrics import judge_distance, ladder, rung_images, sharpness_distance

rungs = rung_images(digits)
drawn = {"an untrained VAE-GAN": kept[0].sample(2000)} | samples
distance = ladder(digits)
distance |= {name: judge_distance(images, held_out) for name, images in drawn.items()}
sharpness = {name: sharpness_distance(x, held_out) for name, x in (rungs | drawn).items()}
board = {"Fréchet distance (judge)": distance, "sharpness distance": sharpness}
show_table({name: {key: board[key][name] for key in board} for name in sharpness})

# %%
blurred, untrained = distance["blurred real images"], distance["an untrained VAE-GAN"]
pixels = {name: (images - held_out).square().mean().item() for name, images in again.items()}
sharper, further = (value["VAE-GAN"] / value["VAE"] for value in (sharpness, pixels))
share, nothing = distance["VAE-GAN"] / blurred, untrained / blurred
claims(
    Claim("sharpness distance: VAE-GAN / VAE", sharper, at_most=0.5, knowing_nothing=1),
    Claim("Fréchet: VAE-GAN / blurred real", share, at_most=0.15, knowing_nothing=nothing),
    Claim("pixel error, drawn again: VAE-GAN / VAE", further, at_least=1.2, knowing_nothing=1),
)

# %% [markdown]
# In steepness the VAE-GAN's samples are far nearer to real digits than the VAE's. The price: what
# it draws again lies further from the original, pixel by pixel. And samples of both can be no digit
# at all. Sharpness alone proves little: the memorised pictures have it too.
#
# ### Five seeds, and more rivals
#
# Now five seeds, and more models: lesson 2's GAN, lesson 6's VAE, and a VAE with the VAE-GAN's
# networks and as much CPU *time*, which is four times as many steps. AAE and AVB have lesson 6's
# networks with eight latent dimensions, as "VAE, 8-D" has. The numbers are stored, and [the
# script](../benchmarks/autoencoders.py) measures them again.
#
# "histogram" is lesson 2's total variation of digits. Four columns look at nearest neighbours in
# the judge's features. **Precision** is the share of samples that lie among real digits, **recall**
# the share of real digits that lie among samples. **Density** and **coverage** ask the same two
# questions and are less easily misled by outliers: for all four, higher is better. The **energy
# distance** compares mean distances between two sets with those within each. The errors are those
# of held-out digits drawn again, a mean over values.

# %% tags=["nbval-check-output"]
from statistics import mean, median, stdev

stored, runs = (study("autoencoders")[key] for key in ("seeds", "runs"))
every = ("distance", "energy", "sharpness", "histogram", "precision", "recall", "density")
every = (*every, "coverage", "pixel error", "feature error")


def of(kind, key):
    """What the runs of a kind measured."""
    return [run[key] for run in runs[kind]]


def medians(kind):
    values = {key: median(of(kind, key)) if key in runs[kind][0] else "" for key in every}
    return values | {"ms a step": round(1000 * median(of(kind, "seconds")) / of(kind, "steps")[0])}


apart = [kind for kind in runs if "γ" not in kind]
real = {key: study("autoencoders")["real"].get(key, "") for key in (*every, "ms a step")}
show_table({kind: medians(kind) for kind in apart} | {"real digits": real}, decimals=2)

# %%
from gan_course.viz import dot_plot

panels = ("distance", "sharpness", "coverage")
show(
    dot_plot({key: {kind: of(kind, key) for kind in apart} for key in panels}),
    alt="Eight rows of five dots. Distance: GAN and AAE around 8, VAE-GAN and the VAE of equal "
    "time around 11, the others around 14. Sharpness: GAN and VAE-GAN around 0.04, AVB around "
    "0.08, others from 0.12 to 0.17. Coverage: AAE and GAN highest, the VAE of as many steps "
    "lowest.",
    caption="Fréchet distance (judge), sharpness distance, and coverage: five runs of each kind, a "
    "dot each; the bar is the median.",
)


# %%
def ratio(key, kind, rival):
    """Mean of the runs of a kind / mean of the rival's."""
    return mean(of(kind, key)) / mean(of(rival, key))


known = {"knowing_nothing": 1, "stored": stored}
gan, vae, longer, eight = "VAE-GAN", "VAE", "VAE, equal time", "VAE, 8-D"
claims(
    Claim("sharpness: VAE-GAN / VAE", ratio("sharpness", gan, vae), at_most=0.4, **known),
    Claim("sharpness: VAE-GAN / longer VAE", ratio("sharpness", gan, longer), at_most=0.4, **known),
    Claim("distance: VAE-GAN / VAE", ratio("distance", gan, vae), at_most=0.9, **known),
    Claim("distance: VAE-GAN / longer VAE", ratio("distance", gan, longer), at_least=0.85, **known),
    Claim("pixel error: VAE-GAN / VAE", ratio("pixel error", gan, vae), at_least=1.4, **known),
    Claim("feature error: VAE-GAN / VAE", ratio("feature error", gan, vae), 1.05, **known),
    Claim("CPU time: VAE-GAN / VAE", ratio("seconds", gan, vae), at_least=3, **known),
    Claim("distance: AAE / VAE, 8-D", ratio("distance", "AAE", eight), at_most=0.75, **known),
    Claim("recall: AAE / VAE, 8-D", ratio("recall", "AAE", eight), at_most=0.97, **known),
    Claim("sharpness: AVB / VAE, 8-D", ratio("sharpness", "AVB", eight), at_most=0.65, **known),
)

# %% [markdown]
# **VAE-GAN.** *Sharper than the VAE?* Yes, by far, and a VAE with four times the steps does not
# catch up. *Better samples?* With as many steps the Fréchet distance is a fifth lower. With as much
# time the two are about equal, and lesson 2's GAN, in less time, is better than both. *Nearer to
# the original, if not in pixels, then in the judge's features?* No, a fifth further; against the
# VAE of equal time, nearly twice as far. What you get for the price are sharp pictures **with a
# code**.
#
# **AAE.** With the networks and steps of "VAE, 8-D" its distance is 40 % lower. Precision and
# coverage are higher, but recall is lower: whether it reaches more of the real digits, the two
# measures do not agree. It still learns from pixel error, and is hardly sharper.
#
# **AVB.** The distance of "VAE, 8-D" at twice the time a step. Its sharpness distance is half, but
# its precision and coverage are lower. We did not find out why it is sharper.
#
# ### "More stable than a GAN alone"
#
# So one can read of hybrids: over five trials their coverage and their energy distance are said to
# spread less. How far do two such spreads differ by chance, when all ten runs come from *one* bell?

# %% tags=["nbval-check-output"]
from scipy.stats import f

chance = f.ppf(0.975, len(stored) - 1, len(stored) - 1) ** 0.5
spread = {kind: {key: stdev(of(kind, key)) for key in ("coverage", "energy")} for kind in apart}
show_table(spread)
print(f"by chance one pair in twenty differs by a factor of more than {chance:.1f}")
hybrids = min(spread[kind]["coverage"] for kind in ("VAE-GAN", "AAE", "AVB"))
least = hybrids / spread["GAN"]["coverage"]
claim("spread of coverage: least hybrid / GAN", least, at_least=1.5, stored=stored)

# %% [markdown]
# Here it is not so. In coverage all three hybrids spread more than the GAN; in energy distance one
# spreads a little less and two spread more. Each factor by itself is within what chance allows.
# Five trials can show that one recipe is *much* steadier than another, and nothing finer. Whether
# hybrids fail less often under bad settings we did not test.
#
# ### Drawn, or copied?
#
# Lesson 2's test: a picture is suspect if it lies much nearer to one training image than to the
# next. The threshold is such that 5 % of the held-out digits are suspect.

# %%
from gan_course.metrics import centred, neighbour_ratio

threshold = neighbour_ratio(held_out, digits.train.x).quantile(0.05)
suspect = {
    name: (neighbour_ratio(centred(x), digits.train.x) < threshold).double().mean()
    for name, x in (samples | {"forger": rungs["ten memorised pictures a class"]}).items()
}
claims(
    Claim("suspect samples of the VAE-GAN: share", suspect["VAE-GAN"], at_most=0.04),
    Claim("suspect among memorised pictures: share", suspect["forger"], at_least=0.5),
)

# %% [markdown]
# ## Break it
#
# **One loss for all.** Add up the table's four losses and let every network descend the sum. Before
# you run the cell: what will the discriminator do about $L_{\text{unlike}}$?


# %%
from gan_course.likelihood import reparameterised


class OneLoss(VAEGAN):
    """The same losses, but added up, and every network descends the sum."""

    def step(self, batch):
        mu, log_var = self.encoder(batch.x)
        again = self.decoder(reparameterised(mu, log_var))
        fake = torch.cat([again, self.decoder(self.noise(len(mu)))])
        scores = self.discriminator(batch.x), self.discriminator(fake)
        loss = self.config.kl_weight * gaussian_kl(mu, log_var).sum(1).mean()
        loss = loss + self.unlike(again, batch.x)
        loss = loss + self.loss.generator(scores[1]) + self.loss.discriminator(*scores)
        for optimizer in self.optimizers().values():
            optimizer.zero_grad()
        loss.backward()
        for optimizer in self.optimizers().values():
            optimizer.step()
        self.ema.update(self.decoder)
        return {"loss": loss.detach()}


torch.manual_seed(seed)
broken = {"three losses": kept[1], "one loss": OneLoss(LESSON)}
fit(broken["one loss"], digits, steps=200, seed=seed)

# %%
table, rows = {}, {"held-out digits": held_out[:10]}
for name, player in broken.items():
    with player.evaluating():
        redrawn = player.decode(player.code(held_out))
        seen = player.discriminator.features(held_out, LESSON.layer).flatten(1)
        table[name] = {
            "Fréchet (judge)": judge_distance(player.sample(2000), held_out),
            "unlike, drawn again": player.unlike(redrawn, held_out).item(),
            "unlike, another digit": error(seen[:1000], seen[1000:]).mean().item() / 2,
        }
        rows[f"{name}: drawn again"] = redrawn[:10]
show_table(table)
show(
    image_rows(rows),
    alt="Three rows: ten digits; rough digits, about half of them the same ones; one lattice.",
    caption="After 200 steps.",
)

# %%
worse, blind = (
    table["one loss"][key] / table["three losses"][key]
    for key in ("Fréchet (judge)", "unlike, another digit")
)
claims(
    Claim("Fréchet: one loss / three", worse, at_least=4, knowing_nothing=1),
    Claim("unlike, two different digits: one loss / three", blind, at_most=0.01, knowing_nothing=1),
)

# %% [markdown]
# One way to make all pictures alike is to see nothing in them. To this discriminator two different
# digits are all but the same, so $L_{\text{unlike}}$ looks splendid and the pictures are nothing.
# The game breaks too: one loss wants the score of drawn pictures low, the other wants it high, and
# in the sum the two cancel.
#
# **γ too small, γ too large.** That takes whole runs, so the numbers are from the stored study. The
# row "VAE-GAN" has γ = 0.03:

# %% tags=["nbval-check-output"]
gammas = ("VAE-GAN, γ = 0", "VAE-GAN", "VAE-GAN, γ = 0.3", "VAE-GAN, γ = 3")
columns = ("distance", "energy", "coverage", "sharpness")
columns += ("pixel error", "feature error", "sharpness again")  # of digits drawn again
show_table({kind: {key: median(of(kind, key)) for key in columns} for kind in gammas})
none, much = gammas[0], gammas[-1]
claims(
    Claim("feature error: γ = 0 / 0.03", ratio("feature error", none, gan), 1.1, **known),
    Claim("pixel error: γ = 3 / 0.03", ratio("pixel error", much, gan), at_most=0.8, **known),
    Claim("distance: γ = 3 / 0.03", ratio("distance", much, gan), at_least=1.8, **known),
    Claim("sharpness: γ = 3 / 0.03", ratio("sharpness", much, gan), at_least=1.4, **known),
)

# %% [markdown]
# With γ = 0 the decoder need only look real. The samples are a little worse, and nothing collapses:
# $L_{\text{unlike}}$ still trains the encoder. But what is drawn again lies furthest from the
# original. The larger γ, the nearer it comes in pixels; in the judge's features γ = 0.3 and 3 come
# about as near as the VAE. Beyond 0.03 the samples get worse, and with γ = 3 their sharpness too.
# But digits drawn again are as sharp with 3 as with 0.03 (the last column), so this is not simply
# the VAE's blur.
#
# ## Explore it
#
# Three small models with two latent dimensions, which you can see whole: lesson 6's VAE, an AAE
# with the same networks, batches and steps, and a VAE-GAN. First the aggregated posterior: codes of
# held-out digits, drawn from $q(z \mid x)$.

# %%
from gan_course.metrics import energy_distance
from gan_course.models.aae import PROFILES as AAES
from gan_course.viz import code_plot

torch.manual_seed(seed)
short = {"latent_dim": 2, "batch_size": 64, "steps": 600}
small = replace(LESSON, latent_dim=2, gamma=1.0, kl_weight=0.5, betas=(0.5, 0.99), steps=300)
flat = {
    "VAE": VAE(replace(VAES["lesson"], binarise="never", **short)),
    "AAE": AAE(replace(AAES["lesson"], **short)),
    "VAE-GAN": VAEGAN(small),
}
noise, walk = torch.randn(2000, 2), torch.linspace(-2, 2, 10)[:, None].expand(10, 2)
codes, table, rows = {}, {}, {}
for name, player in flat.items():
    fit(player, digits, seed=seed)
    with player.evaluating():
        mu, log_var = player.encoder(held_out)
        codes[name] = reparameterised(mu, log_var)
        rate = gaussian_kl(mu, log_var).sum(1).mean().item()
        rows[name] = player.decode(walk)
    table[name] = {"codes from noise": energy_distance(codes[name], noise), "rate": rate}
show(
    code_plot({name: z[:400] for name, z in codes.items()}, digits.held_out.labels[:400]),
    alt="Three clouds of dots in ten colours. The VAE's reaches far beyond the larger circle, with "
    "the ones in an island of their own; those of the AAE and the VAE-GAN fill the two circles.",
    caption="Codes of 400 held-out digits, by class. The dashed circles hold half and 95 % of the "
    "prior.",
)

# %%
near, rate = ({name: row[key] for name, row in table.items()} for key in table["VAE"])
floor = energy_distance(torch.randn(2000, 2), noise)
show_table(table | {"noise itself": {"codes from noise": floor, "rate": 0.0}})
closer, more = near["AAE"] / near["VAE"], rate["AAE"] - rate["VAE"]
claims(
    Claim("energy distance of codes from noise: AAE / VAE", closer, at_most=0.5, knowing_nothing=1),
    Claim("rate in nats: (AAE) − (VAE)", more, at_least=1, knowing_nothing=0),
)

# %% [markdown]
# All together the AAE's codes lie nearer to the prior, and yet its rate is far higher. In the
# formula that leaves the mutual information, for which the AAE does not pay.
#
# What is drawn on the way from (-2, -2) to (2, 2)? After that, drag the point yourself: one z,
# three decoders. In the second tab choose a held-out digit, see what each model makes of its code,
# and move the code.

# %%
show(
    image_rows(rows),
    alt="Three rows of ten pictures. The VAE and the AAE go from one digit to another through "
    "blurred ones; the VAE-GAN's are sharp all the way, some of them no digits.",
)

# %%
from gan_course.explore import LatentPlane

LatentPlane(flat, digits, judge().read).widget()

# %% [markdown]
# ## Check yourself
#
# **1.** An autoencoder trained with squared error on faces draws sharp eyes and a brown cloud of
# hair. What do you say?
#
# <details><summary>Answer</summary>
#
# The code says where the eyes are, and not where every hair lies. Of all pictures that fit the code
# the decoder draws the mean, which is right for squared error. More latent dimensions may help, or
# an error that compares something other than pixels.
#
# </details>
#
# **2.** In a VAE-GAN $L_{\text{unlike}}$ falls to a thousandth within 50 steps. Good news?
#
# <details><summary>Answer</summary>
#
# Look at how unlike two different digits are by the same measure. If that has fallen as well, the
# discriminator has stopped seeing: look for a gradient of $L_{\text{unlike}}$ that reaches it.
#
# </details>
#
# **3.** Why score AVB's posterior by a histogram, when its discriminator gives the bound for
# nothing?
#
# <details><summary>Answer</summary>
#
# Its answer is the bound only if it is the best discriminator. If it sees less of a difference
# between posterior and prior than there is, its divergence is too small and its "bound" too high. A
# histogram is a distribution, so its bound is a true one.
#
# </details>
#
# Then solve [the exercise](../exercises/07_exercise.ipynb): who descends which loss, how unlike two
# pictures are in features, and an adversary that keeps codes near a prior.
#
# ## What to remember
#
# - Blur is the right answer to pixel error. For another answer, compare something else.
# - Say of each loss which network it reaches. A network that serves as a ruler must not be moved by
#   what it measures.
# - The rate is information plus distance from the prior. An AAE pays for the second alone.
# - A discriminator's best logit is a log-ratio of densities; a worse one can flatter.
# - Sharp is neither near nor readable. Ask "better?" at equal steps, at equal time, and at what
#   price.
#
# The papers have no number to compare with ours: Larsen et al. draw faces, and the other two report
# likelihoods of MNIST, each estimated in its own way. `gan-course train vae_gan --profile full`
# runs the same code with wider networks for 60,000 steps.
#
# **Next**: lesson 8 draws a picture from another picture.
#
# **Sources**: Larsen et al. 2015, [Autoencoding beyond pixels using a learned similarity
# metric](https://arxiv.org/abs/1512.09300), eq. 7-8 and Algorithm 1; Makhzani et al. 2015,
# [Adversarial Autoencoders](https://arxiv.org/abs/1511.05644), section 2; Mescheder et al. 2017,
# [Adversarial Variational Bayes](https://arxiv.org/abs/1701.04722), eq. 3.3 and 3.7, propositions 1
# and 2; Hoffman & Johnson 2016, "ELBO surgery" (a NIPS workshop), for the two parts of the rate;
# Kynkäänniemi et al. 2019, [Precision and recall](https://arxiv.org/abs/1904.06991); Naeem et al.
# 2020, [Density and coverage](https://arxiv.org/abs/2002.09797).

# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown]
# # 10 · From noise, step by step

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

card("10")

# %% tags=["parameters"]
seed = 0

# %% [markdown]
# First, go back into the noise. Move the slider to the left, and then to the right again. The
# second and the fourth row are what the network takes the pictures above them for: watch how early
# it guesses, and how sharply.

# %%
from gan_course.explore import explore

explore("10")

# %% [markdown]
# ## A little noise, a thousand times
#
# A GAN turns noise into a picture at one stroke. This lesson's model takes many small steps, and
# learns them from the opposite way, from picture to noise. That way needs no learning. Take two
# heaps of points on a line. A thousand times, pull each point a little towards 0 and add a little
# noise:

# %%
import torch
from matplotlib.colors import LinearSegmentedColormap

from gan_course.colours import EXACT, FAKE, PAPER, REAL
from gan_course.data import Gaussian, Mixture, load
from gan_course.diffusion import cosine_schedule, q_sample, q_step
from gan_course.viz import axes, curves, image_rows, show

schedule = cosine_schedule()
heaps = Mixture((Gaussian(-1.0, 0.2), Gaussian(1.0, 0.2)), (0.3, 0.7))


def noised(t):
    """The exact distribution of the heaps after step `t`: two bells again."""
    kept = schedule.alphas_bar[t].item()
    around = (1 - kept + kept * 0.2**2) ** 0.5
    return Mixture(tuple(Gaussian(kept**0.5 * m, around) for m in (-1, 1)), heaps.weights)


places = torch.linspace(-3, 3, 200, dtype=torch.float64)
density = torch.stack([noised(t).density(places) for t in range(0, 1000, 5)], 1)
blues = LinearSegmentedColormap.from_list("real", [PAPER, REAL])


def over_time(chains):
    """Chains (times, points) over the exact density of every step."""
    figure, panels = axes(len(chains), shared=True)
    for panel, (title, (times, points)) in zip(panels, chains.items(), strict=True):
        frame = {"extent": (0, 1000, -3, 3), "aspect": "auto", "origin": "lower"}
        panel.imshow(density, cmap=blues, vmax=1, interpolation="nearest", **frame)
        panel.plot(times, points, color=FAKE, linewidth=0.8)
        panel.set(title=title, xlabel="t, step", ylabel="x", ylim=(-3, 3))
    return figure


# %%
torch.manual_seed(seed)
point, chain = heaps.quantile(torch.linspace(0.05, 0.95, 6)), []
for t in range(schedule.steps):
    point = q_step(schedule, point, torch.full((6,), t), torch.randn_like(point))
    chain.append(point)
show(
    over_time({"": (range(1000), torch.stack(chain))}),
    alt="Two blue bands widen, meet and become one. Six ragged lines wander from them into it.",
    caption="Blue: the density at each step. Red: six points on their way.",
)

# %% [markdown]
# At the end nothing is left but noise, and noise we can draw. So whoever can take each step *back*,
# to something a little less noisy, can draw new points of the heaps.
#
# ## The mathematics
#
# ### A thousand steps in one jump
#
# Step $t$ adds noise of variance $\beta_t = 1 - \alpha_t$ (Ho et al., 2020, eq. 2; papers count
# steps from 1, our code from 0). Every $\varepsilon$ is standard normal:
#
# $$x_t = \sqrt{\alpha_t}\, x_{t-1} + \sqrt{1 - \alpha_t}\, \varepsilon_t .$$
#
# Put the formula of $x_{t-1}$ into it: $x_{t-2}$ gets the factor $\sqrt{\alpha_t \alpha_{t-1}}$.
# The two noises are independent bells, so their sum is a bell, and their variances add:
#
# $$\alpha_t (1 - \alpha_{t-1}) + (1 - \alpha_t) = 1 - \alpha_t \alpha_{t-1} .$$
#
# Two steps are one, with the product of their $\alpha$. So are $t$ steps (eq. 4), with
# $\bar\alpha_t = \alpha_1 \cdots \alpha_t$:
#
# $$x_t = \sqrt{\bar\alpha_t}\, x_0 + \sqrt{1 - \bar\alpha_t}\, \varepsilon .$$
#
# Let 20,000 points walk from $x_0 = 1$ and compare them with the jump: mean, variance, and,
# wherever you cut the line, the share below the cut. By chance alone that share is off by more than
# 0.019 at some cut at most once in a million tries (Massart, 1990).

# %%
from math import log

torch.manual_seed(seed)
n, off = 20_000, {"mean": [], "variance": [], "shares": [], "shares of a bell": []}
walked, share = torch.ones(n, dtype=torch.float64), torch.arange(n) / n
for t in range(schedule.steps):
    walked = q_step(schedule, walked, torch.full((n,), t), torch.randn_like(walked))
    if t in (99, 499, 899):
        kept, ordered = schedule.alphas_bar[t].item(), walked.sort().values
        jump = Gaussian(kept**0.5, (1 - kept) ** 0.5)
        off["mean"].append(abs(walked.mean() - jump.mean) / jump.std * n**0.5)
        off["variance"].append(abs(walked.var() / jump.std**2 - 1) * (n / 2) ** 0.5)
        off["shares"].append((jump.cdf(ordered) - share).abs().max())
        off["shares of a bell"].append((Gaussian(0.0, 1.0).cdf(ordered) - share).abs().max())
chance, bell = (log(2 / 1e-6) / (2 * n)) ** 0.5, min(off["shares of a bell"])
claims(
    Claim("mean: largest error, in standard errors", max(off["mean"]), at_most=5),
    Claim("variance: largest error, in standard errors", max(off["variance"]), at_most=5),
    Claim("shares: largest error", max(off["shares"]), at_most=chance, knowing_nothing=bell),
)

# %% [markdown]
# ### How fast?
#
# The **signal-to-noise ratio**, $\mathrm{SNR} = \bar\alpha / (1 - \bar\alpha)$, says how much is
# left of the signal. In Ho et al.'s **linear** schedule $\beta$ rises in a straight line. Nichol
# and Dhariwal (2021) let $\bar\alpha$ fall as a squared **cosine**:

# %%
from gan_course.diffusion import linear_schedule

schedules = {"cosine": schedule, "linear": linear_schedule()}
snr = {name: one.log_snr.exp() for name, one in schedules.items()}
digits = load("digits")
held_out, noise = digits.held_out.x, torch.randn(1, 1, 28, 28).expand(10, -1, -1, -1)
times = torch.tensor([0, 100, 200, 300, 400, 500, 600, 700, 800, 999])
same = held_out[:1].expand_as(noise)
show(
    image_rows({name: q_sample(one, same, times, noise) for name, one in schedules.items()}),
    alt="A 3 sinks into noise, with the linear schedule much earlier.",
    caption="One digit after steps 0, 100, …, 800 and 999.",
)
lost = {name: (ratio < 0.01).double().mean() for name, ratio in snr.items()}
more = lost["linear"] - lost["cosine"]
claim("share of steps with an SNR below 1/100: (linear) − (cosine)", more, at_least=0.25)

# %% [markdown]
# In a third of the linear schedule's steps hardly anything is left of the digit.
#
# ### One step back
#
# Which $x_{t-1}$ did $x_t$ come from? That depends on the data. But if we knew $x_0$, the answer
# would be, by Bayes' rule, a product of two bells, and so a bell (eq. 6 and 7) of this mean and
# variance:
#
# $$\begin{aligned}
# \tilde\mu_t &= \frac{\sqrt{\bar\alpha_{t-1}}\,\beta_t}{1 - \bar\alpha_t}\, x_0
# + \frac{\sqrt{\alpha_t}\,(1 - \bar\alpha_{t-1})}{1 - \bar\alpha_t}\, x_t , \\
# \tilde\beta_t &= \frac{1 - \bar\alpha_{t-1}}{1 - \bar\alpha_t}\, \beta_t .
# \end{aligned}$$
#
# So let a network *guess* $x_0$ from $x_t$, and let $p(x_{t-1} \mid x_t)$ be this bell with the
# guess $\hat x_0$. Which loss should the guess have? Take lesson 6's bound, where the code is
# $x_1, \dots, x_T$ and the encoder $q$ only adds noise. The same bells let us read $q$ from the
# end, $x_T$ first and then each $x_{t-1}$, and so compare it with $p$ step by step (eq. 5):
#
# $$\begin{aligned}
# -\log p(x_0) \le{} & \mathrm{KL}(q(x_T \mid x_0) \,\|\, p(x_T)) \\
# & - \mathbb{E} \log p(x_0 \mid x_1) + \sum_{t > 1} \mathbb{E}\, L_t ,
# \end{aligned}$$
#
# $$L_t = \mathrm{KL}(q(x_{t-1} \mid x_t, x_0) \,\|\, p(x_{t-1} \mid x_t)) .$$
#
# The first term has nothing to learn. Each term of the sum compares two bells of one variance:
#
# $$\begin{aligned}
# L_t &= \lVert \tilde\mu_t(x_0) - \tilde\mu_t(\hat x_0) \rVert^2 / (2 \tilde\beta_t) \\
# &= \tfrac12 (\mathrm{SNR}_{t-1} - \mathrm{SNR}_t)\, \lVert x_0 - \hat x_0 \rVert^2 .
# \end{aligned}$$
#
# Since $x_t$ is known, a guess of the picture is a guess of the noise $\varepsilon$ as well. A
# third way to say it is the **velocity**
# $v = \sqrt{\bar\alpha}\, \varepsilon - \sqrt{1 - \bar\alpha}\, x_0$ (Salimans & Ho, 2022). An
# error in one is an error in the others:
#
# $$\begin{aligned}
# \lVert \varepsilon - \hat\varepsilon \rVert^2
# &= \mathrm{SNR}\, \lVert x_0 - \hat x_0 \rVert^2 , \\
# \lVert v - \hat v \rVert^2
# &= (\mathrm{SNR} + 1)\, \lVert x_0 - \hat x_0 \rVert^2 .
# \end{aligned}$$
#
# So $L_t$ is a weighted squared error of any of the three. Here are the weights. The claim compares
# them with the divergence that `torch.distributions` computes for some wrong guess:

# %%
from torch.distributions import Normal, kl_divergence

from gan_course.diffusion import as_noise, posterior, target

torch.manual_seed(seed)
x0, guess, noise = torch.randn(3, 1, 784, dtype=torch.float64)
ratio, table, ratios = snr["cosine"], {}, []
for moment in (1, 250, 500, 750, 998):
    t, x_t = torch.tensor([moment]), q_sample(schedule, x0, torch.tensor([moment]), noise)
    (true, variance), (said, _) = (posterior(schedule, x, x_t, t) for x in (x0, guess))
    nats = kl_divergence(Normal(true, variance.sqrt()), Normal(said, variance.sqrt())).sum()
    now, weight = ratio[t].item(), (ratio[t - 1] - ratio[t]).item() / 2
    weights = {"image": weight, "noise": weight / now, "velocity": weight / (now + 1)}
    table[f"t = {moment}"] = {f"weight of {kind}": one for kind, one in weights.items()}
    implied = as_noise(schedule, "image", guess, x_t, t)
    for kind, weight in weights.items():
        error = target(schedule, kind, guess, implied, t) - target(schedule, kind, x0, noise, t)
        ratios.append(weight * error.square().sum() / nats - 1)
show_table(table, decimals=6)
claim("weighted error / divergence: furthest from 1", torch.stack(ratios).abs().max(), at_most=1e-6)

# %% [markdown]
# One loss in three wordings. For the picture the bound weighs $t = 1$ a billion times as much as
# $t = 998$; for the noise the weights differ far less. Ho et al. train on the noise, our model on
# the picture, and both leave the weights out: every $t$ counts the same.
#
# ### One network for all steps
#
# You may read that each step is trained on its own. Yet there is only **one network**, and it is
# told how noisy its input is. Here it is, by hand, for points in the plane. It gets
# $a\,x_0 + b\,\varepsilon$, $a$ and $b$: `scales` draws $a$ and $b$, and `right` is the answer it
# is asked for. One network learns all steps, another every 25th:

# %%
from math import cos, pi, sin

from gan_course.data import PlaneMixture
from gan_course.models.base import linear_decay
from gan_course.nets import mlp

ring = PlaneMixture(tuple((cos(2 * pi * i / 5), sin(2 * pi * i / 5)) for i in range(5)), 0.1)


def fresh(step):
    x0 = ring.batch(step, 256, seed).x
    return x0, torch.randn_like(x0)


def learned(scales, right, pairs=fresh):
    """A network that says `right` of points, given them as a · x0 + b · noise, and a and b."""
    torch.manual_seed(seed)
    network = mlp([4, 128, 128, 128, 2])
    optimizer = torch.optim.Adam(network.parameters(), 2e-3)
    rate = linear_decay(optimizer, 2000)
    for step in range(2000):
        (x0, noise), (a, b) = pairs(step), scales()
        said = network(torch.cat([a * x0 + b * noise, a, b], 1))
        optimizer.zero_grad()
        (said - right(noise, x0, a, b)).square().mean().backward()
        optimizer.step()
        rate.step()
    return lambda x, a, b: network(torch.cat([x, a, b], 1)).detach()


def levels(t):
    """√ᾱ and √(1 - ᾱ) at steps t (N,): (N, 1) each."""
    kept = schedule.alphas_bar[t, None].float()
    return kept.sqrt(), (1 - kept).sqrt()


asked = {"all steps": lambda: levels(torch.randint(1000, (256,)))}
asked["every 25th"] = lambda: levels(25 * torch.randint(40, (256,)))
networks = {name: learned(scales, lambda noise, *_: noise) for name, scales in asked.items()}
guesses = {name: lambda x, t, one=one: one(x, *levels(t)) for name, one in networks.items()}

# %% [markdown]
# Here the best answer is known. No guess has a smaller mean squared error than
# $\mathbb{E}[\varepsilon \mid x_t]$, and for bells that is a formula. It points against the
# **score**, the slope of $\log q(x_t)$, which points to where $x_t$ is denser. The score is the
# mean slope of $\log q(x_t \mid x_0)$ over the $x_0$ that may lie behind $x_t$, and each of those
# slopes is $-\varepsilon / \sqrt{1 - \bar\alpha_t}$. So
#
# $$\nabla \log q(x_t) = - \mathbb{E}[\varepsilon \mid x_t] \,/\, \sqrt{1 - \bar\alpha_t} .$$
#
# The loss cannot fall to 0. Its **floor** is the loss of this best guess: what $x_t$ leaves open of
# the noise. Here are floor and losses at 40 steps that the second network never saw:

# %%
from gan_course.diffusion import exact_noise


def exact(x, t):
    return exact_noise(schedule, ring.places.float(), ring.std, torch.full((5,), 0.2), x, t)


def apart(one, other):
    """Mean squared difference at each of the 40 steps."""
    return (one - other).square().view(40, -1).mean(1)


torch.manual_seed(seed)
unseen = torch.arange(12, 1000, 25)
t, x0, noise = unseen.repeat_interleave(2000), ring.sample(80_000), torch.randn(80_000, 2)
x_t = q_sample(schedule, x0, t, noise)
said = {name: guess(x_t, t) for name, guess in guesses.items()}
best, floor = exact(x_t, t), apart(exact(x_t, t), noise)
losses = {"floor": floor} | {name: apart(one, noise) for name, one in said.items()}
lines = {name: (unseen, loss) for name, loss in losses.items()}
show(
    curves(lines, "t, step", "squared error", colours={"floor": EXACT}, dashed=("floor",)),
    alt="Three curves that nearly coincide: from 0.95 down to 0.3, up to 0.55, and down to 0.",
)
gaps = {name: apart(one, best).mean() / floor.mean() for name, one in said.items()}
blank = {"at_most": 0.05, "knowing_nothing": best.square().mean() / floor.mean()}
claims(
    Claim("all steps: error beyond the floor / floor", gaps["all steps"], **blank),
    Claim("every 25th: error beyond the floor / floor", gaps["every 25th"], **blank),
)

# %% [markdown]
# The second network has seen 40 steps and knows the others too. And where is the first one wrong?

# %%
side = torch.linspace(-2.5, 2.5, 60)
grid = torch.cartesian_prod(side, side).flip(1)
reds, table = LinearSegmentedColormap.from_list("error", [PAPER, FAKE]), {}
figure, panels = axes(3, height=2.5)
for panel, moment in zip(panels, (37, 112, 512), strict=True):
    there = torch.full((3600,), moment)
    far = (guesses["all steps"](grid, there) - exact(grid, there)).norm(dim=1)
    near = (said["all steps"] - best)[t == moment].norm(dim=1)
    frame = {"extent": (-2.5, 2.5) * 2, "origin": "lower", "interpolation": "nearest"}
    panel.imshow(far.view(60, 60), cmap=reds, vmin=0, vmax=1, **frame)
    panel.scatter(*x_t[t == moment][:300].T.clamp(-2.5, 2.5), s=1, color=REAL, linewidths=0)
    panel.set_title(f"t = {moment}", fontsize=9)
    table[f"t = {moment}"] = {"at the points": near.mean().item(), "anywhere": far.mean().item()}
show(
    figure,
    alt="At t = 37 and 112 white petals around five clusters of dots, on red; at t = 512 all is "
    "nearly white.",
    caption="Error of the guessed noise: red where it is 1 or more. Blue: 300 points $x_t$.",
)
show_table(table)
least = min(row["anywhere"] / row["at the points"] for row in (table["t = 37"], table["t = 112"]))
claim("error anywhere / at the points, the smaller of t = 37 and 112", least, at_least=3)

# %% [markdown]
# It is right where it was shown points, and knows little of the rest. At $t = 512$ the noise has
# put points nearly everywhere. Keep it in mind: a sampler can leave the places that the network was
# shown.
#
# ### Fewer steps
#
# A thousand calls of a network for one digit is a lot. Song et al. (2020) noticed that the squared
# error only needs $x_t$ for each $x_0$, not how one $x_t$ came from another. So you may go from
# $x_t$ to any earlier $x_{t'}$: to the guessed $x_0$, and out again with the guessed noise and some
# new noise $z$ (eq. 12 and 16):
#
# $$\begin{aligned}
# x_{t'} &= \sqrt{\bar\alpha_{t'}}\, \hat x_0
# + \sqrt{1 - \bar\alpha_{t'} - \sigma^2}\, \hat\varepsilon + \sigma z , \\
# \sigma^2 &= \eta^2\, \frac{1 - \bar\alpha_{t'}}{1 - \bar\alpha_t}
# \left( 1 - \frac{\bar\alpha_t}{\bar\alpha_{t'}} \right) .
# \end{aligned}$$
#
# With $\eta = 1$ and $t' = t - 1$ this is Ho et al.'s step, **DDPM**. With $\eta = 0$, **DDIM**,
# the noise at the start decides everything. For the two heaps we know the exact guess, so only the
# steps can be to blame. "Left out" makes some of DDPM's thousand steps and skips the others. W1 is
# lesson 1's Wasserstein-1 distance:

# %%
from gan_course.diffusion import ddpm_step, sample, spaced
from gan_course.metrics import wasserstein_1d


def of_heaps(x, t):
    means, weights = torch.tensor([[-1.0], [1.0]]), torch.tensor(heaps.weights)
    return exact_noise(schedule, means, 0.2, weights, x, t)


def in_steps(x, count, eta, **path):
    return sample(of_heaps, schedule, "noise", x, count, eta, **path)


def left_out(x, count):
    for moment in spaced(1000, count):
        t = torch.full((len(x),), moment)
        x = ddpm_step(schedule, "noise", of_heaps(x, t), x, t, torch.randn_like(x))
    return x


torch.manual_seed(seed)
start, few = torch.randn(10_000, 1), torch.linspace(-2, 2, 8)[:, None]
kinds = {"DDPM": 1, "DDIM": 0}
walks = {name: in_steps(few, 50, eta, path=True)[..., 0] for name, eta in kinds.items()}
show(
    over_time({f"{name}, 50 steps": (range(1000, -1, -20), walk) for name, walk in walks.items()}),
    alt="From the right DDPM's lines wander into the two bands; DDIM's are smooth.",
    caption="Eight points on their way from noise to the heaps, from right to left.",
)
far = {}
for count in (5, 10, 20, 50, 200):
    made = {name: in_steps(start, count, eta) for name, eta in kinds.items()}
    made["DDPM, left out"] = left_out(start, count)
    far[f"{count} steps"] = {name: wasserstein_1d(points, heaps) for name, points in made.items()}
show_table(far)

# %%
nothing, twenty = {"knowing_nothing": wasserstein_1d(start, heaps)}, far["20 steps"]
claims(
    Claim("W1 to the heaps, 20 steps: DDIM", twenty["DDIM"], at_most=0.08, **nothing),
    Claim("W1 to the heaps, 20 steps: DDPM", twenty["DDPM"], at_most=0.1, **nothing),
    Claim("W1 to the heaps, 50 steps: left out", far["50 steps"]["DDPM, left out"], 0.4, **nothing),
)

# %% [markdown]
# Twenty steps of the formula come near the heaps, with new noise or without. Where fifty of DDPM's
# thousand are made, and 950 left out, most of the noise is still there.
#
# ## The code

# %% tags=["nbval-check-output"]
from gan_course.diffusion import ddim_step, guided
from gan_course.models import DDPM

show_source(DDPM.step)
show_source(q_sample)
show_source(ddim_step)
show_source(guided)

# %% [markdown]
# `denoiser` is a small U-Net (lesson 8) that is given $t$ and a class. `told` are the labels, one
# in ten left out, so that it also learns to do without. Samples come from `ema`, a running mean of
# its weights. Of N pictures `x0`, `noise`, `x_t` and `prediction` are (N, 1, 28, 28), `t` and
# `told` (N,).
#
# ## Train it

# %% tags=["nbval-check-output"]
from dataclasses import asdict, replace

from gan_course.models.ddpm import PROFILES

LESSON = PROFILES["lesson"]
print(*(f"{name} = {value}" for name, value in asdict(LESSON).items()), sep="\n")

# %%
from gan_course.metrics import judge
from gan_course.training import Evaluation, LiveSamples, Progress, fit
from gan_course.viz import LivePicture, sample_grid


def as_asked(images):
    """Share of digits that are read as 0, 1, …, 9, 0, 1, … in turn."""
    return (judge().read(images) == torch.arange(len(images)) % 10).double().mean().item()


torch.manual_seed(seed)
model, fifth = DDPM(LESSON), LESSON.steps // 5
picture = LivePicture(sample_grid, alt="Forty generated digits, 0 to 9 in turn")
watch = LiveSamples(fifth, show=picture, also=(0, 100))
reading = Evaluation(lambda m: as_asked(m.sample(200)), fifth, also=(100,))
history = fit(model, digits, hooks=[Progress(), watch, reading], seed=seed)

# %% tags=["readme-picture"]
frames = zip(watch.steps, watch.frames, strict=True)
show(
    image_rows({f"step {step}": frame[:10] for step, frame in frames}),
    alt="Seven rows: grey; blots; ragged strokes; then ever cleaner digits, some hard to read.",
    caption="From the same noise, at seven moments of the training.",
)

# %%
loss = torch.tensor(history["loss"])
table = {
    f"step {step}": {"loss": loss[step - 100 : step].mean().item(), "as asked": right}
    for step, right in zip(reading.steps, reading.values, strict=True)
}
show_table(table)
(early, poor), *_, (late, good) = [row.values() for row in table.values()][1:]
fewer = (1 - good) / (1 - poor)
claims(
    Claim("loss: end / a fifth of the way", late / early, at_least=0.75),
    Claim("digits not as asked: end / a fifth of the way", fewer, at_most=0.6),
)

# %% [markdown]
# After the first fifth the loss falls little, and still the samples get much better. From the plane
# you know one possible reason: much of the loss may be floor. So look at samples, not at the loss.
#
# ## The evidence
#
# ### This run
#
# Beside the Fréchet distance (judge) stand lesson 7's measures, and the share of pictures that the
# judge is **sure** of: it gives one digit a probability of at least 0.9. And are samples new? A
# claim compares their distance to the nearest training digit with that of held-out digits.

# %%
from time import process_time

from gan_course import metrics
from gan_course.training.samples import draw


def scores(images):
    seen, real = judge().features(images), judge().features(held_out)
    return {
        "Fréchet": metrics.judge_distance(images, held_out),
        "coverage": metrics.coverage(real, seen),
        "precision": metrics.precision(real, seen),
        "recall": metrics.recall(real, seen),
        "sure": (judge().logits(images).softmax(1).amax(1) >= 0.9).double().mean().item(),
    }


began = process_time()
drawn, seconds = draw(model, 2000, seed), {"pixels": (process_time() - began) / 2}
torch.manual_seed(seed)
untrained = draw(DDPM(LESSON), 500, seed)
images = {"untrained": untrained} | metrics.rung_images(digits) | {">>> diffusion": drawn}
board = {name: scores(few.repeat(2000 // len(few), 1, 1, 1)) for name, few in images.items()}
show_table(board)

# %%
blank, blurred, ours = (board[n] for n in ("untrained", "blurred real images", ">>> diffusion"))
share, nothing = (row["Fréchet"] / blurred["Fréchet"] for row in (ours, blank))
new = metrics.memorisation_ratio(drawn, digits.train.x, held_out)
right, guessed = as_asked(drawn), as_asked(untrained)
claims(
    Claim("Fréchet: diffusion / blurred real", share, at_most=0.12, knowing_nothing=nothing),
    Claim("coverage", ours["coverage"], 0.6, knowing_nothing=blank["coverage"]),
    Claim("digits read as asked", right, 0.8, knowing_nothing=guessed),
    Claim("distance to the nearest training digit: samples / held-out", new, 0.9),
)

# %% [markdown]
# Do not trust the last column. The judge has only ever seen digits, and of an untrained network's
# pictures it is sure of all or of none: that depends on the seed.
#
# ### How many steps?
#
# 2,000 digits from each of three trained models, stored by [the script](../benchmarks/samplers.py):

# %%
from operator import truediv
from statistics import median

stored, runs = (study("samplers")[key] for key in ("seeds", "runs"))
known = {"stored": stored}
within = {"at_most": 1.25, **known}


def of(kind, *keys):
    """What the runs of a kind measured, at the end of `keys`."""
    found = runs[kind]
    for key in keys:
        found = [run[key] for run in found]
    return found


counts = [*runs["flow"][0]["steps"]["Euler"]]
ways = {eta: ("diffusion", "steps", eta) for eta in ("η = 0", "η = 0.5", "η = 1")}
ways |= {"flow (see below)": ("flow", "steps", "Euler")}
lines = {n: ([*map(int, counts)], [median(of(*way, c)) for c in counts]) for n, way in ways.items()}
figure = curves(lines, "number of steps", "Fréchet distance (judge)")
figure.axes[0].set_xscale("log")
figure.axes[0].set_xticks([*map(int, counts)], counts)
show(
    figure,
    alt="Three nearly level curves from 5 to 200 steps, and a lower one, η = 1, that rises.",
    caption=f"Medians of {len(stored)} runs.",
)


def worst(way, few):
    """Of the distance with a few steps to that with 200: the largest of the runs."""
    return max(map(truediv, of(*ways[way], few), of(*ways[way], "200")))


few, many = ("hybrid", "diffusion, 5 steps"), ("guidance", "0")
unasked = map(truediv, *(of("diffusion", *way, "distance") for way in (few, many)))
claims(
    Claim("DDIM: distance with 20 steps / with 200, most", worst("η = 0", "20"), **within),
    Claim("DDIM: distance with 5 steps / with 200, most", worst("η = 0", "5"), **within),
    Claim(
        "η = 1: distance with 5 steps / with 200, most", worst("η = 1", "5"), at_most=0.8, **known
    ),
    Claim("no class: distance with 5 steps / with 20, least", min(unasked), 1.2, **known),
)

# %% [markdown]
# Asked for a class, this network draws as well in five steps of DDIM as in two hundred. With new
# noise in every step, $\eta = 1$, five are even better than two hundred. Do not expect that
# everywhere: asked for no class, the same network gets better from five steps to twenty.
#
# ### Guidance
#
# **Classifier-free guidance** (Ho & Salimans, 2022) starts at the guess without a class and goes
# $w$ times the way to the guess with class $c$: $(1 - w)\, \hat x_0(x_t) + w\, \hat x_0(x_t, c)$.
# With $w = 0$ no class is asked for, with $w = 1$ it is, and beyond that what is typical of it is
# overdone:

# %%
with model.evaluating():
    noise = model.noise(10)
    rows = {f"w = {w}": model.path(noise, guidance=w)[-1] for w in (0, 1, 5)}
show(
    image_rows(rows),
    alt="Ten digits of any kind; ten of which most are 0 to 9; ten clear ones, 0 to 9.",
    caption="From the same noise; 0 to 9 were asked for.",
)
columns = ("as asked", "precision", "coverage", "recall", "distance")
table = {
    f"w = {w}": {key: median(of("diffusion", "guidance", w, key)) for key in columns}
    for w in runs["diffusion"][0]["guidance"]
}
show_table(table)

# %%
nobody, plain, little, strong = (table[f"w = {w}"] for w in ("0", "1", "1.5", "5"))
claims(
    Claim(
        "not as asked: w = 5 / w = 1",
        (1 - strong["as asked"]) / (1 - plain["as asked"]),
        at_most=0.2,
        **known,
    ),
    Claim("recall: w = 5 / w = 1", strong["recall"] / plain["recall"], at_most=0.5, **known),
    Claim("Fréchet: w = 1.5 / w = 1", little["distance"] / plain["distance"], at_most=0.5, **known),
    Claim("Fréchet: w = 0 / w = 1", nobody["distance"] / plain["distance"], 2, **known),
)

# %% [markdown]
# Guidance buys fidelity with variety: the more of it, the more digits are read as asked, and the
# lower the recall. A little of it also lowers the distance. And a class helps by itself: asked for
# none, the same network draws far worse.
#
# ### Which settings train?
#
# Lesson 6's question, asked of diffusion and of lesson 2's GAN, whose two rates change together:
# from a sixteenth of the lesson's rate to sixteen times as much, three seeds, about half a minute
# of CPU time each. A run has trained if its samples are nearer to held-out digits than blurred real
# ones are.

# %%
found = {
    kind: {f: of(f"{kind}, rate × {f}", "distance") for f in ("1/16", "1/4", "1", "4", "16")}
    for kind in ("diffusion", "GAN")
}
trained = {
    kind: {
        f"× {f}": sum(d is not None and d < blurred["Fréchet"] for d in row)
        for f, row in rates.items()
    }
    for kind, rates in found.items()
}
show_table({f"{kind}: runs of 3 that train": row for kind, row in trained.items()})
steadier = sum(trained["diffusion"].values()) - sum(trained["GAN"].values())
claim("runs of 15 that train: (diffusion) − (GAN)", steadier, at_least=1, **known)

# %% [markdown]
# Diffusion trains at every rate. The GAN fails at sixteen times its own in two runs of three. (That
# is one way to shake them; another might favour the GAN.)
#
# ### In a VAE's code
#
# A digit has 784 pixels, and lesson 6's code of it 20 numbers. **Latent diffusion** (Rombach et
# al., 2021) learns such a VAE, and diffusion on its codes. The decoder draws once, at the end:

# %%
from gan_course.models import LatentDiffusion
from gan_course.models.latent_diffusion import PROFILES as LATENT

torch.manual_seed(seed)
latent, began = LatentDiffusion(replace(LATENT["lesson"], steps=1500)), process_time()
fit(latent, digits, hooks=[Progress()], seed=seed)
print(f"training, CPU seconds: {process_time() - began:.0f}")
began = process_time()
from_codes = draw(latent, 2000, seed)
seconds["latent"] = (process_time() - began) / 2
table = {
    name: {"s for 1,000": seconds[name], "as asked": as_asked(images)} | row
    for name, images, row in (("pixels", drawn, ours), ("latent", from_codes, scores(from_codes)))
}
show_table(table)
show(sample_grid(from_codes[:20]), alt="Twenty digits, soft as a VAE's, most of them easy to read.")

# %%
cost = {key: table["latent"][key] / table["pixels"][key] for key in table["pixels"]}
claims(
    Claim("time for a digit: latent / pixels", cost["s for 1,000"], at_most=0.2),
    Claim("Fréchet: latent / pixels", cost["Fréchet"], at_most=0.8),
    Claim("as asked: latent", table["latent"]["as asked"], 0.85, knowing_nothing=guessed),
    Claim("recall: latent / pixels", cost["recall"], at_most=0.9),
)

# %% [markdown]
# A digit takes a small part of the time, and by this judge the digits are nearer to real ones. The
# recall is lower.
#
# ### Straight lines: flow
#
# A thousand steps are nearly continuous. **Rectified flow** (Liu et al., 2022; Lipman et al., 2022)
# has no steps at all: time $s$ runs from 0, data, to 1, noise, along straight lines:
#
# $$x_s = (1 - s)\, x_0 + s\, \varepsilon, \qquad dx_s / ds = \varepsilon - x_0 .$$
#
# The network is asked for $\varepsilon - x_0$, this flow's velocity. Squared error makes it the
# mean over all lines through $x_s$. To draw, start at noise and follow it back, by Euler's method.
# If the paths were straight, one step would do. Are they? And in a second flow, **reflow**, that
# learns from other pairs: noise, and what the *first* flow makes of it?

# %%
from gan_course.diffusion import euler
from gan_course.metrics import wasserstein_samples


def flow(pairs):
    def scales():
        s = torch.rand(256, 1)
        return 1 - s, s

    network = learned(scales, lambda noise, x0, *_: noise - x0, pairs)
    return lambda x, s: network(x, 1 - s[:, None], s[:, None])


first, noise = flow(fresh), torch.randn(20_000, 2)
ends = euler(first, noise, 50)
second = flow(
    lambda step: (part[torch.arange(256) + 256 * step % 19_000] for part in (ends, noise))
)
begin, real, table = torch.randn(1000, 2), ring.sample(1000), {}
for name, velocity in {"flow": first, "reflow": second}.items():
    way = euler(velocity, begin, 50, path=True)
    straight = (way[-1] - way[0]).norm(dim=1) / way.diff(dim=0).norm(dim=2).sum(0)
    table[name] = {"straight": straight.mean().item()} | {
        f"W1, {n} steps": wasserstein_samples(euler(velocity, begin, n), real) for n in (1, 5, 50)
    }
show_table(table)

# %%
bent, other = table["flow"]["straight"], table["reflow"]["straight"]
jump = table["reflow"]["W1, 1 steps"] / table["flow"]["W1, 1 steps"]
claims(
    Claim("flow: distance between the ends / length of the path", bent, at_most=0.7),
    Claim("reflow: the same", other, 0.97, knowing_nothing=bent),
    Claim("W1 after one step: reflow / flow", jump, at_most=0.3, knowing_nothing=1),
)

# %% [markdown]
# The first flow's paths are anything but straight: where lines cross, it follows their mean. Paths
# of one flow never cross, so they give the second flow pairs that fit. Its paths are nearly
# straight, and one step goes far.
#
# ### The scoreboard
#
# Which one should you use? `gan-course scoreboard` trained seven models for 100 s of CPU time each,
# with the networks of their lessons and three seeds, and measured their digits. None is told a
# class:

# %%
from gan_course.scoreboard import report

scoreboard = study("scoreboard")
show(
    report.picture(scoreboard, "time"),
    alt="Latent diffusion has the least distance and the most coverage, then the GAN; the others "
    "lie far behind. Diffusion and flow take fifty times as long for a sample.",
    caption="A dot for a run, a bar for the median. “Knows nothing” draws pixels from a Gaussian "
    "for each class.",
)

# %%
few = ("precision", "recall", "readable", "memorisation")
show_table(report.rows(scoreboard, "time", few))

# %% [markdown]
# A run *trains* if its distance is below that of blurred digits. Now with about 300,000 parameters
# for each model, a discriminator's counted too, and the same time:

# %%
show(
    report.picture(scoreboard, "parameters"),
    alt="Much the same picture: latent diffusion first, then the GAN.",
)


# %%
def found_by(key, *models):
    """A column of the first table, over all seeds of some models."""
    table = scoreboard["tables"]["time"]
    return [value for model in models for value in report.values(table[model], key)]


def lead(model, *others):
    """The largest distance of `model` over the smallest of all others but some, in each table."""
    for table in scoreboard["tables"].values():
        rivals = [report.values(table[name], "frechet") for name in table.keys() - {model, *others}]
        yield max(report.values(table[model], "frechet")) / min(map(min, rivals))


first, second = max(lead("latent_diffusion")), max(lead("dcgan", "latent_diffusion"))
wider = min(found_by("recall", "ddpm")) - max(found_by("recall", "dcgan", "latent_diffusion"))
key = "sampling_seconds"
slower = min(found_by(key, "ddpm")) / max(found_by(key, "dcgan"))
knows_nothing = scoreboard["baselines"]["knows nothing"]["readable"]
surer = knows_nothing - max(found_by("readable", "ddpm"))
seeds = {"stored": scoreboard["seeds"]}
claims(
    Claim("Fréchet: latent diffusion, most / others, least", first, at_most=0.8, **seeds),
    Claim("Fréchet: GAN, most / others but latent, least", second, at_most=0.95, **seeds),
    Claim("recall: (diffusion, least) − (GAN and latent, most)", wider, 0.02, **seeds),
    Claim("time for a sample: diffusion, least / GAN, most", slower, 10, **seeds),
    Claim("judge sure: (knows nothing) − (diffusion, most)", surer, 0.1, **seeds),
)

# %% [markdown]
# On these terms latent diffusion wins in either table, and lesson 2's GAN comes second. Diffusion
# in pixels has the recall of real digits and little more than half their precision: it draws
# everything, and much that is no digit. Above, where it was told the classes, the same network did
# as well as the GAN does here.
#
# Two columns mislead. Draws that know nothing have more pictures of which the judge is sure than
# diffusion has. And a hundred memorised pictures are as near to real digits as latent diffusion:
# only recall and memorisation tell them apart.
#
# What do these tables *not* show? There is one data set, of small pictures, and 100 s. A model that
# learns slowly stands lower than it would after a day. Each recipe was tuned by hand, and not for
# equally long. And the distance is one small network's view.
#
# GANs and diffusion are often compared in tables without a number. Here is such a table with ours,
# from the first scoreboard. *Ahead here* is the model that is ahead with every seed:

# %%
show_table(report.said(scoreboard))

# %% [markdown]
# ### Finish what a GAN began
#
# Take the GAN's digits, add noise up to some step, and let diffusion take it away (SDEdit, Meng et
# al., 2021). No class is asked for:


# %%
def hybrid(name, key="distance"):
    return of("diffusion", "hybrid", name, key)


alone, refined = ("GAN", "diffusion, 2 steps", "diffusion, 10 steps"), "GAN + 2 steps from 400"
names = (*alone, "GAN + 2 steps from 200", refined, "GAN + 2 steps from 600")
names += ("GAN + 10 steps from 400",)
columns = ("distance", "coverage", "precision", "seconds per 1000")
show_table({name: {key: median(hybrid(name, key)) for key in columns} for name in names}, 2)

# %%
against = {
    name: max(map(truediv, hybrid(refined), hybrid(name))) for name in ("GAN", "diffusion, 2 steps")
}
times = map(truediv, hybrid(refined, columns[-1]), hybrid("GAN", columns[-1]))
claims(
    Claim("GAN + 2 steps from 400 / GAN, most", against["GAN"], at_most=1, **known),
    Claim(
        "the same / diffusion in 2 steps, most", against["diffusion, 2 steps"], at_most=0.2, **known
    ),
    Claim("its time for a sample / the GAN's, least", min(times), 3, **known),
)

# %% [markdown]
# In two steps diffusion alone gets nowhere; from the GAN's digits the same two steps come further
# than the GAN, by little, and for several times its time. More noise or more steps bring no more.
#
# ## Break it
#
# **Guess the noise and start at the very last step.** In the plane the network guessed the noise
# well. Before you run the cell: how well does it draw, in 20 steps?

# %%
velocities = learned(asked["all steps"], lambda noise, x0, a, b: a * noise - b * x0)
ways = {
    "the exact noise": (exact, "noise", None),
    "noise": (guesses["all steps"], "noise", None),
    "noise, from step 900 on": (guesses["all steps"], "noise", 899),
    "velocity": (lambda x, t: velocities(x, *levels(t)), "velocity", None),
}
far = {
    name: wasserstein_samples(sample(guess, schedule, kind, begin, 20, first=first), real)
    for name, (guess, kind, first) in ways.items()
}
show_table({name: {"W1 of samples": value} for name, value in far.items()})
nothing = {"knowing_nothing": wasserstein_samples(begin, real)}
claims(
    Claim("noise: W1", far["noise"], 0.6, **nothing),
    Claim("noise, from step 900 on: W1", far["noise, from step 900 on"], at_most=0.3, **nothing),
    Claim("velocity: W1", far["velocity"], at_most=0.3, **nothing),
)

# %% [markdown]
# No better than the noise it began with. $\hat x_0$ is $x_t$ without the guessed noise, *divided*
# by $\sqrt{\bar\alpha_t}$. At the last step of the cosine schedule that is 0.00005: an error of
# 0.01 in the noise becomes 200 in $\hat x_0$ and 16 in the next $x_t$, where the network never saw
# a point. From step 900 on the same division is harmless, and $v$ needs none.
#
# **On digits** every guessed $x_0$ is clipped to $[-1, 1]$, so nothing can fly off. Which guess is
# best there, and which schedule? About half a minute of CPU time for each run, stored:

# %%
table = {
    kind: {name: of(f"{kind}, {name}", "distance") for name in schedules}
    for kind in ("noise", "image", "velocity")
}
show_table(
    {kind: {name: median(values) for name, values in row.items()} for kind, row in table.items()},
    decimals=1,
)
easier = min(map(truediv, table["noise"]["cosine"], table["image"]["cosine"]))
costs = min(map(truediv, table["image"]["linear"], table["image"]["cosine"]))
claims(
    Claim("distance, cosine: noise / image, least", easier, 4, **known),
    Claim("distance, image: linear / cosine, least", costs, 1.1, **known),
)

# %% [markdown]
# With so small a network the guess of the picture is best by far, and the linear schedule, whose
# last third shows hardly anything, costs a little. That is no law: with a network ninety times as
# large, and much more time, Ho et al. found the guess of the picture worse (section 3.2).
#
# ## Explore it
#
# Held-out digits on their way into noise and new ones on their way out, at the same moment, each
# above the model's guess of $x_0$. Move through time, both ways, and turn up the guidance.

# %%
from gan_course.explore import Timeline

Timeline(model, digits).widget()

# %% [markdown]
# **Your own pictures**: any folder of them.
#
# ```
# gan-course train ddpm --data folder:my/pictures --out runs/mine
# gan-course sample runs/mine --n 64 --out my/samples
# ```
#
# ## Check yourself
#
# **1.** Your loss has not moved for an hour. Do you stop the run?
#
# <details><summary>Answer</summary>
#
# Look at the samples first. Most of the loss may be noise that nobody could guess. What can still
# be gained may be too small to see beside it.
#
# </details>
#
# **2.** With $w = 5$ nearly every sample is read as asked. Is the model better now?
#
# <details><summary>Answer</summary>
#
# The model is the same. Its samples are easier to read and more alike: see the recall. Which
# matters more depends on what you need them for.
#
# </details>
#
# Then solve [the exercise](../exercises/10_exercise.ipynb): the cosine schedule, the jump, the step
# back, a step of DDIM, and guidance.
#
# ## What to remember
#
# - Many small steps of noise make one jump, so one network can learn any $t$ directly.
# - Noise, picture and velocity are one guess, weighted differently. The loss has a floor.
# - Twenty long steps can do instead of a thousand, if the formula knows how long they are.
# - Guidance pays for fidelity with variety.
# - In a VAE's code a sample gets cheaper; after reflow one step goes far.
#
# How far is this from the papers? Ho et al. report an FID of 3.17 on small colour photographs:
# other pictures and another network's features, so you cannot compare it with ours. `gan-course
# train ddpm --profile full` runs the same code with a network four times as wide for 60,000 steps.
#
# **Sources**: Sohl-Dickstein et al. 2015, [Deep Unsupervised Learning using Nonequilibrium
# Thermodynamics](https://arxiv.org/abs/1503.03585); Ho et al. 2020, [Denoising Diffusion
# Probabilistic Models](https://arxiv.org/abs/2006.11239); Song et al. 2020, [Denoising Diffusion
# Implicit Models](https://arxiv.org/abs/2010.02502); Nichol & Dhariwal 2021, [Improved Denoising
# Diffusion Probabilistic Models](https://arxiv.org/abs/2102.09672), eq. 17; Salimans & Ho 2022,
# [Progressive Distillation](https://arxiv.org/abs/2202.00512), appendix D; Ho & Salimans 2022,
# [Classifier-Free Diffusion Guidance](https://arxiv.org/abs/2207.12598), eq. 6; Rombach et al.
# 2021, [Latent Diffusion Models](https://arxiv.org/abs/2112.10752); Liu et al. 2022, [Flow Straight
# and Fast](https://arxiv.org/abs/2209.03003); Lipman et al. 2022, [Flow
# Matching](https://arxiv.org/abs/2210.02747); Meng et al. 2021,
# [SDEdit](https://arxiv.org/abs/2108.01073); Massart 1990, "The tight constant in the
# Dvoretzky-Kiefer-Wolfowitz inequality".

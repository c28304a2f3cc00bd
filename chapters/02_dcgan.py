# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown]
# # 2 · Digits from noise

# %% tags=["install"]
# Only in Colab does this cell do anything: it installs the course and keeps the PyTorch that is
# there.
import subprocess
import sys

if "google.colab" in sys.modules:
    course = "gan-course @ git+https://github.com/gan-course/gan-course@main"
    subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", course])

# %% tags=["nbval-check-output"]
from gan_course.lesson import Claim, card, claim, claims, show_source

card("02")

# %% tags=["parameters"]
seed = 0

# %% [markdown]
# ## Why images are not just longer points
#
# A digit of 28 × 28 pixels is a point with 784 coordinates. The game of lesson 1 can be played
# there too, but look at what a point picked blindly looks like, and at what the average of all
# digits looks like. Almost all of that space is noise, and the thin part that is digits does not
# even contain its own average.

# %%
import torch

from gan_course.data import load
from gan_course.metrics import rung_images
from gan_course.viz import image_rows, show

digits = load("digits")
rungs = rung_images(digits, n=2000)
picked = {name: rungs[name][:10] for name in ("noise", "mean image", "blurred real images")}
show(
    image_rows({"real digits": digits.train.x[:10]} | picked),
    alt="Ten handwritten digits; ten pictures of grey noise; one grey smudge, the mean; ten digits "
    "so blurred that their strokes run together.",
)

# %% [markdown]
# What makes a picture a picture is that **neighbouring pixels belong together**, and that a stroke
# is a stroke wherever it lies. A **convolution** has both built in: each output sees a small window
# only, and the same weights look at every window. A discriminator made of convolutions goes from
# fine to coarse, and looks through ever larger windows at ever fewer places. A generator made
# of **transposed convolutions** goes the other way: from a coarse plan to fine strokes.
#
# The networks here follow **DCGAN** (Radford, Metz & Chintala, 2015), "the paper" below. Its
# generator is as you will see it, except that an ordinary convolution is added at the end. Its
# losses were those of lesson 1, and it had batch norm in both networks; the hinge loss and spectral
# norm came later, and make training steadier.
#
# ## The arithmetic of shapes
#
# A convolution with kernel $k$, stride $s$ and padding $p$ on an image of side $n$ puts its window
# at every $s$-th place of the padded side $n + 2p$, as long as it fits:
#
# $$m = \left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1.$$
#
# Along one side it is, as a linear map, a matrix $A$ with $m$ rows and $n$ columns.
# The **transposed convolution** multiplies with the transpose $A^{\!\top}$ of such a matrix, so it
# leads from $m$ back to $n$. In pictures: each pixel of the coarse image stamps one copy of the
# kernel, times its own value, onto the fine one, $s$ pixels from the stamp before; where stamps
# overlap they add. Solve the formula, without the rounding, for $n$:
#
# $$n = (m - 1)\,s - 2p + k.$$
#
# With $k = 4$, $s = 2$, $p = 1$ this is $n = 2m$: every layer doubles the side exactly. Seven
# doubles to 14, and 14 to 28.

# %% tags=["nbval-check-output"]
from torch import nn

plan = torch.zeros(1, 1, 7, 7)
double = nn.ConvTranspose2d(1, 1, kernel_size=4, stride=2, padding=1)
halve = nn.Conv2d(1, 1, kernel_size=4, stride=2, padding=1)
print("doubled twice:", tuple(double(double(plan)).shape))
print("and halved   :", tuple(halve(double(double(plan))).shape))

# %% [markdown]
# "Transposed" is meant literally. Write $\langle a, b\rangle$ for the sum of the products of two
# images' pixels. With the same weights, $\langle Ax, y\rangle = \langle x, A^{\!\top} y\rangle$ for
# any $x$ of side 28 and $y$ of side 14:

# %%
torch.manual_seed(seed)
weights, fine, coarse = (
    torch.randn(1, 1, 4, 4),
    torch.randn(1, 1, 28, 28),
    torch.randn(1, 1, 14, 14),
)
forward = nn.functional.conv2d(fine, weights, stride=2, padding=1)
backward = nn.functional.conv_transpose2d(coarse, weights, stride=2, padding=1)
gap = (forward * coarse).sum() - (fine * backward).sum()
print(f"⟨Ax, y⟩ = {(forward * coarse).sum():.4f}   ⟨x, Aᵀy⟩ = {(fine * backward).sum():.4f}")
claim(
    "a transposed convolution is the transpose of the convolution: |⟨Ax, y⟩ - ⟨x, Aᵀy⟩|",
    gap.abs(),
    at_most=1e-3,
)

# %% [markdown]
# ## Two more changes since lesson 1
#
# **Hinge loss.** The discriminator's output $a(x)$ is no longer the logit of a probability, but
# a **score**. It only has to be above 1 for real and below -1 for generated images; beyond these
# margins a sample teaches nothing more, so there is no reward for widening the gap further. The
# generator raises its score:
#
# $$\begin{aligned}
# L_D &= \mathbb{E}\,[\max(0, 1 - a(x))] \\
# &\quad {} + \mathbb{E}\,[\max(0, 1 + a(G(z)))], \\
# L_G &= -\mathbb{E}\,[a(G(z))].
# \end{aligned}$$
#
# Ask of it what lesson 1 asked of the cross-entropy: what does the best discriminator's loss
# measure? At each $x$, with densities $p$ and $q$, the least value of $p \max(0, 1 - a) + q \max(0,
# 1 + a)$ is $2 \min(p, q)$, reached at $a = 1$ or $a = -1$, whichever side is denser. So the loss
# is twice the mass that the two densities share: 2 where they agree, 0 where they do not overlap.
#
# **Spectral norm.** In lesson 1 a penalty kept the discriminator's slope small. Here each layer's
# weights, laid out as a matrix $W$ with one row for each output, are divided by its largest
# singular value $s(W)$, the most by which $W$ can stretch a vector. The slope of a chain of layers
# is at most the product of their stretches, and activations such as the leaky ReLU stretch by at
# most 1, so the whole slope stays bounded without another backward pass (Miyato et al., 2018). The
# bound is not 1: a convolution applies its $W$ to windows that overlap, so the layer as a whole can
# stretch by somewhat more.
#
# ## The code
#
# The two networks and the two half-steps, as the library runs them. For images of side 28, `sides`
# gives 7, 14 and 28; `_norm` is batch norm, if there is any, and a ReLU; this lesson's networks
# have `width=8`. The half-steps are those of lesson 1 without the penalty:

# %% tags=["nbval-check-output"]
from gan_course.models import DCGAN
from gan_course.nets import ConvDiscriminator, ConvGenerator

show_source(ConvGenerator)
show_source(ConvDiscriminator)
show_source(DCGAN.discriminator_step)
show_source(DCGAN.generator_step)

# %% [markdown]
# A generator begins with a linear layer, whose outputs are laid out as a coarse picture of many
# channels, and ends with an ordinary convolution that mixes the last channels into pixels. **Batch
# norm** subtracts from each channel its mean over the batch and all positions, divides by the
# standard deviation, and applies a scale and a shift that are learned, so that every layer gets
# inputs of one scale; when samples are drawn it uses averages over the batches of the training
# instead, so that no sample depends on its neighbours. The generator's first weights are drawn with
# a standard deviation of 0.02, as in the paper (around 1 for batch norm's scale), and its biases
# are 0; the discriminator, whose weights spectral norm scales anyway, keeps PyTorch's.
#
# The noise that a generator starts from is called a **latent vector**, and the space it lies in the
# latent space. Here are the shapes that ten latent vectors take on their way to images, and the
# images on their way to scores:

# %% tags=["nbval-check-output"]
from gan_course.models.dcgan import PROFILES

LESSON = PROFILES["lesson"]

torch.manual_seed(seed)
model = DCGAN(LESSON)
h = model.noise(10)
for name in ("generator", "discriminator"):
    network = model.networks()[name]
    print(
        f"{name}, {sum(p.numel() for p in network.parameters()):,} weights, from {tuple(h.shape)}"
    )
    for layer in network.body:
        h = layer(h)
        print(f"{type(layer).__name__.removeprefix('Parametrized'):>18} {tuple(h.shape)}")

# %% [markdown]
# ## Train it
#
# The configuration:

# %% tags=["nbval-check-output"]
from dataclasses import asdict, replace

for name, value in asdict(LESSON).items():
    print(f"{name:>14}: {value}")

# %% [markdown]
# Against lesson 1, both players learn at the same rate, since it is now spectral norm that keeps
# the discriminator from being too sure.
#
# The same 40 latent vectors are drawn each time, so you can follow one until it is a digit. In the
# background a small classifier, the **judge**, measures the distance from real digits as it falls;
# what that means comes below. The run sees each training digit about ten times.

# %%
from gan_course.metrics import judge_distance
from gan_course.training import Evaluation, LiveSamples, Progress, fit
from gan_course.viz import LivePicture, sample_grid

torch.manual_seed(seed)
model = DCGAN(LESSON)
held_out = digits.held_out.x
early = (0, 25, 75, 150)
distance = Evaluation(
    lambda model: judge_distance(model.sample(2000), held_out), every=300, also=early
)
watch = LiveSamples(
    every=300, show=LivePicture(sample_grid, alt="Forty generated digits"), also=early
)
history = fit(model, digits, hooks=[Progress(), watch, distance], seed=seed)

# %% tags=["readme-picture"]
show(
    image_rows(
        {f"step {step}": frame[:10] for step, frame in zip(watch.steps, watch.frames, strict=True)}
    ),
    alt="The same ten samples at eight steps: grey, blots, strokes that begin to join by step 150, "
    "and digits that change little at the end.",
    caption="The same ten latent vectors at eight moments of the training, from the untrained "
    "generator to the end.",
)

# %%
from gan_course.viz import history_plot

show(
    history_plot(history, reference=2),
    alt="Left: the discriminator's loss hovers below the dashed line at 2 and the generator's "
    "around 0, both restless. Right: the scores of real and generated images lie close "
    "together, real above.",
    caption="Losses (left) and mean scores (right), faint as recorded and bold as a running mean.",
)

# %% [markdown]
# Look closely at the last row: most can be read, some are scribbles. And look at the curves: they
# say little. At 2, the dashed line, the best discriminator would find nothing to tell apart, and a
# network that outputs 0 for everything stands there too; a value somewhat below says that it is
# still ahead, by a little. The pictures improve while these curves stay flat, so another measure is
# needed.
#
# First, did spectral norm do what it promised? It estimates $s(W)$ each time the discriminator is
# called while it learns, by applying $W$ and $W^{\!\top}$ in turn to a vector that it keeps (one
# step of **power iteration**), so the singular values should be 1, nearly:

# %%
layers = [layer for layer in model.discriminator.body if hasattr(layer, "weight")]
largest = [
    torch.linalg.matrix_norm(layer.weight.detach().flatten(1), ord=2).item() for layer in layers
]
print("largest singular values, layer by layer:", *(f"{value:.3f}" for value in largest))
claim(
    "spectral norm holds: the largest singular value of any layer's weight matrix",
    max(largest),
    at_most=1.1,
)

# %% [markdown]
# ## The evidence
#
# ### A distance, and a ladder to read it by
#
# No density is known for digits. What we have is a judge: a small classifier, trained on the 8,000
# training digits, that reads the held-out ones nearly without fault. Its last hidden layer
# describes an image by 64 numbers that matter for being a digit. Describe 2,000 generated and 2,000
# held-out images, take the mean $\mu$ and the covariance matrix $\Sigma$ of each cloud, and measure
# (Heusel et al., 2017, with another network)
#
# $$\begin{aligned}
# d^2 &= \lVert \mu_a - \mu_b \rVert^2 \\
# &\quad {} + \operatorname{tr}\!\left(\Sigma_a + \Sigma_b - 2\,(\Sigma_a \Sigma_b)^{1/2}\right),
# \end{aligned}$$
#
# where tr is the sum of the diagonal, and $M^{1/2}$ the matrix whose square is $M$. In one
# dimension it is $(\mu_a - \mu_b)^2$ plus the squared difference of the two standard deviations; in
# any number it is the squared Wasserstein-2 distance, a cousin of lesson 1's, between two Gaussians
# with these means and covariances. It is 0 only if means and covariances agree. We call $d^2$, not
# its root, **Fréchet distance (judge)**, as is the custom. The published FID is the same formula on
# another network's features, so the two must never be compared. And since no scale is printed on
# it, we print one: each rung below compares 2,000 images of its kind with the 2,000 held-out
# digits. For the last, "real against real", these are training digits.
#
# Lesson 1's other witness, a fresh discriminator, is not called here. There it could be judged on
# any number of new real samples; with 2,000 held-out images its own overfitting would be mixed into
# the verdict.

# %%
from gan_course.metrics import judge

accuracy = (judge().read(held_out) == digits.held_out.labels).double().mean()
claim("the judge reads held-out digits: accuracy", accuracy, at_least=0.985)

# %%
from gan_course.metrics import ladder

samples = model.sample(2000)
torch.manual_seed(seed)
rungs = ladder(digits) | {
    "the untrained generator": judge_distance(DCGAN(LESSON).sample(2000), held_out)
}
reached = judge_distance(samples, held_out)
for name, value in sorted(
    (rungs | {">>> this generator": reached}).items(), key=lambda rung: -rung[1]
):
    print(f"{name:>36}: {value:8.1f}")

# %%
blurred, noise, untrained = (
    rungs[name] for name in ("blurred real images", "noise", "the untrained generator")
)
claims(
    Claim(
        "Fréchet distance (judge) of 2,000 samples from 2,000 held-out digits",
        reached,
        at_most=25,
        knowing_nothing=untrained,
    ),
    Claim(
        "it is well under the blurred rung: ratio",
        reached / blurred,
        at_most=0.2,
        knowing_nothing=untrained / blurred,
    ),
    Claim(
        "it is under a tenth of noise: ratio",
        reached / noise,
        at_most=0.1,
        knowing_nothing=untrained / noise,
    ),
)

# %%
from gan_course.colours import FAKE
from gan_course.viz import curves

show(
    curves(
        {"generator": (distance.steps, distance.values)},
        "step",
        "Fréchet distance (judge)",
        colours={"generator": FAKE},
        log_y=True,
        levels={
            name: rungs[name]
            for name in (
                "noise",
                "blurred real images",
                "ten memorised pictures a class",
                "real against real",
            )
        },
    ),
    alt="A line that stays at first, between the levels of noise and of blurred images, then falls "
    "past the latter, fast and then slower, and ends above that of ten memorised pictures a "
    "class.",
    caption="The distance while the generator learns, and four rungs of the ladder, on a "
    "logarithmic scale.",
)

# %% [markdown]
# Look at one rung again: ten memorised training pictures of each class, repeated until there are
# 2,000, score *better* than our generator. A distance alone proves nothing. It has to be joined by
# more questions: does it draw everything, does it draw anything new, and is there anything between
# the things it draws?
#
# ### All ten digits?
#
# The judge reads the samples. Half the sum of the absolute differences between two histograms is
# their **total variation**: 0 if they agree, 1 if they share nothing; a generator that draws one
# digit only would score about 0.9.

# %%
from gan_course.metrics import digit_histogram, histogram_distance, label_histogram

drawn, real = digit_histogram(samples), label_histogram(digits.held_out.labels)
others = {"2,000 training digits": label_histogram(digits.train.labels[:2000])}
others["the untrained generator"] = digit_histogram(DCGAN(LESSON).sample(500))
others["one picture, always"] = digit_histogram(digits.train.x[:1].repeat(500, 1, 1, 1))
apart = {name: histogram_distance(histogram, real) for name, histogram in others.items()}
print("digit    ", *(f"{d:6d}" for d in range(10)))
print("real     ", *(f"{p:6.3f}" for p in real.tolist()))
print("generated", *(f"{p:6.3f}" for p in drawn.tolist()))
for name, value in apart.items():
    print(f"{name}: total variation {value:.2f}")

# %%
nothing = others["one picture, always"].min()
claims(
    Claim(
        "every digit is drawn: the rarest one's share",
        drawn.min(),
        at_least=0.02,
        knowing_nothing=nothing,
    ),
    Claim(
        "total variation between the digit histograms",
        histogram_distance(drawn, real),
        at_most=0.18,
        knowing_nothing=max(apart.values()),
    ),
)

# %% [markdown]
# In the stored run the nines are drawn half as often again as they should be. The judge has no
# answer "none of these": a scribble is counted as the digit it resembles most. The histogram means
# something only beside a distance that is small.

# %% [markdown]
# ### Drawn, or copied?
#
# For each sample find the training image nearest to it, by Euclidean distance over the pixels, and
# do the same for real held-out digits, which cannot be copies. If the generator repeated training
# images, its samples would lie much closer to them than honest new digits do.

# %%
from gan_course.metrics import memorisation_ratio, nearest

neighbours = digits.train.x[nearest(samples[:10], digits.train.x).index]
show(
    image_rows({"generated": samples[:10], "the nearest training image of each": neighbours}),
    alt="Ten generated digits above their nearest training images: similar in outline, different "
    "in slant, weight and detail, now and then another digit.",
    caption="Ten samples, and below each the training image that is nearest to it.",
)

# %%
copies = (digits.train.x[:500] + 0.02 * torch.randn(500, 1, 28, 28)).clamp(-1, 1)
print(f"copies with a little noise: {memorisation_ratio(copies, digits.train.x, held_out):.2f}")
ratio = memorisation_ratio(samples, digits.train.x, held_out)
claim(
    "median distance to the nearest training image, over that of held-out digits",
    ratio,
    at_least=0.9,
)

# %% [markdown]
# A median does not see a few copies among many new pictures. So look at the closest samples too:
# one in twenty of the held-out digits lies nearer to a training image than a certain distance. How
# many samples lie nearer than that?

# %%
from gan_course.metrics import nearest_distance

close = nearest_distance(held_out, digits.train.x).quantile(0.05)
claim(
    "share of samples nearer to a training image than 95 % of held-out digits",
    (nearest_distance(samples, digits.train.x) < close).double().mean(),
    at_most=0.1,
)

# %% [markdown]
# ### A space, or a list?
#
# A generator that had merely stored a list of pictures, and showed one or another depending on the
# latent vector, could pass all of this if its list were long. What it could not do is to go from
# one picture to another *gradually*, by way of pictures that are good as well.
#
# Which way? Latent vectors are Gaussian in 64 dimensions: nearly all of them have a length close to
# $\sqrt{64} = 8$, and the straight line between two of them cuts through a middle that noise never
# visits. **Spherical interpolation** (slerp) follows the arc and keeps the length: with $\omega$
# the angle between $a$ and $b$,
#
# $$\operatorname{slerp}(a, b, t) = \frac{\sin((1 - t)\,\omega)}{\sin \omega}\, a + \frac{\sin(t\,\omega)}{\sin \omega}\, b.$$
#
# Its rival is the **cross-fade**, which averages the two images' pixels.

# %%
from gan_course.interpolation import slerp

torch.manual_seed(seed)
a, b = model.noise(2000), model.noise(2000)
draw = torch.no_grad()(model.ema.forward)
for name, z in {
    "latent vectors": a,
    "half-way on the line": (a + b) / 2,
    "half-way on the arc": slerp(a, b, 0.5),
}.items():
    print(
        f"{name:>20}: mean length {z.norm(dim=1).mean():.2f}, distance of their images "
        f"{judge_distance(draw(z), held_out):.1f}"
    )

# %%
# From the sample that the judge reads most surely to the surest of another digit.
sure, digit = judge().logits(draw(a)).softmax(1).max(1)
first = sure.argmax()
start, end = a[first][None], a[torch.where(digit != digit[first], sure, 0).argmax()][None]
t = torch.linspace(0, 1, 10)
fade = torch.lerp(draw(start), draw(end), t[:, None, None, None])
show(
    image_rows({"along the arc": draw(slerp(start, end, t)), "cross-fade": fade}),
    alt="Two rows from one digit to another: along the arc strokes bend from one shape into the "
    "other; the cross-fade shows both at once, half transparent.",
    caption="From one sample to another by two ways: through latent space, and through the pixels.",
)

# %%
middles = judge_distance(draw(slerp(a, b, 0.5)), held_out)
fades = judge_distance((draw(a) + draw(b)) / 2, held_out)
print(
    f"samples {reached:.1f}   half-way along the arc {middles:.1f}   half-way in a cross-fade "
    f"{fades:.1f}"
)

# %%
claims(
    Claim(
        "half-way images are as good as samples: ratio of their distances",
        middles / reached,
        at_most=1.2,
        knowing_nothing=fades / reached,
    ),
    Claim(
        "the latent space is no cross-fade: ratio of their distances",
        middles / fades,
        at_most=1 / 3,
        knowing_nothing=1,
    ),
)

# %% [markdown]
# Those two alone would not do: half-way along an arc lies just another random latent vector, so a
# list passes both. What gives a list away are its jumps. Walk each arc in 32 steps, and compare the
# longest step, in pixels, with the way from end to end. A cross-fade divides the way evenly, 1/32
# at each step; a list makes it in few leaps, and a leap to a picture that lies aside can be longer
# than the whole way.


# %%
def longest_step(draw, pairs=100, steps=32):
    """The longest of `steps` steps along an arc, over the distance of its ends: mean of `pairs`
    arcs."""
    walks = torch.stack(
        [draw(slerp(a[:pairs], b[:pairs], i / steps)).flatten(1) for i in range(steps + 1)]
    )
    return (
        ((walks[1:] - walks[:-1]).norm(dim=2).amax(0) / (walks[-1] - walks[0]).norm(dim=1))
        .mean()
        .item()
    )


# the list: each training image has a key, and the one whose key fits the latent vector best is
# shown
keys = torch.randn(64, 8000)
print(
    f"cross-fade: {1 / 32:.3f}   a list of the 8,000 training images: "
    f"{longest_step(lambda z: digits.train.x[(z @ keys).argmax(1)]):.3f}"
)
claim(
    "no step of 32 along an arc is a leap: the longest, over the distance of the ends",
    longest_step(draw),
    at_most=0.35,
)

# %% [markdown]
# ## Break it
#
# Each change is trained for 250 steps beside an unbroken run of the same length:
#
# - **a sigmoid** at the generator's end instead of tanh, so that it draws in [0, 1] while the data
#   lie in [-1, 1];
# - **a discriminator too strong**: no spectral norm, and a learning rate 20 times as high; then the
#   same rate with spectral norm;
# - **no batch norm** in the generator, against the paper's advice.

# %%
short = replace(LESSON, steps=250)
variants = {
    "unbroken": short,
    "sigmoid output": replace(short, output="sigmoid"),
    "discriminator too strong": replace(short, spectral_norm=False, lr_d=20 * LESSON.lr_d),
    "same rate, spectral norm": replace(short, lr_d=20 * LESSON.lr_d),
    "no batch norm": replace(short, batch_norm=False),
}
broken, pictures, spread = {}, {}, {}
for name, config in variants.items():
    torch.manual_seed(seed)
    player = DCGAN(config)
    spread[name] = player.generator(player.noise(64)).std().item()
    record = fit(player, digits, seed=seed)
    pictures[name] = player.sample(2000)
    broken[name] = judge_distance(pictures[name], held_out)
    late = {key: sum(record[key][-50:]) / 50 for key in ("discriminator", "gradient_norm_g")}
    print(
        f"{name:>24}: distance {broken[name]:5.0f}, loss of D {late['discriminator']:.2f}, "
        f"gradient that reaches G {late['gradient_norm_g']:.2f}"
    )

# %%
show(
    image_rows({name: images[:10] for name, images in pictures.items()}),
    caption="Ten samples of each variant after 250 steps.",
    alt="Five rows of samples: rough digits; a lattice of white dots, the same in every sample, "
    "for the sigmoid; a texture or blots for the strong discriminator; blots or digits with "
    "spectral norm; digits without batch norm.",
)

# %%
sigmoid, strong, normed = (
    broken[name] / broken["unbroken"]
    for name in ("sigmoid output", "discriminator too strong", "same rate, spectral norm")
)
print(f"the same rate with spectral norm: {normed:.2f} of the unbroken run's distance")
claims(
    Claim(
        "with a sigmoid there are no digits: distance over the unbroken run's",
        sigmoid,
        at_least=3,
        knowing_nothing=1,
    ),
    Claim(
        "nor with too strong a discriminator: distance over the unbroken run's",
        strong,
        at_least=3,
        knowing_nothing=1,
    ),
    Claim(
        "spectral norm softens that: distance with it over without",
        normed / strong,
        at_most=0.5,
        knowing_nothing=1,
    ),
)

# %% [markdown]
# **The sigmoid.** The background of every digit is -1, and this generator cannot go below 0. The
# discriminator need only look at one corner to be right about every picture. Its loss of 0 looks
# like success, and for one player it is. The generator ends with one lattice of dots for every
# latent vector. A likely reason, not tested here: the nearest it can come to the background is 0,
# which is where its sigmoid is flat.
#
# **Too strong.** A discriminator that learns that fast, with nothing to bound it, has cliffs where
# the generator needs slopes: see how large the gradient is that reaches the generator, and how
# little it learns from it. At the same rate spectral norm keeps the slopes bounded, and little or
# no harm is left: over five seeds the distance was 0.9 to 2.6 times that of the unbroken run. Runs
# this short scatter, and in a single one the broken can come out ahead. What is changed here is two
# things at once, the bound and the rate; which of them does how much you can find out with a run of
# your own, `replace(short, spectral_norm=False)`.
#
# **No batch norm** was meant to be the third failure, and it is hardly one. What is said about
# the *start* is true. First weights with a standard deviation of 0.02 are so small that the signal
# fades from layer to layer; batch norm scales it up again, and without it all untrained pictures
# are one even grey:

# %%
print(
    f"spread of the pixels before training: {spread['unbroken']:.4f} with batch norm, "
    f"{spread['no batch norm']:.5f} without"
)
claim(
    "without batch norm the first signal fades: its spread with batch norm over that without",
    spread["unbroken"] / spread["no batch norm"],
    at_least=50,
)

# %% [markdown]
# And yet it learns. How well depends on the seed: anything from no difference to samples that are
# clearly worse.

# %%
claim(
    "without batch norm it learns nevertheless: distance over the unbroken run's",
    broken["no batch norm"] / broken["unbroken"],
    at_most=4.8,
)

# %% [markdown]
# A likely reason, which is not tested here: Adam divides each gradient by its usual size, so small
# weights grow at the same pace as large ones, and four layers are soon climbed out of. The paper's
# generator is deeper, has no spectral norm opposite, and learns at a rate ten times smaller. Advice
# comes with the setting it was measured in; measure it again in yours.

# %% [markdown]
# ## Explore it
#
# Each slider moves the latent vector along one of six directions, chosen so that the picture
# changes a lot; "change × 3.6" says how much more than along a direction picked blindly. The second
# tab walks the arc between the vectors of two seeds; the third puts each sample above its nearest
# training image.

# %%
from gan_course.explore import LatentExplorer

explorer = LatentExplorer.of(model, digits, seed=seed)
explorer.traversals()

# %%
explorer.widget()

# %% [markdown]
# ## Check yourself
#
# **1.** A transposed convolution with kernel 5, stride 2 and padding 2 is to lead from 14 to 28.
# What does it give, and what is missing?
#
# <details><summary>Answer</summary>
#
# $(14 - 1) \cdot 2 - 4 + 5 = 27$. The convolution it transposes leads from 27 *and* from 28 to 14,
# because of the rounding; `output_padding=1` says that 28 is meant. Kernel 4 and padding 1 need no
# output padding.
#
# </details>
#
# **2.** A friend's generator has a smaller Fréchet distance than the one above. What else do you
# ask to see?
#
# <details><summary>Answer</summary>
#
# The floor and the sample size, measured with the same judge; the histogram of digits; the nearest
# training images. Ten memorised pictures a class had a smaller distance too.
#
# </details>
#
# **3.** Why are generated samples further from the training images than held-out digits are, when
# memorised ones would be nearer?
#
# <details><summary>Answer</summary>
#
# A held-out digit is a real digit, and near it there are others. A generated one carries flaws that
# no training image shares, and each flaw adds to every distance. Pure noise lies further away
# still. The ratio is a test for copying only; above 1 it is no measure of quality.
#
# </details>
#
# Then solve [the exercise](../exercises/02_exercise.ipynb): output shapes, a generator of given shape,
# spherical interpolation, and the paper's initialisation.
#
# ## What to remember
#
# - Kernel 4, stride 2, padding 1 doubles a side exactly, and halves an even one.
# - A discriminator whose slope is bounded leaves the generator a gradient that it can use. Batch
#   norm sets the scale at the start; here we could do without it.
# - A distance needs a ladder, a histogram and a look for copies. Each of them alone can be fooled.
# - Good pictures everywhere on the way from one to another, and no leaps between them, say that a
#   space was learned, not a list.
#
# How far is this from published results? MNIST has 60,000 training images, here are 8,000; the
# paper's generator is 16 times as wide at its finest layer and was trained on a GPU. `gan-course
# train dcgan --profile full` runs the same code at width 64 for 60,000 steps on the same digits.
#
# **Next**: lesson 3 tells the generator *which* digit to draw.
#
# **Sources**: Radford, Metz & Chintala 2015, [DCGAN](https://arxiv.org/abs/1511.06434), section 3
# for the architecture, 4 for the first weights, 6.1 for walks in latent space; Miyato et al. 2018,
# [Spectral Normalization](https://arxiv.org/abs/1802.05957), section 2; the hinge loss is eq.
# 16-17; Heusel et al. 2017, [FID](https://arxiv.org/abs/1706.08500), eq. 6; White 2016, [Sampling
# Generative Networks](https://arxiv.org/abs/1609.04468), for slerp.

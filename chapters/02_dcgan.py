# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% tags=["install"]
# Only in Colab does this cell do anything: it installs the course and keeps the PyTorch that is there.
import subprocess
import sys

if "google.colab" in sys.modules:
    course = "gan-course @ git+https://github.com/gan-course/gan-course@main"
    subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", course])

# %% [markdown]
# # 2 · Digits from noise

# %% tags=["nbval-check-output"]
from gan_course.lesson import card, claim, show_source

card("02")

# %% tags=["parameters"]
seed = 0

# %% [markdown]
# ## Why images are not just longer points
#
# A digit of 28 × 28 pixels is a point with 784 coordinates. The game of lesson 1 can be played there too, but look at what a point picked blindly looks like, and at what the average of
# all digits looks like. Almost all of that space is noise, and the thin part that is digits does not even contain its own average.

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
    alt="Ten handwritten digits; ten pictures of grey noise; one grey smudge, the mean; ten digits so blurred that their strokes run together.",
)

# %% [markdown]
# What makes a picture a picture is that **neighbouring pixels belong together**, and that a stroke is a stroke wherever it lies. A **convolution** has both built in: each output sees a small window
# only, and the same weights look at every window. A discriminator made of convolutions goes from fine to coarse, and asks ever larger windows ever fewer questions. A generator made of
# **transposed convolutions** goes the other way: from a coarse plan to fine strokes.
#
# ## The arithmetic of shapes
#
# A convolution with kernel $k$, stride $s$ and padding $p$ on an image of side $n$ puts its window at every $s$-th place of the padded side $n + 2p$, as long as it fits:
#
# $$m = \left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1.$$
#
# As a linear map it is a matrix with $m$ rows and $n$ columns. The **transposed convolution** multiplies with the transpose of such a matrix, so it leads from $m$ back to $n$. Solve the formula,
# without the rounding, for $n$:
#
# $$n = (m - 1)\,s - 2p + k.$$
#
# With $k = 4$, $s = 2$, $p = 1$ this is $n = 2m$: every layer doubles the side exactly. Seven doubles to 14, and 14 to 28.

# %% tags=["nbval-check-output"]
from torch import nn

plan = torch.zeros(1, 1, 7, 7)
double = nn.ConvTranspose2d(1, 1, kernel_size=4, stride=2, padding=1)
halve = nn.Conv2d(1, 1, kernel_size=4, stride=2, padding=1)
print("doubled twice:", tuple(double(double(plan)).shape))
print("and halved   :", tuple(halve(double(double(plan))).shape))

# %% [markdown]
# "Transposed" is meant literally. With the same weights, $\langle Ax, y\rangle = \langle x, A^{\!\top} y\rangle$ for any two images $x$ and $y$:

# %%
torch.manual_seed(seed)
weights, fine, coarse = torch.randn(1, 1, 4, 4), torch.randn(1, 1, 28, 28), torch.randn(1, 1, 14, 14)
forward = nn.functional.conv2d(fine, weights, stride=2, padding=1)
backward = nn.functional.conv_transpose2d(coarse, weights, stride=2, padding=1)
gap = (forward * coarse).sum() - (fine * backward).sum()
claim("a transposed convolution is the transpose of the convolution: |⟨Ax, y⟩ - ⟨x, Aᵀy⟩|", gap.abs(), at_most=1e-3)

# %% [markdown]
# ## Two more changes since lesson 1
#
# **Hinge loss.** The discriminator's score is no longer a logit of a probability. It only has to be above 1 for real and below -1 for generated images; beyond these margins a sample teaches
# nothing more, so the discriminator cannot run away. The generator raises its score:
#
# $$L_D = \mathbb{E}\,[\max(0, 1 - D(x))] + \mathbb{E}\,[\max(0, 1 + D(G(z)))], \qquad L_G = -\mathbb{E}\,[D(G(z))].$$
#
# **Spectral norm.** In lesson 1 a penalty kept the discriminator's slope small. Here each layer's weight matrix $W$ is divided by its largest singular value $\sigma(W)$, the most by which it can stretch
# any input. The slope of a chain of layers is at most the product of their stretches, and activations such as the leaky ReLU stretch by at most 1, so the whole slope stays bounded without another
# backward pass (Miyato et al., 2018). For a convolution, $W$ is its kernel laid out as a matrix with one row for each output channel.
#
# ## The code
#
# The generator and the step, as the library runs them:

# %% tags=["nbval-check-output"]
from gan_course.models import DCGAN
from gan_course.nets import ConvGenerator

show_source(ConvGenerator)
show_source(DCGAN.discriminator_step)
show_source(DCGAN.generator_step)

# %% [markdown]
# **Batch norm** in the generator subtracts from each channel its mean over the batch and divides by its standard deviation, so that every layer gets inputs of one scale, however deep it lies. Here are
# the shapes that 64 latent vectors take on their way:

# %% tags=["nbval-check-output"]
from gan_course.models.dcgan import LESSON

torch.manual_seed(seed)
model = DCGAN(LESSON)
h = model.noise(64)
print(f"{'noise':>16} {tuple(h.shape)}")
for layer in model.generator.body:
    h = layer(h)
    print(f"{type(layer).__name__:>16} {tuple(h.shape)}")
for name in ("generator", "discriminator"):
    print(f"{sum(p.numel() for p in model.networks()[name].parameters()):>16,} weights in the {name}")

# %% [markdown]
# ## Train it
#
# The same 40 latent vectors are drawn each time, so you can follow a smudge until it is a digit. In the background a small classifier, the **judge**, measures the distance from real digits as it falls;
# what that means comes below.

# %%
from gan_course.metrics import judge_distance
from gan_course.training import Evaluation, LiveSamples, Progress, fit
from gan_course.viz import LivePicture, sample_grid

torch.manual_seed(seed)
model = DCGAN(LESSON)
held_out = digits.held_out.x
distance = Evaluation(lambda model: judge_distance(model.sample(1000), held_out), every=250)
watch = LiveSamples(every=250, show=LivePicture(sample_grid, alt="Forty generated digits"))
history = fit(model, digits, hooks=[Progress(), watch, distance], seed=seed)

# %% tags=["readme-picture"]
show(
    image_rows({f"step {step}": frame[:10] for step, frame in zip(watch.steps, watch.frames, strict=True)}),
    alt="The same ten samples at several steps: smudges first, strokes then, and digits that change little at the end.",
)

# %%
from gan_course.viz import history_plot

show(
    history_plot(history),
    alt="Left: the discriminator's loss hovers below 2 and the generator's around 0, both restless. Right: the scores of real and generated images lie close together, real above.",
)

# %% [markdown]
# Spectral norm has held through the training: no layer of the discriminator stretches its input by more than one, up to the error of estimating $\sigma(W)$ by one power iteration a step.

# %%
layers = [layer for layer in model.discriminator.body if hasattr(layer, "weight")]
largest = [torch.linalg.matrix_norm(layer.weight.detach().flatten(1), ord=2).item() for layer in layers]
print("largest singular values, layer by layer:", *(f"{value:.3f}" for value in largest))
claim("spectral norm holds: the largest singular value of any layer", max(largest), at_most=1.1)

# %% [markdown]
# Again the losses say little. At 2 the discriminator's hinge loss would be that of a network that outputs 0 for everything; a value somewhat below says that it is still ahead, by a little. What improves
# steadily is invisible here. It needs a measure of its own.
#
# ## The evidence
#
# ### A distance, and a ladder to read it by
#
# No density is known for digits. What we have is a judge: a small classifier, trained on the 8,000 training digits, that reads held-out ones with an accuracy of at least 98.5 %. Its last hidden
# layer describes an image by 64 numbers that matter for being a digit. Describe 2,000 generated and 2,000 held-out images, fit a Gaussian to each cloud, and measure between the two (Heusel et al.,
# 2017, with another network):
#
# $$d^2 = \lVert \mu_a - \mu_b \rVert^2 + \operatorname{tr}\!\left(\Sigma_a + \Sigma_b - 2\,(\Sigma_a \Sigma_b)^{1/2}\right).$$
#
# We call it **Fréchet distance (judge)**. The published FID is the same formula on another network's features, so the two must never be compared. And since no scale is printed on it, we print one.

# %%
from gan_course.metrics import ladder

samples = model.sample(2000)
torch.manual_seed(seed)
rungs = ladder(digits) | {"the untrained generator": judge_distance(DCGAN(LESSON).sample(2000), held_out)}
reached = judge_distance(samples, held_out)
for name, value in sorted((rungs | {">>> this generator": reached}).items(), key=lambda rung: -rung[1]):
    print(f"{name:>36}: {value:8.1f}")
claim("Fréchet distance (judge) of 2,000 samples from 2,000 held-out digits", reached, at_most=40)
claim("it is well under the blurred rung: ratio", reached / rungs["blurred real images"], at_most=0.25)
claim("it is under a tenth of noise: ratio", reached / rungs["noise"], at_most=0.1)

# %%
from gan_course.viz import curves
from gan_course.viz.colours import FAKE

show(
    curves(
        {"generator": (distance.steps, distance.values)},
        "step",
        "Fréchet distance (judge)",
        colours={"generator": FAKE},
        log_y=True,
        levels={name: rungs[name] for name in ("noise", "blurred real images", "real against real")},
    ),
    alt="A line that falls, fast at first, from below the level of blurred images to between it and the level of real against real.",
)

# %% [markdown]
# Look at one rung again: ten memorised pictures of each class, repeated until there are 2,000, score *better* than our generator. A distance alone proves nothing. It has to be joined by two more
# questions: does it draw everything, and does it draw anything new?
#
# ### All ten digits?
#
# The judge reads the samples. Half the sum of the absolute differences between two histograms is their **total variation**: 0 if they agree, 1 if they share nothing; a generator that
# draws one digit only would score about 0.9.

# %%
from gan_course.metrics import digit_histogram, histogram_distance, label_histogram

drawn, real = digit_histogram(samples), label_histogram(digits.held_out.labels)
print("digit    ", *(f"{d:6d}" for d in range(10)))
print("real     ", *(f"{p:6.3f}" for p in real.tolist()))
print("generated", *(f"{p:6.3f}" for p in drawn.tolist()))
claim("every digit is drawn: the rarest one's share", drawn.min(), at_least=0.02)
claim("total variation between the digit histograms", histogram_distance(drawn, real), at_most=0.18)

# %% [markdown]
# ### Drawn, or copied?
#
# For each sample find the training image nearest to it, and do the same for real held-out digits, which cannot be copies. If the generator repeated training images, its samples would lie much closer to them
# than honest new digits do.

# %%
from gan_course.metrics import memorisation_ratio, nearest

neighbours = digits.train.x[nearest(samples[:10], digits.train.x).index]
show(
    image_rows({"generated": samples[:10], "the nearest training image of each": neighbours}),
    alt="Ten generated digits above their nearest training images: alike in kind, different in slant, weight and detail.",
)
ratio = memorisation_ratio(samples, digits.train.x, held_out)
copies = digits.train.x[:500] + 0.02 * torch.randn(500, 1, 28, 28)
print(f"copies with a little noise: {memorisation_ratio(copies.clamp(-1, 1), digits.train.x, held_out):.2f}")
claim("median distance to the nearest training image, over that of held-out digits", ratio, at_least=0.9)

# %% [markdown]
# ### A space, or a list?
#
# If every latent vector gives a digit, then so must the vectors between two others. Latent vectors are Gaussian in 64 dimensions: nearly all of them have a length close to $\sqrt{64} = 8$, and the straight line
# between two of them cuts through a middle that noise never visits. **Spherical interpolation** (slerp) follows the arc and keeps the length. Compare the images half-way along it with a **cross-fade**,
# which averages the two images' pixels.

# %%
from gan_course.interpolation import slerp

torch.manual_seed(seed)
a, b = model.noise(2000), model.noise(2000)
with torch.no_grad():
    ends_a, middle, ends_b = (model.average(z) for z in (a, slerp(a, b, 0.5), b))
faded = (ends_a + ends_b) / 2
for name, z in {"latent vectors": a, "half-way on the line": (a + b) / 2, "half-way on the arc": slerp(a, b, 0.5)}.items():
    print(f"mean length of {name}: {z.norm(dim=1).mean():.2f}")
with torch.no_grad():
    path = model.average(slerp(a[:1], b[:1], torch.linspace(0, 1, 10)))
fade = torch.lerp(ends_a[:1], ends_b[:1], torch.linspace(0, 1, 10)[:, None, None, None])
show(
    image_rows({"along the arc": path, "cross-fade": fade}),
    alt="Two rows from one digit to another: along the arc strokes bend from one shape into the other; the cross-fade shows both at once, half transparent.",
)

# %%
middles = judge_distance(middle, held_out)
fades = judge_distance(faded, held_out)
print(f"samples {reached:.1f}   half-way along the arc {middles:.1f}   cross-fades {fades:.1f}")
claim("half-way images are as good as samples: ratio of their distances", middles / reached, at_most=1.2)
claim("the latent space is no cross-fade: ratio of their distances", middles / fades, at_most=1 / 3)

# %% [markdown]
# ## Break it
#
# Three changes, each trained for 250 steps beside an unbroken run of the same length:
#
# - **a sigmoid** at the generator's end instead of tanh, so that it draws in [0, 1] while the data lie in [-1, 1];
# - **a discriminator too strong**: no spectral norm, and a learning rate ten times as high;
# - **no batch norm** in the generator, which every recipe says it must have.

# %%
from dataclasses import replace

short = replace(LESSON, steps=250)
variants = {
    "unbroken": short,
    "sigmoid output": replace(short, output="sigmoid"),
    "discriminator too strong": replace(short, spectral_norm=False, lr_d=10 * LESSON.lr_d),
    "no batch norm": replace(short, batch_norm=False),
}
broken, pictures, spread = {}, {}, {}
for name, config in variants.items():
    torch.manual_seed(seed)
    player = DCGAN(config)
    spread[name] = player.generator(player.noise(64)).std().item()
    record = fit(player, digits, seed=seed)
    pictures[name] = player.sample(1000)
    broken[name] = judge_distance(pictures[name], held_out)
    print(f"{name:>25}: distance {broken[name]:6.1f}, discriminator's loss at the end {sum(record['discriminator'][-50:]) / 50:.2f}")

# %%
show(
    image_rows({name: images[:10] for name, images in pictures.items()}),
    alt="Four rows of samples: rough digits; flat grey for the sigmoid; a texture or blots for the strong discriminator; rough digits again without batch norm.",
)

# %%
claim("with a sigmoid there are no digits: distance over the unbroken run's", broken["sigmoid output"] / broken["unbroken"], at_least=3)

# %%
claim("nor with too strong a discriminator: distance over the unbroken run's", broken["discriminator too strong"] / broken["unbroken"], at_least=3)

# %% [markdown]
# **The sigmoid.** The background of every digit is -1, and this generator cannot go below 0. The discriminator need only look at one corner to be right about every picture. The nearest the generator can come to
# the background is 0 everywhere, which is where its sigmoid is flat, so nothing leads it back out.
#
# **Too strong.** A loss close to 0 looks like success, and for one player it is. But a discriminator that is right about every picture by a wide margin has cliffs where the generator needs slopes: its gradient says little
# about which of two bad pictures is the better. Spectral norm forbids the cliffs.
#
# **No batch norm** was meant to be the third failure, and it is none. What the recipes say about the *start* is true. The paper draws its first weights with a standard deviation of 0.02, so small that the signal fades from
# layer to layer; batch norm scales it up again, and without it all untrained pictures are one even grey:

# %%
print(f"spread of the pixels before training: {spread['unbroken']:.4f} with batch norm, {spread['no batch norm']:.5f} without")
claim(
    "without batch norm the first signal fades: its spread with batch norm over that without",
    spread["unbroken"] / spread["no batch norm"],
    at_least=50,
)

# %% [markdown]
# And yet it learns, about as well as the unbroken run:

# %%
claim(
    "here the samples are hardly worse without batch norm: distance over the unbroken run's",
    broken["no batch norm"] / broken["unbroken"],
    at_most=1.3,
)

# %% [markdown]
# Adam divides each gradient by its usual size, so small weights grow at the same pace as large ones, and three layers are soon climbed out of. The paper's generator has more layers, no spectral norm opposite, and a
# learning rate ten times smaller. Advice comes with the setting it was measured in; this is the reason to measure it again in yours.

# %% [markdown]
# ## Explore it
#
# Each slider moves the latent vector along one direction of the 64, chosen so that the picture changes a lot. The second tab walks the arc between the vectors of two seeds; the third puts each sample above its
# nearest training image.

# %%
from gan_course.explore import LatentExplorer

explorer = LatentExplorer.of(model, digits, seed=seed)
explorer.traversals()

# %%
explorer.widget()

# %% [markdown]
# ## Check yourself
#
# **1.** A transposed convolution with kernel 5, stride 2 and padding 2 is to lead from 14 to 28. What does it give, and what is missing?
#
# <details><summary>Answer</summary>
#
# $(14 - 1) \cdot 2 - 4 + 5 = 27$. The convolution it transposes leads from 27 *and* from 28 to 14, because of the rounding; `output_padding=1` says that 28 is meant. The course uses kernel 4 and has no
# such question.
#
# </details>
#
# **2.** A friend's generator has a smaller Fréchet distance than the one above. What else do you ask to see?
#
# <details><summary>Answer</summary>
#
# The floor and the sample size, measured with the same judge; the histogram of digits; the nearest training images. Ten memorised pictures a class had a smaller distance too.
#
# </details>
#
# **3.** Why are generated samples further from the training images than held-out digits are, when memorised ones would be nearer?
#
# <details><summary>Answer</summary>
#
# A held-out digit is a real digit, and near it there are others. A generated one carries flaws that no training image has: a loose pixel, a grey edge. The ratio is a test for copying only; above 1 it is not a
# measure of quality.
#
# </details>
#
# Then solve [the exercise](../exercises/02_dcgan.ipynb): output shapes, a generator of given shape, spherical interpolation, and the paper's initialisation.
#
# ## What to remember
#
# - Kernel 4, stride 2, padding 1 halves or doubles a side exactly.
# - Batch norm in the generator, a bounded slope in the discriminator: both keep the push between the players of a useful size.
# - A distance needs a ladder, a histogram and a look for copies. Each of them alone can be fooled.
# - Half-way images that are as good as samples say that a space was learned, not a list.
#
# How far is this from published results? MNIST has 60,000 training images, here are 8,000, and published networks are some ten times as wide and train for hours. `gan-course train dcgan --profile full` runs the same
# code at that size.
#
# **Next**: lesson 3 tells the generator *which* digit to draw.
#
# **Sources**: Radford, Metz & Chintala 2015, [DCGAN](https://arxiv.org/abs/1511.06434), section 3 for the architecture and 6.1 for walks in latent space; Miyato et al. 2018,
# [Spectral Normalization](https://arxiv.org/abs/1802.05957), section 2 and eq. 16-17 for the hinge loss; Heusel et al. 2017, [FID](https://arxiv.org/abs/1706.08500), eq. 6; White 2016,
# [Sampling Generative Networks](https://arxiv.org/abs/1609.04468), for slerp.

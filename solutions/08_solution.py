# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown] nbgrader={"grade": false, "grade_id": "title", "locked": true, "schema_version": 3, "solution": false}
# # Exercise 8 · From a drawing to a picture
#
# You wire a U-Net, work out how much of a picture its discriminator looks at, and write the two
# losses of pix2pix. At the end your functions colour drawings of emoji. Take about 45 minutes.
# Everything you need is in [lesson 8](../chapters/08_pix2pix.ipynb).
#
# After each question a cell checks your functions on inputs drawn from a few seeds. When something
# is off, it says what kind of mistake that looks like; change your cell, run it, check again.
# Nothing is counted against you for trying; after the last question a cell adds up your points.

# %% tags=["install"]
# Only in Colab does this cell do anything: it installs the course and keeps the PyTorch that is
# there.
import subprocess
import sys

if "google.colab" in sys.modules:
    course = "gan-course[pictures] @ git+https://github.com/gan-course/gan-course@main"
    subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", course])

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false}
import torch

from gan_course.losses import non_saturating
from gan_course.practice import check, total

# %% [markdown] nbgrader={"grade": false, "grade_id": "q1_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 1: the wiring of a U-Net
#
# On the way down, each block of an encoder halves its maps, and where a line was drawn gets lost
# bit by bit. On the way up, each block of a decoder doubles them again. So in a U-Net every block
# of the decoder but the first also gets what the encoder made at that size:
#
# ```
# x ─ encoder[0] ─────────────────────────── join ─ decoder[3] ─ result
#         └─ encoder[1] ─────────── join ─ decoder[2] ─┘
#                 └─ encoder[2] ─ join ─ decoder[1] ─┘
#                         └─ encoder[3] ─ decoder[0] ─┘
# ```
#
# - Joined means side by side, as channels: the decoder's own maps first, then the encoder's.
# - The innermost maps go into `decoder[0]` as they are.
# - `encoder` and `decoder` hold equally many blocks, two or more. Gradients run back along all
#   lines.


# %% nbgrader={"grade": false, "grade_id": "q1", "locked": false, "schema_version": 3, "solution": true}
def unet(x, encoder, decoder):
    """What the last block of `decoder` gives for images `x` (N, C, H, W); both are lists of
    modules."""
    ### BEGIN SOLUTION
    maps = []
    for block in encoder:
        x = block(x)
        maps.append(x)
    x = decoder[0](maps.pop())
    for block in decoder[1:]:
        x = block(torch.cat([x, maps.pop()], dim=1))
    return x
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "q1_check", "locked": true, "points": 3, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
check("08.q1", unet)

# %% [markdown] nbgrader={"grade": false, "grade_id": "q2_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 2: what a patch sees
#
# The discriminator of pix2pix gives a map of logits, each the verdict on one patch. How wide is a
# patch? One place of the last layer sees as many places of the layer before as its kernel has; each
# of them sees as many of the layer before that, and neighbours lie as far apart as that layer's
# stride says.
#
# Write the function that gives the width in pixels, from the first pixel that a place sees to the
# last. `layers` holds a pair (kernel, stride) for each convolution, the one that reads the picture
# first. For `[(4, 2), (4, 2), (4, 2), (4, 1), (4, 1)]`, the discriminator of the paper, it is 70.


# %% nbgrader={"grade": false, "grade_id": "q2", "locked": false, "schema_version": 3, "solution": true}
def receptive_field(layers):
    """Pixels along a side that one output of a stack of convolutions sees: a whole number."""
    ### BEGIN SOLUTION
    pixels, step = 1, 1
    for kernel, stride in layers:
        pixels += (kernel - 1) * step
        step *= stride
    return pixels
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "q2_check", "locked": true, "points": 2, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
check("08.q2", receptive_field)

# %% [markdown] nbgrader={"grade": false, "grade_id": "q3_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 3: an adversary of pairs, and a distance
#
# In pix2pix an input $x$ has a picture $y$ that belongs to it, and the generator draws $\tilde y =
# G(x)$. Its discriminator is shown pairs, so that it can tell not only what looks real but also
# what belongs to $x$:
#
# $$\begin{aligned}
# \mathcal{L}_D &= -\log D(x, y) - \log\,(1 - D(x, \tilde y)), \\
# \mathcal{L}_G &= -\log D(x, \tilde y) + \lambda\, \lVert \tilde y - y \rVert_1 .
# \end{aligned}$$
#
# - A pair is joined side by side, as channels, the input first. `discriminator(pair)` gives logits
#   (N, 1, h, w), one for each patch.
# - Each logarithm is a mean over all patches of all pairs. The losses are lesson 1's: of
#   `non_saturating`, `discriminator(real, fake)` and `generator(fake)`, which take logits.
# - The distance is a mean over all values, without squares; λ is `weight`.
# - `fake` comes straight from the generator and is not detached. The generator's loss must reach
#   the generator, the discriminator's must not. In the generator's step the discriminator is
#   already frozen.


# %% nbgrader={"grade": false, "grade_id": "q3", "locked": false, "schema_version": 3, "solution": true}
def discriminator_loss(discriminator, x, y, fake):
    """What the discriminator descends: `x`, `y` and `fake`, all (N, C, H, W); returns a scalar."""
    ### BEGIN SOLUTION
    real_logits = discriminator(torch.cat([x, y], dim=1))
    fake_logits = discriminator(torch.cat([x, fake.detach()], dim=1))
    return non_saturating.discriminator(real_logits, fake_logits)
    ### END SOLUTION


def generator_loss(discriminator, x, y, fake, weight):
    """What the generator descends, with `weight` for the distance; returns a scalar."""
    ### BEGIN SOLUTION
    fooled = non_saturating.generator(discriminator(torch.cat([x, fake], dim=1)))
    return fooled + weight * (fake - y).abs().mean()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "q3_check", "locked": true, "points": 4, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
check("08.q3", discriminator_loss, generator_loss)

# %% nbgrader={"grade": false, "grade_id": "total", "locked": true, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
total("08", globals())

# %% [markdown] nbgrader={"grade": false, "grade_id": "payoff_text", "locked": true, "schema_version": 3, "solution": false}
# ## Emoji in colour
#
# Nothing is graded from here on. First a second way to find what a patch sees: where the gradient
# of one logit is not zero.

# %% nbgrader={"grade": false, "grade_id": "seen", "locked": true, "schema_version": 3, "solution": false} tags=["nbval-check-output", "payoff"]
from torch import nn

layers = [(4, 2), (4, 2), (4, 2), (4, 1), (4, 1)]
x = torch.zeros(1, 1, 256, 256, requires_grad=True)
logits = nn.Sequential(*(nn.Conv2d(1, 1, kernel, stride) for kernel, stride in layers))(x)
logits[0, 0, 10, 10].backward()
print(f"computed {receptive_field(layers)}, seen {int(x.grad.any(dim=2).sum())} pixels")

# %% [markdown] nbgrader={"grade": false, "grade_id": "train_text", "locked": true, "schema_version": 3, "solution": false}
# Now your functions train the course's own U-Net, whose blocks `unet` is given, on line drawings
# and their colours. That takes about 20 seconds.

# %% nbgrader={"grade": false, "grade_id": "train", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
from gan_course.data import load
from gan_course.nets.patches import PatchDiscriminator
from gan_course.nets.unet import UNet

emoji = load("emoji")


def train(weight, steps=400, seed=0):
    torch.manual_seed(seed)
    net, discriminator = UNet((3, 32, 32), width=12), PatchDiscriminator((6, 32, 32), width=12)
    encoder, decoder = [net.first, *net.down], [*net.up, net.last]
    optimizer_g, optimizer_d = (
        torch.optim.Adam(one.parameters(), 2e-3, (0.5, 0.99)) for one in (net, discriminator)
    )
    falling = [
        torch.optim.lr_scheduler.LinearLR(one, 1.0, 0.05, steps)
        for one in (optimizer_g, optimizer_d)
    ]
    for _ in range(steps):
        rows = torch.randint(len(emoji.train.x), (16,))
        x, y = emoji.train.x[rows], emoji.train.y[rows]
        fake = unet(x, encoder, decoder)
        optimizer_d.zero_grad()
        discriminator_loss(discriminator, x, y, fake).backward()
        optimizer_d.step()
        optimizer_g.zero_grad()
        generator_loss(discriminator, x, y, fake, weight).backward()
        optimizer_g.step()
        for schedule in falling:
            schedule.step()
    net.eval()  # from here on, no picture's batch norm depends on the others
    return lambda x: unet(x, encoder, decoder)


colour = train(weight=50.0)

# %% nbgrader={"grade": false, "grade_id": "picture", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
from gan_course.viz import image_rows, show

x, y = emoji.held_out.x, emoji.held_out.y
with torch.no_grad():
    fake = colour(x)
print(f"mean distance from the true colours: {(fake - y).abs().mean():.3f}, ", end="")
print(f"of the bare drawing {(x - y).abs().mean():.3f}")
show(
    image_rows({"drawing": x[:10], "coloured": fake[:10], "true colours": y[:10]}),
    "Ten held-out drawings of emoji, coloured by the U-Net, and in their true colours.",
)

# %% [markdown] nbgrader={"grade": false, "grade_id": "end", "locked": true, "schema_version": 3, "solution": false}
# Lines stay where they were drawn, which is what the joins are for, and areas are filled up to the
# line. Faces are yellow, as most of them are. Elsewhere the colour is a guess, since a drawing does
# not say whether a tick is green or red, and here and there the net changes its mind halfway.
#
# ## What you have now
#
# A U-Net of your own wiring and an adversary that looks at pairs. Try `weight=0` and `weight=1000`.
# Then cut the joins, by multiplying what the encoder hands over with 0, and look at the lines. Back
# to [lesson 8](../chapters/08_pix2pix.ipynb).

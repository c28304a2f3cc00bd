# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "title", "locked": true, "schema_version": 3, "solution": false}
# # Exercise 2 · Digits from noise
#
# You work out how large a convolution's output is, build a generator that ends at exactly the size
# you want, walk between two latent vectors without leaving the sphere they lie near, and set a
# network's initial weights as the DCGAN paper does. Take about 50 minutes. Everything you need
# stands in [lesson 2](../chapters/02_dcgan.ipynb).
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
    course = "gan-course @ git+https://github.com/gan-course/gan-course@main"
    subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", course])

# %% deletable=false editable=false nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false}
import torch
from torch import nn

from gan_course.practice import check, total


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "q1_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 1: how large is the output?
#
# A **convolution** slides a kernel over a picture that was widened by `padding` pixels on every
# side, `stride` pixels at a time, and writes one pixel for each place where the whole kernel fits.
# A **transposed convolution** goes the other way: each input pixel stamps a whole kernel into the
# output, stamps lie `stride` pixels apart, then `padding` pixels are cut from every side, and
# `output_padding` pixels are added on one side.
#
# Write the size of the output along one dimension, for each of them, as a whole number.

# %% deletable=false nbgrader={"grade": false, "grade_id": "q1", "locked": false, "schema_version": 3, "solution": true} tags=["raises-exception"]
def convolution_size(size, kernel, stride, padding):
    """Pixels along one side after a convolution; all arguments are ints; returns an int."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


def transposed_convolution_size(size, kernel, stride, padding, output_padding):
    """Pixels along one side after a transposed convolution; ints go in, an int comes out."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


# %% deletable=false editable=false nbgrader={"grade": true, "grade_id": "q1_check", "locked": true, "points": 2, "schema_version": 3, "solution": false} tags=["nbval-check-output", "raises-exception"]
check("02.q1", convolution_size, transposed_convolution_size)


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "q2_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 2: a generator of given shape
#
# Build a generator after DCGAN (Radford et al. 2015, section 3). It turns noise of shape (N,
# latent_dim) into images of shape (N, channels, height, width), where height and width are both 28
# or both 32.
#
# - Transposed convolutions enlarge the picture. Both 28 and 32 are 4 times something: where can you
#   begin?
# - A normalisation layer of `torch.nn` (batch normalisation in the paper) and an activation follow
#   every layer but the last.
# - The images lie in [-1, 1], as the data do, and can reach both ends.
# - Every latent variable makes a difference, and gradients reach every parameter.

# %% deletable=false nbgrader={"grade": false, "grade_id": "q2", "locked": false, "schema_version": 3, "solution": true} tags=["raises-exception"]
def build_generator(latent_dim, image_shape):
    """A generator from (N, latent_dim) to (N, *image_shape) in [-1, 1]; `image_shape` is (channels,
    height, width); returns an nn.Module."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


# %% deletable=false editable=false nbgrader={"grade": true, "grade_id": "q2_check", "locked": true, "points": 4, "schema_version": 3, "solution": false} tags=["nbval-check-output", "raises-exception"]
check("02.q2", build_generator)


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "q3_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 3: spherical interpolation
#
# In many dimensions $d$ nearly all samples of a standard normal lie close to a sphere of radius
# $\sqrt{d}$. A straight line between two samples cuts through the inside, where the generator was
# never trained. **Spherical interpolation** (slerp) follows the arc instead. With $\omega$ the
# angle between $a$ (`start`) and $b$ (`end`), and $t$ the `weight`,
#
# $$\begin{aligned}
# \operatorname{slerp}(a, b, t) &= \frac{\sin((1 - t)\,\omega)}{\sin\omega}\, a \\
# &\quad {} + \frac{\sin(t\,\omega)}{\sin\omega}\, b .
# \end{aligned}$$
#
# Each row of `start` and `end` is one latent vector, and each pair of rows has its own angle. Only
# the angle is measured on vectors of length 1; the formula mixes $a$ and $b$ as they are. Where
# start and end are the same, or nearly so, the formula becomes 0/0 and the answer is the straight
# line; where they are exactly opposite there is no shortest arc, and any finite path that begins
# and ends rightly will do.

# %% deletable=false nbgrader={"grade": false, "grade_id": "q3", "locked": false, "schema_version": 3, "solution": true} tags=["raises-exception"]
def slerp(start, end, weight):
    """Points on the arcs from `start` to `end`, both of shape (N, latent_dim); `weight` is a float
    in [0, 1]; returns (N, latent_dim)."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


# %% deletable=false editable=false nbgrader={"grade": true, "grade_id": "q3_check", "locked": true, "points": 3, "schema_version": 3, "solution": false} tags=["nbval-check-output", "raises-exception"]
check("02.q3", slerp)


# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "q4_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 4: the initial weights
#
# The DCGAN paper starts training from small random weights (section 4), and most of the code that
# followed it does the following:
#
# - weights of convolutions and transposed convolutions: normal, mean 0, standard deviation 0.02
# - weights of batch normalisation: normal, mean 1, standard deviation 0.02
# - every bias of these layers, where there is one: 0
#
# Write a function that does this to one module, in place, and leaves every other kind of module
# alone. `network.apply(initialise)` will call it for every module inside `network`. The lesson's
# generator treats its one linear layer in the same way; here, leave linear layers alone. Some
# convolutions have no bias, and some batch normalisations have no parameters at all.

# %% deletable=false nbgrader={"grade": false, "grade_id": "q4", "locked": false, "schema_version": 3, "solution": true} tags=["raises-exception"]
def initialise(module):
    """DCGAN's initialisation of one `nn.Module`, in place; returns nothing."""
    # YOUR CODE HERE
    raise NotImplementedError("replace these two lines with your answer")


# %% deletable=false editable=false nbgrader={"grade": true, "grade_id": "q4_check", "locked": true, "points": 2, "schema_version": 3, "solution": false} tags=["nbval-check-output", "raises-exception"]
check("02.q4", initialise)

# %% deletable=false editable=false nbgrader={"grade": false, "grade_id": "total", "locked": true, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
total("02", globals())

# %% [markdown] deletable=false editable=false nbgrader={"grade": false, "grade_id": "end", "locked": true, "schema_version": 3, "solution": false}
# ## What you have now
#
# With your generator, your initialisation and the step of exercise 1 you can train your own DCGAN,
# and with `slerp` walk through what it learned. Back to [lesson 2](../chapters/02_dcgan.ipynb).

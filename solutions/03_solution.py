# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown] nbgrader={"grade": false, "grade_id": "title", "locked": true, "schema_version": 3, "solution": false}
# # Exercise 3 · Digits on demand
#
# You tell both players of the game a label, in the two ways of lesson 3, and work out why one inner
# product is enough. You draw batches in which no class is rare, and write three measures of how
# well a generator does what it is asked. At the end your functions train a small generator
# together. Take about 60 minutes. The ideas are in [lesson 3](../chapters/03_cgan.ipynb).
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

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false}
import torch
from torch import nn

from gan_course.practice import check, total

# %% [markdown] nbgrader={"grade": false, "grade_id": "q1_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 1: join
#
# A label is a name, so each class gets numbers of its own, which are learned with everything else:
# a row of a table.
#
# - For the **generator** the row is a vector. Return the noise of each sample and, after it, the
#   vector of the sample's class.
# - For the **discriminator** the row is a plane of the image's size, written row by row from top to
#   bottom. Return each image with the plane of its class as one more channel, the last one. Images
#   may have several channels, and need not be square.
#
# Gradients must reach the table, or it never learns, and also the noise and the images.


# %% nbgrader={"grade": false, "grade_id": "q1", "locked": false, "schema_version": 3, "solution": true}
def join_to_noise(z, labels, table):
    """`z` (N, latent_dim), `labels` int64 (N,), `table` (classes, size); returns (N, latent_dim +
    size)."""
    ### BEGIN SOLUTION
    return torch.cat([z, table[labels]], dim=1)
    ### END SOLUTION


def join_to_images(x, labels, planes):
    """Images `x` (N, C, H, W), `labels` int64 (N,), `planes` (classes, H * W); returns (N, C + 1,
    H, W)."""
    ### BEGIN SOLUTION
    plane = planes[labels].reshape(len(x), 1, *x.shape[2:])
    return torch.cat([x, plane], dim=1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "q1_check", "locked": true, "points": 3, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
check("03.q1", join_to_noise, join_to_images)

# %% [markdown] nbgrader={"grade": false, "grade_id": "q2_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 2: project
#
# The projection discriminator scores an image $x$ with the label $y$ by
#
# $$a(x, y) = \psi(\varphi(x)) + \langle v_y, \varphi(x) \rangle .$$
#
# $\varphi(x)$ are the features of the image and $\psi$ is the last layer, a linear one with
# `weight` and `bias` in the shapes of `nn.Linear`. $v_y$ is the vector of the class, a row of
# `class_vectors`. Return the scores of a batch as a column.


# %% nbgrader={"grade": false, "grade_id": "q2", "locked": false, "schema_version": 3, "solution": true}
def projection_score(features, labels, weight, bias, class_vectors):
    """`features` (N, F), `labels` int64 (N,), `weight` (1, F), `bias` (1,), `class_vectors`
    (classes, F); returns (N, 1)."""
    ### BEGIN SOLUTION
    fits = (class_vectors[labels] * features).sum(dim=1, keepdim=True)
    return features @ weight.T + bias + fits
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "q2_check", "locked": true, "points": 3, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
check("03.q2", projection_score)

# %% [markdown] nbgrader={"grade": false, "grade_id": "q3_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 3: why one inner product is enough
#
# Suppose that a softmax over inner products tells the classes apart, both among real images and
# among generated ones: a **head** is a matrix with one row $w_y$ for each class, and
#
# $$\begin{aligned}
# p(y \mid x) &= \frac{e^{\langle w^p_y,\, \varphi(x)\rangle}}{Z^p(x)}, \\
# q(y \mid x) &= \frac{e^{\langle w^q_y,\, \varphi(x)\rangle}}{Z^q(x)},
# \end{aligned}$$
#
# with $Z(x)$ the sum over all classes. Both heads are known here, and so is $r(x) = \log p(x) -
# \log q(x)$. The best logit of a pair is
#
# $$a^*(x, y) = \log p(y \mid x) - \log q(y \mid x) + r(x) .$$
#
# Write the class vectors $v_y$ and the rest $\psi(x)$, which does not depend on the label, such
# that $\langle v_y, \varphi(x)\rangle + \psi(x) = a^*(x, y)$ for every image and every class. Both
# functions must be right where features are in the thousands and exponentials would overflow.


# %% nbgrader={"grade": false, "grade_id": "q3", "locked": false, "schema_version": 3, "solution": true}
def best_class_vectors(real_head, fake_head):
    """Class vectors of the best logit: heads (classes, F) of the real and of the generated side;
    returns (classes, F)."""
    ### BEGIN SOLUTION
    return real_head - fake_head
    ### END SOLUTION


def best_looks(features, real_head, fake_head, log_ratio):
    """What the best logit holds besides: `features` (N, F), heads (classes, F), `log_ratio` r(x) of
    shape (N,); returns (N,)."""
    ### BEGIN SOLUTION
    log_z_real = torch.logsumexp(features @ real_head.T, dim=1)
    log_z_fake = torch.logsumexp(features @ fake_head.T, dim=1)
    return log_ratio + log_z_fake - log_z_real
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "q3_check", "locked": true, "points": 2, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
check("03.q3", best_class_vectors, best_looks)

# %% [markdown] nbgrader={"grade": false, "grade_id": "q4_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 4: a balanced batch
#
# You get the labels of a data set. Choose the rows of one batch.
#
# - Every class that occurs in the labels comes equally often. Where the batch size does not divide
#   evenly, each leftover row goes to a different class, drawn anew for each batch. Classes need not
#   be 0, 1, 2 and so on, and a batch may be smaller than the number of classes.
# - Within a class every row has the same chance, and none comes twice in a batch before all others
#   of its class have come once. A class may have fewer rows than its share of the batch.
# - Draw all random numbers from `generator`, a `torch.Generator`, which runs on from one batch to
#   the next. The order of the rows is up to you.


# %% nbgrader={"grade": false, "grade_id": "q4", "locked": false, "schema_version": 3, "solution": true}
def balanced_batch(labels, size, generator):
    """Row numbers, int64 of shape (size,), of a batch in which no class is rare: `labels` int64
    (rows,)."""
    ### BEGIN SOLUTION
    classes = labels.unique()
    each, over = divmod(size, len(classes))
    one_more = torch.randperm(len(classes), generator=generator)[:over].tolist()
    chosen = []
    for place, label in enumerate(classes):
        rows = (labels == label).nonzero().flatten()
        due = each + (place in one_more)
        rounds = due // len(rows) + 1
        order = torch.cat([torch.randperm(len(rows), generator=generator) for _ in range(rounds)])
        chosen.append(rows[order[:due]])
    return torch.cat(chosen)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "q4_check", "locked": true, "points": 4, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
check("03.q4", balanced_batch)

# %% [markdown] nbgrader={"grade": false, "grade_id": "q5_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 5: right, varied, new
#
# A generator that is asked for a class can fail in three ways, and each needs a number of its own.
#
# - **Right**: the share of samples in which the judge reads the class that was asked for, from the
#   judge's logits.
# - **Varied**: for each class, the mean Euclidean distance between two of its samples, over all
#   pairs. Two samples that are equal are also a pair, with a distance of 0. Every class has at
#   least two samples.
# - **New**: for each sample, the Euclidean distance, over all its pixels, to the training image
#   nearest to it.


# %% nbgrader={"grade": false, "grade_id": "q5", "locked": false, "schema_version": 3, "solution": true}
def share_right(logits, asked):
    """Share of samples read as asked, in [0, 1]: `logits` (N, classes), `asked` int64 (N,); returns
    a scalar."""
    ### BEGIN SOLUTION
    return (logits.argmax(dim=1) == asked).double().mean()
    ### END SOLUTION


def variety(features, labels, classes):
    """Mean distance between two different samples of each class: `features` (N, F), `labels` int64
    (N,); returns (classes,)."""
    ### BEGIN SOLUTION
    return torch.stack([torch.pdist(features[labels == label]).mean() for label in range(classes)])
    ### END SOLUTION


def nearest_distance(samples, training):
    """Distance to the nearest training image: `samples` (N, C, H, W), `training` (M, C, H, W);
    returns (N,)."""
    ### BEGIN SOLUTION
    return torch.cdist(samples.flatten(1), training.flatten(1)).amin(dim=1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "q5_check", "locked": true, "points": 4, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
check("03.q5", share_right, variety, nearest_distance)

# %% nbgrader={"grade": false, "grade_id": "total", "locked": true, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
total("03", globals())

# %% [markdown] nbgrader={"grade": false, "grade_id": "payoff_text", "locked": true, "schema_version": 3, "solution": false}
# ## Your generator
#
# Nothing is graded from here on. Your functions now work together: your join and your score turn
# lesson 2's networks into the two players, your batches feed them, and your measures say how good
# the result is. The networks are small and see few images, so a run is short.

# %% nbgrader={"grade": false, "grade_id": "generator", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
from gan_course.nets import EMA, ConvDiscriminator, ConvGenerator


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Parameter(torch.randn(10, 16))
        self.network = ConvGenerator(32 + 16, (1, 28, 28), width=8)

    def forward(self, z, labels):
        return self.network(join_to_noise(z, labels, self.table))


# %% nbgrader={"grade": false, "grade_id": "discriminator", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.network = ConvDiscriminator((1, 28, 28), width=8)
        self.class_vectors = nn.Parameter(0.02 * torch.randn(10, self.network.feature_count))

    def forward(self, x, labels):
        features, last = self.network.features(x), self.network.body[-1]
        return projection_score(features, labels, last.weight, last.bias, self.class_vectors)


# %% [markdown] nbgrader={"grade": false, "grade_id": "train_text", "locked": true, "schema_version": 3, "solution": false}
# One step is that of lesson 2, with labels. `told` is what the discriminator hears: the label that
# was asked for, or always 0.

# %% nbgrader={"grade": false, "grade_id": "step", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
from gan_course.losses import hinge


def step(generator, discriminator, optimizer_g, optimizer_d, real, asked, told):
    fake = generator(torch.randn(len(asked), 32), asked)
    optimizer_d.zero_grad()
    hinge.discriminator(discriminator(real, told), discriminator(fake.detach(), told)).backward()
    optimizer_d.step()
    optimizer_g.zero_grad()
    hinge.generator(discriminator(fake, told)).backward()
    optimizer_g.step()


# %% nbgrader={"grade": false, "grade_id": "train", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
from gan_course.data import load

digits = load("digits")


def train(hears=True, steps=150):
    torch.manual_seed(0)
    generator, discriminator, draw = Generator(), Discriminator(), torch.Generator().manual_seed(0)
    average = EMA(generator, 0.95)
    optimizer_g = torch.optim.Adam(generator.parameters(), 4e-3, betas=(0.0, 0.99))
    optimizer_d = torch.optim.Adam(discriminator.parameters(), 8e-3, betas=(0.0, 0.99))
    for _ in range(steps):
        rows = balanced_batch(digits.train.labels, 40, draw)
        real, asked = digits.train.x[rows], digits.train.labels[rows]
        step(
            generator,
            discriminator,
            optimizer_g,
            optimizer_d,
            real,
            asked,
            asked if hears else 0 * asked,
        )
        average.update(generator)
    return average


# %% [markdown] nbgrader={"grade": false, "grade_id": "grid_text", "locked": true, "schema_version": 3, "solution": false}
# Each column is one class, and all images of a row have the same noise. Along a row the digit
# should change and the handwriting stay; down a column it should be the other way round.

# %% nbgrader={"grade": false, "grade_id": "grid", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
from gan_course.viz import sample_grid, show

requested = torch.arange(10).repeat(50)


def answers(generator):
    """The ten classes fifty times, each time from one noise; the first forty are shown."""
    torch.manual_seed(0)
    with torch.no_grad():
        samples = generator(torch.randn(50, 32).repeat_interleave(10, dim=0), requested)
    show(
        sample_grid(samples[:40]),
        alt="Forty generated images: asked for were the digits 0 to 9, one a column, in each of "
        "four rows.",
    )
    return samples


samples = answers(train())


# %% [markdown] nbgrader={"grade": false, "grade_id": "numbers_text", "locked": true, "schema_version": 3, "solution": false}
# And in numbers. "Varied" counts only samples that were read as asked, or a wrong digit would count
# as variety. "Varied" and "new" are divided by what held-out digits score, so 1 means "as people
# write". "New" compares 100 samples with 2,000 training images.

# %% nbgrader={"grade": false, "grade_id": "numbers", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
from gan_course.metrics import judge

people, labels = digits.held_out.x[:1000], digits.held_out.labels[:1000]
usual_variety = variety(judge().features(people), labels, 10)


def distances(samples):
    # Ten at a time, since a table of all differences between pixels may not fit into memory.
    return torch.cat(
        [nearest_distance(ten, digits.train.x[:2000]) for ten in samples[:100].split(10)]
    )


def numbers(samples):
    logits, features = judge().logits(samples), judge().features(samples)
    hits = logits.argmax(dim=1) == requested
    print(f"right  {float(share_right(logits, requested)):.2f}")
    if requested[hits].bincount(minlength=10).min() >= 2:  # else some class has no pair
        varied = variety(features[hits], requested[hits], 10) / usual_variety
        print(f"varied {float(varied.mean()):.2f}")
    print(f"new    {float(distances(samples).median() / distances(people).median()):.2f}")


numbers(samples)


# %% [markdown] nbgrader={"grade": false, "grade_id": "deaf_text", "locked": true, "schema_version": 3, "solution": false}
# A "varied" or "new" above 1 is no merit here: after so few steps many strokes are rough, and rough
# strokes are far from one another and from everything that people write. That is why none of the
# three numbers says much alone.
#
# Now the same game, but only the generator hears the label. Before you run the cell: what will
# happen to the columns, and to "right"?

# %% nbgrader={"grade": false, "grade_id": "deaf", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
numbers(answers(train(hears=False)))

# %% [markdown] nbgrader={"grade": false, "grade_id": "end", "locked": true, "schema_version": 3, "solution": false}
# This generator is rewarded for digits that look real, and never for the one that was asked for.
# Its columns may well differ, since the class's vector is one more source of noise, but what they
# show has nothing to do with what was asked. So "right" is whatever chance makes it, and need not
# be a tenth. Where a class has fewer than two samples that were read as asked, "varied" is missing.
#
# ## What you have now
#
# Both ways to tell a network a class, the reason why the second works, and three measures, none of
# which can be left out. Try more steps in `train`, or use `join_to_images` in the discriminator in
# place of the score. Back to [lesson 3](../chapters/03_cgan.ipynb).

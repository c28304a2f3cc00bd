# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown] nbgrader={"grade": false, "grade_id": "title", "locked": true, "schema_version": 3, "solution": false}
# # Exercise 7 · Three ways to marry them
#
# You write the three places where a discriminator enters an autoencoder: who descends which loss in
# a VAE-GAN, how unlike two images are in a discriminator's features, and how an adversary keeps
# codes near a prior. Take about 45 minutes. Everything you need is in [lesson
# 7](../chapters/07_vae_gan.ipynb).
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
from torch.nn import functional as F

from gan_course.practice import check, total

# %% [markdown] nbgrader={"grade": false, "grade_id": "q1_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 1: three networks, four losses
#
# A VAE-GAN has an encoder, a decoder, which is also a generator, and a discriminator. One pass
# through all three gives four losses, scalars on one graph:
#
# - `losses["kl"]`: how far the codes are from noise;
# - `losses["unlike"]`: how unlike an image and what is drawn from its code are, in the features of
#   the discriminator;
# - `losses["discriminator"]`: low where the discriminator tells what is drawn from what is real;
# - `losses["generator"]`: low where it takes what is drawn for real.
#
# Almost every loss depends on almost every network, so a gradient could run anywhere. It must not:
#
# - The encoder wants codes that look like noise and from which the image can be drawn again.
# - The decoder wants to draw the image again, which it weighs with γ (`gamma`), and to fool the
#   discriminator.
# - The discriminator wants to tell apart, and nothing else.
#
# Write the function that leaves in the `.grad` of every parameter the gradient of what its own
# network descends, and nothing else. Gradients of the step before are still there. Three optimisers
# will step after your function; it changes no weight itself.


# %% nbgrader={"grade": false, "grade_id": "q1", "locked": false, "schema_version": 3, "solution": true}
def assign_gradients(losses, encoder, decoder, discriminator, gamma):
    """Fill `.grad` of all parameters: `losses` is a dict of four scalars. Returns nothing."""
    ### BEGIN SOLUTION
    descends = {
        encoder: losses["kl"] + losses["unlike"],
        decoder: gamma * losses["unlike"] + losses["generator"],
        discriminator: losses["discriminator"],
    }
    for network, loss in descends.items():
        network.zero_grad()
        loss.backward(inputs=list(network.parameters()), retain_graph=True)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "q1_check", "locked": true, "points": 3, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
check("07.q1", assign_gradients)

# %% [markdown] nbgrader={"grade": false, "grade_id": "q2_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 2: unlike in features
#
# Moved by one pixel, a digit is the same digit to you and a bad copy to pixel error. So a VAE-GAN
# compares what a discriminator sees. With $f$ the features of one of its layers, an image $x$ and
# the image $\tilde x$ that the decoder drew again from its code,
#
# $$\tfrac12\, \big\lVert f(\tilde x) - f(x) \big\rVert^2 .$$
#
# - This is the cost of one image in nats, up to a constant: each feature is taken to be Gaussian
#   with variance 1. The loss is its mean over the batch.
# - `features(x)` may be maps (N, C, H, W) or one row for each image (N, F).
# - `real` is the target. A gradient must reach `again`, through the features, and not `real`.


# %% nbgrader={"grade": false, "grade_id": "q2", "locked": false, "schema_version": 3, "solution": true}
def feature_error(features, again, real):
    """½ ‖f(again) - f(real)‖², a mean over the batch: images (N, C, H, W); returns a scalar."""
    ### BEGIN SOLUTION
    difference = features(again) - features(real).detach()
    return 0.5 * difference.square().sum() / len(real)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "q2_check", "locked": true, "points": 2, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
check("07.q2", feature_error)

# %% [markdown] nbgrader={"grade": false, "grade_id": "q3_text", "locked": true, "schema_version": 3, "solution": false}
# ## Question 3: an adversary for codes
#
# An adversarial autoencoder has no divergence to write down. A discriminator looks at vectors, and
# says which are draws from the prior and which are codes of images; the encoder wants it to be
# wrong. If even the best discriminator can only guess, all codes together are spread as the prior.
#
# Write both losses. `discriminator(z)` gives logits (N, 1), which may lie in the hundreds; $D(z)$
# is their sigmoid. The discriminator descends the cross-entropy of lesson 1, each kind of vector
# averaged by itself; the encoder descends the form that does not saturate.
#
# - `codes` come straight from the encoder and are not detached. The discriminator's loss must not
#   reach the encoder, and the encoder's must.
# - In the encoder's step the discriminator is frozen already.


# %% nbgrader={"grade": false, "grade_id": "q3", "locked": false, "schema_version": 3, "solution": true}
def discriminator_loss(discriminator, noise, codes):
    """What the discriminator descends: `noise` from the prior, `codes`, both (N, D); a scalar."""
    ### BEGIN SOLUTION
    of_noise, of_codes = discriminator(noise), discriminator(codes.detach())
    return F.softplus(-of_noise).mean() + F.softplus(of_codes).mean()
    ### END SOLUTION


def encoder_loss(discriminator, codes):
    """What the encoder descends: `codes` (N, D); returns a scalar."""
    ### BEGIN SOLUTION
    return F.softplus(-discriminator(codes)).mean()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "q3_check", "locked": true, "points": 3, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
check("07.q3", discriminator_loss, encoder_loss)

# %% nbgrader={"grade": false, "grade_id": "total", "locked": true, "schema_version": 3, "solution": false} tags=["nbval-check-output"]
total("07", globals())

# %% [markdown] nbgrader={"grade": false, "grade_id": "payoff_text", "locked": true, "schema_version": 3, "solution": false}
# ## A small VAE-GAN
#
# Nothing is graded from here on. Your functions of questions 1 and 2 now train three small networks
# on digits, in about twenty seconds. Images are compared behind the discriminator's second
# convolution, and the KL has a weight of 0.03.

# %% nbgrader={"grade": false, "grade_id": "step", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
from gan_course.data import load
from gan_course.likelihood import gaussian_kl, reparameterised
from gan_course.losses import hinge
from gan_course.nets import ConvDiscriminator
from gan_course.nets.vae import ConvDecoder, ConvEncoder

digits, shape = load("digits"), (1, 28, 28)


def step(networks, optimizers, real, gamma):
    encoder, decoder, discriminator = networks
    mu, log_var = encoder(real)
    code = reparameterised(mu, log_var)
    again, drawn = decoder(code).tanh(), decoder(torch.randn_like(code)).tanh()
    scores, fakes = discriminator(real), discriminator(torch.cat([again, drawn]))
    losses = {
        "kl": 0.03 * gaussian_kl(mu, log_var).sum(dim=1).mean(),
        "unlike": feature_error(lambda x: discriminator.features(x, 2), again, real),
        "discriminator": hinge.discriminator(scores, fakes),
        "generator": hinge.generator(fakes),
    }
    assign_gradients(losses, *networks, gamma)
    for optimizer in optimizers:
        optimizer.step()


# %% nbgrader={"grade": false, "grade_id": "train", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
def train(gamma, steps=400, seed=0):
    torch.manual_seed(seed)
    networks = ConvEncoder(shape, 20, 8), ConvDecoder(20, shape, 8), ConvDiscriminator(shape, 8)
    optimizers = [torch.optim.Adam(one.parameters(), 2e-3, (0.0, 0.99)) for one in networks]
    for _ in range(steps):
        step(networks, optimizers, digits.train.x[torch.randint(8000, (64,))], gamma)
    return networks


encoder, decoder, discriminator = train(gamma=0.3)

# %% nbgrader={"grade": false, "grade_id": "picture", "locked": true, "schema_version": 3, "solution": false} tags=["payoff"]
from gan_course.viz import image_rows, show

torch.manual_seed(0)
real = digits.held_out.x[:10]
with torch.no_grad():
    again, drawn = decoder(encoder(real)[0]).tanh(), decoder(torch.randn(10, 20)).tanh()
show(
    image_rows({"held-out digits": real, "drawn again": again, "drawn from noise": drawn}),
    "Ten held-out digits, the same ten as the decoder draws them again, and ten drawn from noise.",
)

# %% [markdown] nbgrader={"grade": false, "grade_id": "end", "locked": true, "schema_version": 3, "solution": false}
# Drawn again, most digits keep their shape, and their strokes are sharp. What is drawn from noise
# is as sharp, and often no digit: a draw from the prior need not be near any image's code.
#
# ## What you have now
#
# Losses that run where they should, an error that sees what a discriminator sees, and an adversary
# in place of a divergence. Try `gamma` at 0 and at 10. Then let `assign_gradients` give all three
# networks the sum of all losses, and look at the digits. Back to [lesson
# 7](../chapters/07_vae_gan.ipynb).

"""How many nats a picture tells about the code it was drawn from: pure functions, each a lower
bound of the mutual information.

Eq. 4 and 5 of Chen et al. 2016 (arXiv:1606.03657): I(c; G(z, c)) is at least H(c) + E log Q(c | x),
with equality where Q is the true posterior. A nat is 1 / log 2 = 1.44 bits. What is returned can be
differentiated, to be raised; over a batch it is an estimate, which may lie above the truth.
"""

from __future__ import annotations

import math

from torch import Tensor
from torch.nn.functional import cross_entropy

from gan_course.errors import expect_floating, expect_labels, expect_same_shape

CODE_ENTROPY = math.log(2)  # of a code that is uniform in [-1, 1], in nats


def categorical_bound(logits: Tensor, category: Tensor) -> Tensor:
    """Nats about a category that is drawn evenly from K: `logits` (N, K) of Q, `category` int64
    (N,) in [0, K); returns a scalar, at most log K.

    Below 0 is a Q that is worse than one that answers every category alike.
    """
    expect_floating("logits", logits)
    if logits.ndim != 2:
        raise ValueError(f"expected logits of shape (N, K), got {tuple(logits.shape)}")
    expect_labels(category, len(logits), logits.shape[-1])
    return math.log(logits.shape[1]) - cross_entropy(logits, category)


def gaussian_bound(mu: Tensor, log_var: Tensor, codes: Tensor) -> Tensor:
    """Nats about each of k codes that are uniform in [-1, 1]: `mu`, `log_var` of Q and `codes`, all
    (N, k); returns (k,).

    By itself it has no highest value: a code that is read to within ±s is worth about -log s.
    `QHead` claims no variance below e⁻⁴, with which a code earns 1.77 nats at most. 0 is about
    what a Q reaches that says 0 with a variance of ⅓ whatever it sees (-0.18: a uniform code is no
    Gaussian).
    """
    expect_floating("mu, log_var and codes", mu, log_var, codes)
    expect_same_shape("mu, log_var and codes", mu, log_var, codes)
    log_q = -0.5 * (math.log(2 * math.pi) + log_var + (codes - mu) ** 2 / log_var.exp())
    return CODE_ENTROPY + log_q.mean(0)

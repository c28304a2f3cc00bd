"""Right answers to exercise 05, written in other ways than the solution, and wrong ones with the
words that tell their hint from others."""

from __future__ import annotations

import warnings
from itertools import permutations

import numpy as np
import torch
from critic_steps import (
    all_at_once,
    by_stride,
    cleared_at_the_end,
    clip_data,
    clipped,
    cross_entropy,
    in_random_order,
    in_two_passes,
    never_released,
    schedule,
    through_the_optimiser,
)
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from torch import nn
from torch.nn import functional as F

from gan_course.losses import hinge, least_squares, non_saturating
from gan_course.losses import wasserstein as game
from gan_course.metrics import wasserstein_samples
from gan_course.models.wgan import WGAN, WGANConfig
from gan_course.penalties import gradient_penalty as library_penalty

# Question 1


def both(critic=game.discriminator, generator=game.generator):
    """Both losses, one of them exchanged."""
    return critic, generator


# Question 2


def each(real, epsilon):
    return epsilon[(...,) + (None,) * (real.ndim - 1)]


def mixed(real, fake, epsilon):
    return fake + each(real, epsilon) * (real - fake)


def slope(critic, x, create_graph=True):
    """The critic's gradient at each sample."""
    x = x.detach().requires_grad_()
    return torch.autograd.grad(critic(x).sum(), x, create_graph=create_graph)[0]


def lengths(g):
    return g.flatten(1).norm(dim=1)


def with_ones(critic, real, fake, epsilon):
    x = torch.einsum("n,n...->n...", epsilon, real) + torch.einsum(
        "n,n...->n...", 1 - epsilon, fake.detach()
    )
    x.requires_grad_(True)
    score = critic(x)
    g = torch.autograd.grad(
        outputs=score,
        inputs=x,
        grad_outputs=torch.ones_like(score),
        create_graph=True,
        retain_graph=True,
    )[0]
    return ((g.reshape(len(g), -1).square().sum(1) + 1e-12).sqrt() - 1).pow(2).mean()


def sample_by_sample(critic, real, fake, epsilon):
    found = [
        slope(critic, (e * r + (1 - e) * f)[None]).norm()
        for r, f, e in zip(real, fake, epsilon, strict=True)
    ]
    return F.mse_loss(torch.stack(found), torch.ones(len(found)))


def transformed(critic, real, fake, epsilon):
    """By torch.func, one gradient for each sample."""
    x = torch.lerp(fake.detach(), real, each(real, epsilon))
    g = torch.func.vmap(torch.func.grad(lambda one: critic(one[None]).squeeze()))(x)
    return (g.flatten(1).norm(dim=1) - 1).square().mean()


def penalty(where=mixed, size=lengths, cost=lambda n: ((n - 1) ** 2).mean(), create_graph=True):
    """The right penalty with one part exchanged."""
    return lambda critic, real, fake, epsilon: cost(
        size(slope(critic, where(real, fake, epsilon), create_graph))
    )


def by_backward(critic, real, fake, epsilon):
    x = mixed(real, fake, epsilon).detach().requires_grad_()
    with warnings.catch_warnings():  # PyTorch warns of it as well
        warnings.simplefilter("ignore")
        critic(x).sum().backward(create_graph=True)
    return ((lengths(x.grad) - 1) ** 2).mean()


def still_attached(critic, real, fake, epsilon):
    x = mixed(real, fake, epsilon)
    x.requires_grad_()
    (g,) = torch.autograd.grad(critic(x).sum(), x, create_graph=True)
    return ((lengths(g) - 1) ** 2).mean()


def half_cut(critic, real, fake, epsilon):
    n = lengths(slope(critic, mixed(real, fake, epsilon)))
    return ((n - 1) * (n.detach() - 1)).mean()


def grad_of(target, at="mixed"):
    """Gradients asked for in a way that PyTorch refuses."""

    def gradient_penalty(critic, real, fake, epsilon):
        x = mixed(real, fake, epsilon).detach()
        seen = x.clone().requires_grad_()
        score = critic(seen if at == "mixed" else seen * 1.0)
        (g,) = torch.autograd.grad(
            target(score),
            {"mixed": seen, "unseen": x.requires_grad_()}[at if at == "mixed" else "unseen"],
            create_graph=True,
        )
        return ((lengths(g) - 1) ** 2).mean()

    return gradient_penalty


def no_leaf(critic, real, fake, epsilon):
    x = mixed(real, fake.detach(), epsilon)
    (g,) = torch.autograd.grad(critic(x).sum(), x, create_graph=True)
    return ((lengths(g) - 1) ** 2).mean()


# Question 3


def clip_by_library(critic, c):
    model = WGAN(WGANConfig(clip=c))
    model.critic = critic
    model.clip_critic()


def clip_in_place(critic, c):
    with torch.no_grad():
        for weight in critic.parameters():
            weight[weight > c] = c
            weight[weight < -c] = -c


def no_grad_each(change, chosen=lambda name: True):
    def clip_weights(critic, c):
        with torch.no_grad():
            for name, weight in critic.named_parameters():
                if chosen(name):
                    weight.copy_(change(weight, c))

    return clip_weights


def clamp(weight, c):
    return weight.clamp(-c, c)


def renamed(critic, c):
    for weight in critic.parameters():
        weight = weight.clamp(-c, c)  # noqa: PLW2901


def without_no_grad(critic, c):
    for weight in critic.parameters():
        weight.clamp_(-c, c)


def new_parameters(critic, c):
    for module in critic.modules():
        for name, weight in list(module.named_parameters(recurse=False)):
            new = nn.Parameter(weight.detach().clamp(-c, c))
            new.grad = weight.grad
            setattr(module, name, new)


def whole_state(critic, c):
    for value in critic.state_dict().values():
        value.clamp_(-c, c)


def whole_state_of_floats(critic, c):
    for value in critic.state_dict().values():
        if value.is_floating_point():
            value.clamp_(-c, c)


def clip_and_freeze(critic, c):
    critic.requires_grad_(False)
    for weight in critic.parameters():
        weight.clamp_(-c, c)


def all_gradients(critic, c):
    nn.utils.clip_grad_value_(critic.parameters(), c)


def norm_of_gradients(critic, c):
    nn.utils.clip_grad_norm_(critic.parameters(), c)


def norm_of_all(critic, c):
    length = torch.cat([weight.detach().flatten() for weight in critic.parameters()]).norm()
    no_grad_each(lambda w, c: w * c / length)(critic, c)


def idle(critic, optimizer, real, fake, c):
    clip_data(critic, c)


# Question 5


def by_library(a, b):
    return wasserstein_samples(a, b)


def by_scipy(a, b):
    costs = cdist(a.numpy(), b.numpy())
    return costs[linear_sum_assignment(costs)].mean()


def by_all_pairings(a, b):
    return torch.stack(
        [(a - b[list(order)]).norm(dim=1).mean() for order in permutations(range(len(b)))]
    ).min()


def table(a, b):
    return (a[:, None] - b).norm(dim=2)


def assigned(costs):
    return costs[linear_sum_assignment(costs)]


def in_turn(a, b):
    left, total = table(a, b), 0.0
    for row in left:
        total += float(row.min())
        left[:, row.argmin()] = torch.inf
    return total / len(a)


def greedy(a, b):
    left, found = table(a, b), []
    for _ in a:
        row, column = divmod(int(left.argmin()), len(a))
        found.append(float(left[row, column]))
        left[row], left[:, column] = torch.inf, torch.inf
    return torch.tensor(found).mean()


RIGHT = {
    "05.q1": {
        "negative gap": (
            lambda real, fake: -(real.mean() - fake.mean()),
            lambda fake: (-fake).mean(),
        ),
        "mean of differences": (
            lambda real, fake: (fake - real).mean(),
            lambda fake: fake.mean().neg(),
        ),
        "sums": (
            lambda real, fake: fake.sum() / len(fake) - real.sum() / len(real),
            lambda fake: -fake.sum() / len(fake),
        ),
        "the library's": both(),
    },
    "05.q2": {
        "ones for the scores": (with_ones,),
        "sample by sample": (sample_by_sample,),
        "by torch.func": (transformed,),
        "by parts": (penalty(),),
        "the library's": (library_penalty,),
    },
    "05.q3": {
        "data": (clip_data, through_the_optimiser),
        "two passes": (clip_in_place, in_two_passes),
        "one batch": (clip_by_library, all_at_once),
        "by parts": (no_grad_each(clamp), clipped()),
    },
    "05.q4": {
        "by stride": (by_stride,),
        "in random order": (in_random_order,),
        "cleared at the end": (cleared_at_the_end,),
        "by parts": (schedule(),),
    },
    "05.q5": {
        "the library's": (by_library,),
        "by scipy": (by_scipy,),
        "all pairings": (by_all_pairings,),
        "other way round": (lambda a, b: assigned(table(b, a)).double().mean(),),
    },
}

WRONG = {
    "05.q1": {
        "sign": (
            both(critic=lambda real, fake: real.mean() - fake.mean()),
            "the gap that the critic wants large",
        ),
        "sum": (
            both(critic=lambda real, fake: (fake - real).sum()),
            "`critic_loss` grows when the batch",
        ),
        "half": (
            both(critic=lambda real, fake: torch.cat([fake, -real]).mean()),
            "is half of what is asked for",
        ),
        "real alone": (both(critic=lambda real, fake: -real.mean()), "never looks at the fakes"),
        "fake alone": (
            both(critic=lambda real, fake: fake.mean()),
            "never looks at the real samples",
        ),
        "alike": (
            both(critic=lambda real, fake: -real.mean() - fake.mean()),
            "treats real and fake alike",
        ),
        "cross-entropy": (
            both(critic=non_saturating.discriminator),
            "is the cross-entropy of lesson 1",
        ),
        "sigmoid": (
            both(critic=lambda real, fake: fake.sigmoid().mean() - real.sigmoid().mean()),
            "squashes the scores into (0, 1)",
        ),
        "hinge": (both(critic=hinge.discriminator), "is the hinge loss"),
        "least squares": (both(critic=least_squares.discriminator), "targets of 1 and 0"),
        "absolute gap": (
            both(critic=lambda real, fake: (real.mean() - fake.mean()).abs()),
            "forgets the sign of the gap",
        ),
        "minus absolute gap": (
            both(critic=lambda real, fake: -(real.mean() - fake.mean()).abs()),
            "forgets the sign of the gap",
        ),
        "absolute differences": (
            both(critic=lambda real, fake: F.l1_loss(fake, real)),
            "with sample i, without the sign",
        ),
        "squared differences": (
            both(critic=lambda real, fake: F.mse_loss(fake, real)),
            "with sample i, and squares",
        ),
        "squared gap": (
            both(critic=lambda real, fake: (real.mean() - fake.mean()) ** 2),
            "squares the gap",
        ),
        "logarithms": (
            both(critic=lambda real, fake: fake.log().mean() - real.log().mean()),
            "`critic_loss` is nan or infinite",
        ),
        "probabilities": (
            both(critic=lambda real, fake: F.binary_cross_entropy(real, torch.ones_like(real))),
            "scores are none",
        ),
        "clamped": (
            both(critic=lambda real, fake: (fake.clamp(-30, 30) - real.clamp(-30, 30)).mean()),
            "not for scores of 100",
        ),
        "median": (both(critic=lambda real, fake: fake.median() - real.median()), "scores 3 and 5"),
        "one by one": (both(critic=lambda real, fake: fake - real), "`critic_loss` returned shape"),
        "number": (
            both(critic=lambda real, fake: (fake.mean() - real.mean()).item()),
            "expected a tensor",
        ),
        "nothing": (both(critic=lambda real, fake: None), "returned None"),
        "detached": (
            both(critic=lambda real, fake: game.discriminator(real, fake.detach())),
            "`critic_loss` has the right value, but no gradient",
        ),
        "half detached": (
            both(critic=lambda real, fake: game.discriminator(real, fake / 2 + fake.detach() / 2)),
            "`critic_loss` has the right value and a wrong",
        ),
        "generator's sign": (
            both(generator=lambda fake: fake.mean()),
            "does the generator want them low",
        ),
        "generator's sum": (
            both(generator=lambda fake: -fake.sum()),
            "`generator_loss` grows when the batch",
        ),
        "generator's cross-entropy": (
            both(generator=non_saturating.generator),
            "the generator's loss of lesson 1",
        ),
        "generator's minimax": (
            both(generator=lambda fake: -F.softplus(fake).mean()),
            "log(1 - D(fake)) of lesson 1",
        ),
        "generator's sigmoid": (
            both(generator=lambda fake: -fake.sigmoid().mean()),
            "left of the push",
        ),
        "generator's hinge": (
            both(generator=lambda fake: F.relu(1 - fake).mean()),
            "stops at a score of 1",
        ),
        "generator's target": (
            both(generator=least_squares.generator),
            "pulls the scores to a target",
        ),
        "generator's absolute": (
            both(generator=lambda fake: -fake.abs().mean()),
            "forgets the sign of the scores",
        ),
        "generator's square": (
            both(generator=lambda fake: fake.pow(2).mean()),
            "squares the scores",
        ),
        "generator's logarithm": (
            both(generator=lambda fake: -fake.log().mean()),
            "`generator_loss` is nan or infinite",
        ),
        "generator's clamp": (
            both(generator=lambda fake: -fake.clamp(-30, 30).mean()),
            "`generator_loss` is right for scores near 0",
        ),
        "generator's detached": (
            both(generator=lambda fake: -fake.detach().mean()),
            "`generator_loss` has the right value, but no gradient",
        ),
    },
    "05.q2": {
        "at the real ones": (
            (penalty(where=lambda real, fake, e: real),),
            "on the real samples only",
        ),
        "at the fakes": ((penalty(where=lambda real, fake, e: fake),), "on the fakes only"),
        "swapped": (
            (penalty(where=lambda real, fake, e: mixed(fake, real, e)),),
            "nearer to the fakes",
        ),
        "halfway": ((penalty(where=lambda real, fake, e: (real + fake) / 2),), "halfway between"),
        "mean ε": (
            (penalty(where=lambda real, fake, e: mixed(real, fake, e.mean().expand(len(e)))),),
            "one ε for the whole batch",
        ),
        "first ε": (
            (penalty(where=lambda real, fake, e: e[0] * real + (1 - e[0]) * fake),),
            "one ε for the whole batch",
        ),
        "own ε": (
            (penalty(where=lambda real, fake, e: mixed(real, fake, torch.rand(len(e)))),),
            "what else is drawn",
        ),
        "ε for each pixel": (
            (penalty(where=lambda real, fake, e: torch.lerp(fake, real, torch.rand_like(real))),),
            "what else is drawn",
        ),
        "ε along rows": (
            (
                penalty(
                    where=lambda real, fake, e: e.view(-1, 1) * real + (1 - e.view(-1, 1)) * fake
                ),
            ),
            "along which side of an image",
        ),
        "ε along columns": (
            (penalty(where=lambda real, fake, e: e * real + (1 - e) * fake),),
            "do you let it run along",
        ),
        "ε for images": (
            (
                penalty(
                    where=lambda real, fake, e: (
                        e.view(-1, 1, 1, 1) * real + (1 - e.view(-1, 1, 1, 1)) * fake
                    )
                ),
            ),
            "does your ε get one for each",
        ),
        "off the line": (
            (penalty(where=lambda real, fake, e: each(real, e) * real + fake),),
            "leaves the line",
        ),
        "one-sided": (
            (penalty(cost=lambda n: F.relu(n - 1).square().mean()),),
            "lets slopes below one pass",
        ),
        "other side": (
            (penalty(cost=lambda n: F.relu(1 - n).square().mean()),),
            "lets slopes above one pass",
        ),
        "to zero": ((penalty(cost=lambda n: n.square().mean()),), "wants a slope of 0"),
        "mean slope": ((penalty(cost=lambda n: n.mean()),), "is the mean slope"),
        "squared norm": (
            (penalty(cost=lambda n: (n.square() - 1).square().mean()),),
            "compares the square of the norm",
        ),
        "norm over the batch": (
            (penalty(size=lambda g: g.norm()),),
            "one norm over the whole batch",
        ),
        "mean first": (
            (penalty(cost=lambda n: (n.mean() - 1).square()),),
            "averages the slopes before",
        ),
        "norm over channels": (
            (penalty(size=lambda g: g.norm(dim=1)),),
            "over which dimensions of an image",
        ),
        "norm over the last": (
            (penalty(size=lambda g: g.norm(dim=-1)),),
            "over which dimensions of an image",
        ),
        "norm for images": (
            (penalty(size=lambda g: g.norm(dim=(1, 2, 3))),),
            "Which dimensions does a sample of shape (N, 2) have",
        ),
        "mean over pixels": (
            (penalty(size=lambda g: g.flatten(1).square().mean(1).sqrt()),),
            "inside the root",
        ),
        "absolute slopes": (
            (penalty(size=lambda g: g.flatten(1).abs().sum(1)),),
            "adds up absolute slopes",
        ),
        "every derivative": ((penalty(size=lambda g: g),), "every partial derivative"),
        "not squared": ((penalty(cost=lambda n: (n - 1).abs().mean()),), "without squaring it"),
        "no square at all": (
            (penalty(cost=lambda n: (n - 1).mean()),),
            "is negative where the critic is flat",
        ),
        "mean of scores": (
            (grad_of(lambda score: score.mean()),),
            "as many times too small as there are samples",
        ),
        "sum": ((penalty(cost=lambda n: (n - 1).square().sum()),), "grows when the batch"),
        "with its weight": (
            (penalty(cost=lambda n: 10 * (n - 1).square().mean()),),
            "is ten times as large",
        ),
        "half": (
            (penalty(cost=lambda n: (n - 1).square().mean() / 2),),
            "is half of what is asked for",
        ),
        "largest": ((penalty(cost=lambda n: (n - 1).square().max()),), "a critic 3x on a line"),
        "not a number": (
            (penalty(cost=lambda n: (n - 1).pow(2.5).log().mean()),),
            "is nan or infinite",
        ),
        "one by one": ((penalty(cost=lambda n: (n - 1).square()),), "expected a scalar"),
        "no graph": ((penalty(create_graph=False),), "What keeps a slope's graph"),
        "detached": ((lambda *inputs: penalty()(*inputs).detach(),), "What keeps a slope's graph"),
        "half cut": ((half_cut,), "a wrong gradient at the critic's weights"),
        "by backward": ((by_backward,), "leaves gradients in the critic's weights"),
        "attached": (
            (lambda critic, real, fake, e: still_attached(critic, real.requires_grad_(), fake, e),),
            "sends a gradient back into the fakes",
        ),
        "gradient of a column": ((grad_of(lambda score: score),), "Which one number of the column"),
        "no leaf": ((no_leaf,), "must PyTorch know about x̂"),
        "unseen": (
            (grad_of(lambda score: score.sum(), at="unseen"),),
            "the tensor that the critic saw",
        ),
    },
    "05.q3": {
        "renamed": ((renamed, clipped()), "leaves every weight as it was"),
        "no bound below": (
            (no_grad_each(lambda w, c: w.clamp(max=c)), clipped()),
            "has no bound below",
        ),
        "no bound above": (
            (no_grad_each(lambda w, c: w.clamp(min=-c)), clipped()),
            "has no bound above",
        ),
        "from 0": (
            (no_grad_each(lambda w, c: w.clamp(0, c)), clipped()),
            "makes negative weights 0",
        ),
        "absolute": (
            (no_grad_each(lambda w, c: w.abs().clamp(max=c)), clipped()),
            "loses the signs",
        ),
        "matrices": (
            (no_grad_each(lambda w, c: clamp(w, c) if w.ndim > 1 else w), clipped()),
            "those of one dimension",
        ),
        "weights": (
            (no_grad_each(clamp, lambda name: "weight" in name), clipped()),
            "not called `weight`",
        ),
        "biases": (
            (no_grad_each(clamp, lambda name: "bias" in name), clipped()),
            "clips biases only",
        ),
        "first layer": (
            (no_grad_each(clamp, lambda name: name[0] == "0"), clipped()),
            "clips the first layer only",
        ),
        "last layer": (
            (no_grad_each(clamp, lambda name: name[0] == "3"), clipped()),
            "clips the last layer only",
        ),
        "rescaled": (
            (no_grad_each(lambda w, c: w * c / w.abs().max()), clipped()),
            "rescales each tensor",
        ),
        "norm": (
            (no_grad_each(lambda w, c: w * c / w.norm()), clipped()),
            "bounds the norm of each tensor",
        ),
        "norm of all": ((norm_of_all, clipped()), "bounds the norm of all weights"),
        "squashed": (
            (no_grad_each(lambda w, c: c * torch.tanh(w / c)), clipped()),
            "squashes every weight",
        ),
        "signs": (
            (no_grad_each(lambda w, c: c * w.sign()), clipped()),
            "puts every weight on the edge",
        ),
        "set to 0": (
            (no_grad_each(lambda w, c: torch.where(w.abs() > c, 0, w)), clipped()),
            "too large to 0",
        ),
        "the paper's c": (
            (no_grad_each(lambda w, c: clamp(w, 0.01)), clipped()),
            "clips to the paper's 0.01",
        ),
        "one": ((no_grad_each(lambda w, c: clamp(w, 1)), clipped()), "clips to [-1, 1]"),
        "half of c": (
            (no_grad_each(lambda w, c: clamp(w, c / 2)), clipped()),
            "what becomes of weights -2",
        ),
        "gradients": ((all_gradients, clipped()), "changes the gradients"),
        "norm of gradients": ((norm_of_gradients, clipped()), "changes the gradients"),
        "new parameters": ((new_parameters, clipped()), "new parameters in place of the old"),
        "buffers too": ((whole_state_of_floats, clipped()), "changes buffers as well"),
        "even what counts": ((whole_state, clipped()), "only count, or keep statistics"),
        "frozen": ((clip_and_freeze, clipped()), "a weight learns no more"),
        "recorded": ((without_no_grad, clipped()), "is no part of it"),
        "never clipped": ((clip_data, clipped(clip="never")), "leaves weights outside"),
        "clipped first": ((clip_data, clipped(clip="before")), "and then moves the weights out"),
        "clipped between": ((clip_data, clipped(clip="early")), "and then moves the weights out"),
        "gradients clipped": ((clip_data, clipped(clip="gradients")), "how far the critic moves"),
        "climbs": (
            (clip_data, clipped(loss=lambda real, fake: real.mean() - fake.mean())),
            "makes the critic worse",
        ),
        "keeps gradients": ((clip_data, clipped(clear="never")), "on gradients of earlier calls"),
        "clears at the end": (
            (clip_data, clipped(clear="last")),
            "After one call of `critic_step`",
        ),
        "cross-entropy": (
            (clip_data, clipped(loss=cross_entropy)),
            "down the cross-entropy of lesson 1",
        ),
        "real alone": (
            (clip_data, clipped(loss=lambda real, fake: -real.mean())),
            "learns from the real samples only",
        ),
        "fake alone": (
            (clip_data, clipped(loss=lambda real, fake: fake.mean())),
            "learns from the fakes only",
        ),
        "sum": (
            (clip_data, clipped(loss=lambda real, fake: (fake - real).sum())),
            "as many times too far",
        ),
        "no step": ((clip_data, clipped(steps=0)), "optimiser never takes a step"),
        "two steps": ((clip_data, clipped(steps=2)), "should take one step a call"),
        "cleared before the step": ((clip_data, clipped(clear="late")), "the critic stands still"),
        "attached": ((clip_data, clipped(detach=False)), "back into what drew the fakes"),
        "idle": ((clip_data, idle), "optimiser never takes a step"),
    },
    "05.q4": {
        "same real samples": ((schedule(rows="same"),), "steps get the same real samples"),
        "overlapping": ((schedule(rows="overlapping"),), "steps get the same real samples"),
        "all real samples": ((schedule(rows="all"),), "real samples. How many are due"),
        "one real sample": ((schedule(rows="one"),), "gets the same real sample twice"),
        "noisy real samples": ((schedule(rows="noisy"),), "that are not rows of `real`"),
        "fakes for real": ((schedule(rows="swapped"),), "that are not rows of `real`"),
        "half of the samples": ((schedule(size=2),), "real samples. How many are due"),
        "same fakes": ((schedule(fakes="same"),), "steps get the same fakes"),
        "own noise": ((schedule(fakes="own"),), "did not make of what `draw_noise` gives"),
        "nothing but own noise": (
            (schedule(fakes="own", last="own"),),
            "`draw_noise` is never called",
        ),
        "attached": ((schedule(detach=False),), "still hang on the generator"),
        "one step more": ((schedule(steps=1),), "Where does your loop begin and end"),
        "one step less": ((schedule(steps=-1),), "Where does your loop begin and end"),
        "no critic": ((schedule(steps=-3),), "`update_critic` is never called"),
        "generator each time": ((schedule(g_steps="every"),), "The generator takes 3 steps"),
        "generator first": ((schedule(g_steps="first"),), "before the critic has taken all"),
        "no generator": ((schedule(g_steps="never"),), "generator's optimiser never takes a step"),
        "used noise": ((schedule(last="used"),), "nothing is left for the generator"),
        "generator's own noise": ((schedule(last="own"),), "nothing is left for the generator"),
        "twice as many": ((schedule(last="twice as many"),), "8 rows of noise that are new"),
        "all noise": ((schedule(last="all"),), "takes in fakes of the critic's steps"),
        "keeps gradients": ((schedule(clear=False),), "carries its gradient over"),
        "sign": ((schedule(loss=lambda scores: scores.mean()),), "lowers the scores"),
        "sum": ((schedule(loss=lambda scores: -scores.sum()),), "as many times too far"),
        "cross-entropy": (
            (schedule(loss=lambda scores: F.softplus(-scores).mean()),),
            "goes down the loss of lesson 1",
        ),
        "squared": (
            (schedule(loss=lambda scores: scores.square().mean()),),
            "Which scores does that loss average",
        ),
        "critic of the beginning": ((schedule(asks="at first"),), "as it was at the beginning"),
        "critic of before": ((schedule(asks="before the last"),), "of before its last step"),
        "scored too early": ((schedule(asks="in one graph"),), "Weights changed between"),
        "cut": ((schedule(cut=True),), "the generator stands still"),
        "moves the critic": ((schedule(moves_critic=True),), "moves the critic as well"),
        "never released": ((never_released,), "Was a network frozen"),
    },
    "05.q5": {
        "nearest": ((lambda a, b: table(a, b).amin(1).mean(),), "go to its nearest"),
        "nearest the other way": ((lambda a, b: table(a, b).amin(0).mean(),), "go to its nearest"),
        "in order": ((lambda a, b: (a - b).norm(dim=1).mean(),), "by their place in the list"),
        "greedy": ((greedy,), "takes near pairs first"),
        "one after another": ((in_turn,), "takes near pairs first"),
        "sum": ((lambda a, b: assigned(table(a, b)).sum(),), "adds the distances up"),
        "squares": ((lambda a, b: assigned(table(a, b) ** 2).mean(),), "takes squared distances"),
        "root of squares": (
            (lambda a, b: assigned(table(a, b) ** 2).mean().sqrt(),),
            "root of a mean of squares",
        ),
        "paired by squares": (
            (lambda a, b: table(a, b)[linear_sum_assignment(table(a, b) ** 2)].mean(),),
            "Which sum is to be least",
        ),
        "columns before rows": (
            (lambda a, b: table(a, b)[linear_sum_assignment(table(a, b))[::-1]].mean(),),
            "the wrong way round",
        ),
        "all pairs": ((lambda a, b: table(a, b).mean(),), "averages over all pairs"),
        "absolute": (
            (lambda a, b: assigned((a[:, None] - b).abs().sum(2)).mean(),),
            "adds up absolute differences",
        ),
        "means": ((lambda a, b: (a.mean(0) - b.mean(0)).norm(),), "the distance of the two means"),
        "sorted axes": (
            (lambda a, b: (a.sort(0).values - b.sort(0).values).norm(dim=1).mean(),),
            "pairs each coordinate",
        ),
        "worst": ((lambda a, b: -assigned(-table(a, b)).mean(),), "the worst pairing"),
        "of the costs' indices": (
            (lambda a, b: float(np.mean(linear_sum_assignment(table(a, b))[1])),),
            "0 and 1 here",
        ),
        "not crossed": (
            (lambda a, b: linear_sum_assignment((a - b).norm(dim=1))[0].mean(),),
            "wants a table",
        ),
        "one by one": ((lambda a, b: assigned(table(a, b)),), "expected a scalar"),
        "around 0": (
            (lambda a, b: assigned(table(a, b)).mean() if a.abs().max() < 50 else a.mean(),),
            "when both sets are moved",
        ),
        "never 0": (
            (lambda a, b: assigned(table(a, b) + (table(a, b) < 1e-6)).mean(),),
            "a set and itself",
        ),
        "list": ((lambda a, b: assigned(table(a, b)).tolist(),), "returned a list"),
    },
}

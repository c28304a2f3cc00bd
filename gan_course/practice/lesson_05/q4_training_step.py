"""Question 05.q4: one training step, in which the critic moves several times and the generator
once."""
# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import torch
from torch.nn import functional as F

from gan_course.practice.lesson_05.recording import (
    EACH,
    FEATURES,
    N_CRITIC,
    matrix,
    read,
    recorded,
    slope,
    start,
)
from gan_course.practice.lesson_05.schedule import (
    by_stride,
    cleared_at_the_end,
    in_random_order,
    schedule,
)
from gan_course.practice.question import (
    Computed,
    Part,
    Question,
    mistakes,
)
from gan_course.practice.returned import anything


def in_closed_form(generator, critic, optimizer_g, update_critic, real, draw_noise, n_critic):
    for part in real.view(n_critic, EACH, FEATURES):
        update_critic(part, generator(draw_noise(EACH)).detach())
    inputs = torch.cat([draw_noise(EACH), torch.ones(EACH, 1)], dim=1)
    found = slope(critic.stacked(), matrix(generator), inputs)
    generator.weight.grad, generator.bias.grad = found[:, :-1].clone(), found[:, -1].clone()
    optimizer_g.step()


def moved(generator, critic):
    with torch.no_grad():
        for weight in critic.parameters():
            weight.sub_(0.1 * weight.grad)


def of_call(name, text):
    """A hint with the number that is wrong first, and what belongs to its call."""

    def said(found, right):
        i, *place = (found[name] != right[name]).nonzero()[0].tolist()
        x, (step, column) = found[name][(i, *place)].item(), (*place, 0, 0)[:2]
        return text.format(
            x=f"{x:g}",
            s="s" * (x != 1),
            n=N_CRITIC[i],
            all=N_CRITIC[i] * EACH,
            step=step + 1,
            what=("real samples", "fakes")[column],
        )

    return Computed(said)


OTHERWISE = {
    "generator steps": of_call(
        "generator steps",
        "The generator takes {x} steps in one call. How many critic steps go before each of the "
        "generator's?",
    ),
    "critic steps": of_call(
        "critic steps",
        "With n_critic = {n}, the critic takes {x} step{s} in one call. Where does your loop begin "
        "and end?",
    ),
    "sizes": of_call(
        "sizes",
        "Of {all} real samples and n_critic = {n}, critic step {step} gets {x} {what}. How many "
        "are due to each?",
    ),
    "left": of_call(
        "left",
        "The generator steps with {x} rows of noise that are new. The question asks for as many as "
        "each critic step gets.",
    ),
    "moves between": "The generator moves between the critic's steps. Who else may step before the "
    "critic is done?",
    "off by": "The critic's steps are right, and the generator is not where its own loss leads. "
    "Which scores does that loss average?",
}

STEP = Part(
    "training_step",
    start,
    in_closed_form,
    also_right={
        "by stride": by_stride,
        "in random order": in_random_order,
        "cleared at the end": cleared_at_the_end,
        "by parts": schedule(),
    },
    probe=recorded,
    read=read,
    returns=anything,
    may_change=(
        "generator.weights",
        "generator.gradients",
        "critic.weights",
        "critic.gradients",
        "torch",
    ),
    otherwise=OTHERWISE,
    mistakes=mistakes(
        schedule(g_steps="never"),
        "The generator's optimiser never takes a step.",
        schedule(steps=-3),
        "`update_critic` is never called.",
        schedule(g_steps="every"),
        OTHERWISE["generator steps"],
        schedule(steps=1),
        schedule(steps=-1),
        OTHERWISE["critic steps"],
        schedule(rows="all"),
        OTHERWISE["sizes"],
        schedule(last="twice as many"),
        OTHERWISE["left"],
        schedule(loss=lambda scores: scores.square().mean()),
        OTHERWISE["off by"],
        schedule(g_steps="first"),
        "The generator steps before the critic has taken all its steps. Which critic should it "
        "ask?",
        schedule(rows="noisy"),
        "The critic is shown real samples that are not rows of `real`. What changes them?",
        schedule(rows="one"),
        "One critic step gets the same real sample twice.",
        schedule(rows="same"),
        schedule(rows="overlapping"),
        "Different critic steps get the same real samples. How many rows has `real`, and which are "
        "due to the second step?",
        schedule(fakes="own", last="own"),
        "`draw_noise` is never called. Where does your noise come from?",
        schedule(fakes="own"),
        "The critic is shown fakes that the generator did not make of what `draw_noise` gives. "
        "Where do they come from?",
        schedule(fakes="same"),
        "Different critic steps get the same fakes, so that the critic may learn them by heart. "
        "How often is noise drawn?",
        schedule(detach=False),
        "The fakes that the critic learns from still hang on the generator: the critic's loss runs "
        "back through it. What cuts that path?",
        schedule(last="used"),
        schedule(last="own"),
        "Of what `draw_noise` gave, nothing is left for the generator's step. Where does its noise "
        "come from, and has the critic seen it?",
        schedule(after=moved),
        "The generator's step moves the critic as well. Whose weights may change in it?",
        schedule(last="cut"),
        "The generator's optimiser steps but the generator stands still. Does its own loss reach "
        "it, and is `.grad` filled at that moment?",
        schedule(loss=torch.mean),
        "The generator lowers the scores of its samples. Whose wish does its loss express?",
        schedule(clear=False),
        "The generator carries its gradient over from the call before. Who clears it, and when?",
        schedule(loss=lambda scores: -scores.sum()),
        "The generator moves as many times too far as there are samples. Is its loss a sum or a "
        "mean?",
        schedule(asks="at first"),
        "The generator asks the critic as it was at the beginning. Which critic knows more?",
        schedule(asks="before the last"),
        "The generator asks the critic of before its last step. When are the generator's samples "
        "scored?",
        schedule(loss=lambda scores: F.softplus(-scores).mean()),
        "The generator goes down the loss of lesson 1. Which one belongs to a critic?",
        schedule(last="all"),
        "The generator's loss takes in fakes of the critic's steps. The question asks for fresh "
        "ones alone.",
        schedule(rows="bare"),
        "Which rows of `real`, and how many samples, are due to each critic step?",
        schedule(detach=False, last="the critic's"),
        "Two losses run backward through one graph. Which of them should never reach the "
        "generator?",
        schedule(asks="too early"),
        "Weights changed between a forward pass and its backward pass. When are the generator's "
        "samples scored?",
        schedule(after=lambda generator, critic: critic.requires_grad_(False)),
        "No parameter that can learn is left behind this loss. Was a network frozen, or the "
        "generator's own samples cut off?",
    ),
)

QUESTION = Question("05.q4", "the critic's steps and the generator's", 4, (STEP,))

"""Hints for mistakes that any function can have. `{f}` is the learner's function, `{x}` the thing
that the hint is about."""

from __future__ import annotations

NOTHING = "`{f}` gave no numbers to judge."
UNJUDGED = "`{f}` cannot be judged, since the course's own answer fails here: {said}"
SHAPE = "`{f}` returned shape {found}, expected {wanted}."
SCALAR = " One number for the whole batch is asked for: which reduction gives it?"
WHOLE = "`{f}` returned whole numbers ({dtype}), expected floating ones. What rounds them?"
NOT_FINITE = "`{f}` is nan or infinite at ordinary inputs. What does it divide by, or take the "
NOT_FINITE += "root or the logarithm of?"
OTHERWISE = "`{f}` gives other numbers than the question asks for. Work it out by hand for two or "
OTHERWISE += "three small numbers, and compare."
NO_GRADIENT = "`{f}` has the right value, but no gradient reaches {x}. What cuts the path: "
NO_GRADIENT += "`detach`, `no_grad`, a new tensor?"
WRONG_GRADIENT = "`{f}` has the right value and a wrong gradient at {x}. Is a part of it left out "
WRONG_GRADIENT += "of the graph?"
STRAY_GRADIENT = "`{f}` has the right value, but a gradient of it runs on into {x}, which should "
STRAY_GRADIENT += "get none. Where should that path end?"

# A hint that many questions have in their lists of mistakes.
REPEATED = "grows when the batch is repeated. Which reduction makes it independent of the batch "
REPEATED += "size?"

# Side effects by kind, as `watching.py` tells them apart, in the order in which they are told: the
# earlier ones often cause the later ones.
_DRAWS = "`{f}` draws from {source}, or seeds it, where nothing is left to chance. Whoever draws "
_DRAWS += "next gets other numbers because of that."
SIDE_EFFECTS = {
    # a module
    "replaced": (
        "`{f}` puts new parameters in place of the old ones of `{x}`, which the optimiser still "
        "holds. How does one change a tensor in place?"
    ),
    "weights": (
        "`{f}` changes weights of `{x}`, which it should leave alone. Which line of yours writes "
        "into them?"
    ),
    "history": (
        "After `{f}` a weight of `{x}` learns no more, because it has a history. Which block turns "
        "the recording off for a moment?"
    ),
    "learning": (
        "After `{f}` weights of `{x}` learn no more, or learn when they should not: their "
        "`requires_grad` is not what it was. Which line puts it back?"
    ),
    "cleared": (
        "`{f}` clears gradients that stood in the weights of `{x}`, and with them what another "
        "loss has put there. Whose are they to clear?"
    ),
    "gradients": (
        "`{f}` changes the gradients that stand in the weights of `{x}`, and the next step would "
        "use them. What returns gradients and stores them nowhere?"
    ),
    "mode": (
        "`{f}` leaves `{x}` in another mode: `train()` and `eval()` hold until somebody sets them "
        "back. Which of your lines needs that mode?"
    ),
    "buffers": (
        "`{f}` changes buffers of `{x}`, statistics that nothing learns. Which of a module's "
        "tensors does the question name?"
    ),
    "module hooks": "`{f}` leaves a hook on `{x}`, which runs whenever it is used again.",
    # a tensor, an array, a list
    "written": (
        "`{f}` writes into `{x}`, which is not its own: whoever uses it next finds it changed. "
        "Which operation makes a new one instead?"
    ),
    "graph": (
        "`{f}` cuts `{x}` itself off from what it was made of, so that nobody learns through it "
        "any more. Which call makes a copy that is cut off?"
    ),
    "flag": (
        "`{f}` changes `requires_grad` of `{x}`, which is not its own. Which copy of it could you "
        "ask for gradients?"
    ),
    "grad": (
        "`{f}` changes what stands in `{x}.grad`, which the next step would use. What returns a "
        "gradient and stores it nowhere?"
    ),
    "behind": (
        "`{f}` sends a gradient into what `{x}` was made of, which stays there for the next step. "
        "Which of your lines runs backward, and how far?"
    ),
    "hooks": "`{f}` leaves a hook on `{x}`, which runs in every later backward pass.",
    # an optimiser
    "settings": (
        "`{f}` changes the settings of `{x}`, such as its learning rate, for all steps to come."
    ),
    # what the whole process shares
    "torch": _DRAWS.replace("{source}", "PyTorch's random generator"),
    "numpy": _DRAWS.replace("{source}", "NumPy's random generator"),
    "python": _DRAWS.replace("{source}", "Python's random generator"),
    "switch": (
        "`{f}` leaves the recording of gradients switched off or on for all that comes after it. "
        "Which block switches it back by itself?"
    ),
    "defaults": (
        "`{f}` leaves another default behind, such as the dtype or the device of new tensors, for "
        "all that comes after it. Which argument says the same for one tensor?"
    ),
}

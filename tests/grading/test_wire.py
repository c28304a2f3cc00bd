"""Replies are believed in one form only, whatever else comes out of a sandbox."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gan_course.grading.wire import LENGTH, Malformed, notes, packed, runs_of
from gan_course.practice.collecting import Fault, Run, run
from gan_course.practice.registry import find

PARTS = find("05.q1").parts
SEEDS = (3, 4)
RUNS = {part.name: run(part, part.right, SEEDS) for part in PARTS}
BODY = packed("nonce", RUNS)


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    """The reply with its JSON changed."""
    (n,) = LENGTH.unpack_from(BODY)
    head = json.loads(BODY[8 : 8 + n])
    change(head)
    text = json.dumps(head).encode()
    return LENGTH.pack(len(text)) + text + BODY[8 + n :]


def test_reply_holds_the_very_values_that_were_packed() -> None:
    found = runs_of(BODY, "nonce", PARTS, SEEDS)
    for name, own in RUNS.items():
        assert own.values.keys() == found[name].values.keys()
        for at, values in own.values.items():
            assert all(torch.equal(x, found[name].values[at][key]) for key, x in values.items())


def test_fault_comes_with_its_place_and_is_cut_short() -> None:
    runs = {**RUNS, "critic_loss": Run({(3, PARTS[0].cases[0]): {}}, Fault("x" * 9999, "kind"))}
    found = runs_of(packed("nonce", runs), "nonce", PARTS, SEEDS)["critic_loss"]
    assert found.fault == Fault("x" * 2000, "kind")


def first(head: dict[str, Any]) -> dict[str, Any]:
    own: dict[str, Any] = head["parts"]["critic_loss"]
    return own


WRONG: dict[str, Callable[[dict[str, Any]], object]] = {
    "nonce": lambda head: head.update(nonce="another"),
    "no parts": lambda head: head.pop("parts"),
    "parts as a list": lambda head: head.update(parts=[]),
    "part missing": lambda head: head["parts"].pop("generator_loss"),
    "seed as a truth": lambda head: first(head)["values"][0].__setitem__(0, True),
    "seed as a float": lambda head: first(head)["values"][0].__setitem__(0, 3.0),
    "another seed": lambda head: first(head)["values"][0].__setitem__(0, 5),
    "case twice": lambda head: first(head)["values"].insert(0, first(head)["values"][0]),
    "tensor that is not there": lambda head: first(head)["values"][0][2].update(value=99),
    "tensor by a negative number": lambda head: first(head)["values"][0][2].update(value=-1),
    "fault as a number": lambda head: first(head).update(fault=7),
    "fault of three": lambda head: first(head).update(fault=["a", "b", "c"]),
    "fault without a place": lambda head: first(head).update(fault=["a", "b"], values=[]),
}


@pytest.mark.parametrize("kind", WRONG)
def test_reply_of_another_form_is_malformed(kind: str) -> None:
    with pytest.raises(Malformed):
        runs_of(changed(WRONG[kind]), "nonce", PARTS, SEEDS)


@given(st.binary(max_size=200), st.integers(0, len(BODY)))
def test_any_bytes_are_malformed_and_nothing_else(junk: bytes, at: int) -> None:
    for body in (junk, BODY[:at] if at < len(BODY) else b"", BODY + junk + b"x"):
        with pytest.raises(Malformed):
            runs_of(body, "nonce", PARTS, SEEDS)
        with pytest.raises(Malformed):
            notes(junk)

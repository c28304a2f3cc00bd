"""What crosses between the grader and a sandbox: framed bytes, JSON of exact types, safetensors.
Nothing that comes out of a sandbox is believed before `runs_of` has looked at it."""

from __future__ import annotations

import json
import selectors
import socket
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from gan_course.practice.collecting import Fault, Run
from gan_course.practice.question import Part

LENGTH = struct.Struct(">Q")
MOST_TEXT = 2**20  # bytes of JSON in a reply
MOST_SAID = 2000  # characters of what an exception says


class Malformed(ValueError):  # noqa: N818
    """Something came out of a sandbox that is no reply; the message says what."""


def send(channel: socket.socket, body: bytes) -> None:
    channel.sendall(LENGTH.pack(len(body)) + body)


def receive(
    channel: socket.socket, most: int | None = None, wait: Callable[[], None] | None = None
) -> bytes:
    """One frame; `EOFError` where the other side has gone, `Malformed` where the frame would be
    longer than `most`. `wait` is called again and again while nothing comes, and may raise."""
    (length,) = LENGTH.unpack(_exactly(channel, LENGTH.size, wait))
    if most is not None and length > most:
        raise Malformed(f"a reply of {length:,} bytes, where at most {most:,} were due")
    return _exactly(channel, length, wait)


def _exactly(channel: socket.socket, n: int, wait: Callable[[], None] | None) -> bytes:
    found = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(channel, selectors.EVENT_READ)
        while len(found) < n:
            while wait and not selector.select(timeout=0.05):
                wait()
            part = channel.recv(min(n - len(found), 2**16))
            if not part:
                raise EOFError
            found += part
            if wait:
                wait()
    return bytes(found)


def packed(nonce: str, runs: Mapping[str, Run]) -> bytes:
    """A reply: how the runs of all parts went, as JSON, and behind it the tensors it counts."""
    tensors: list[Tensor] = []
    parts = {}
    for name, run in runs.items():
        values = []
        for (seed, case), seen in run.values.items():
            at = {key: len(tensors) + i for i, key in enumerate(seen)}
            tensors += [value.contiguous() for value in seen.values()]
            values.append([seed, case, at])
        parts[name] = {"fault": run.fault and [run.fault.said, run.fault.kind], "values": values}
    text = json.dumps({"nonce": nonce, "parts": parts}).encode()
    blob = safetensors.torch.save({str(i): value for i, value in enumerate(tensors)})
    return LENGTH.pack(len(text)) + text + blob


def notes(body: bytes) -> tuple[list[str], list[str]]:
    """What a worker says once the cells have run: their troubles, and what they had replaced."""
    try:
        said = _exact(dict, json.loads(body))
        found = [_exact(list, said[name]) for name in ("troubles", "replaced")]
        troubles, replaced = ([_said(text) for text in own] for own in found)
    except Malformed:
        raise
    except (ValueError, LookupError, RecursionError) as error:
        raise Malformed(f"something that is no reply ({type(error).__name__})") from None
    return troubles[:100], replaced[:10]


def runs_of(body: bytes, nonce: str, parts: Sequence[Part], seeds: Sequence[int]) -> dict[str, Run]:
    """The runs in a reply; `Malformed` where it is anything else than a reply to the request that
    carried `nonce`. The tensors may hold anything."""
    try:
        (n,) = LENGTH.unpack_from(body)
        head = json.loads(body[LENGTH.size : LENGTH.size + min(n, MOST_TEXT)])
        if _exact(dict, head).get("nonce") != nonce:
            raise Malformed("a reply to another request")
        tensors = safetensors.torch.load(body[LENGTH.size + n :])
        found = _exact(dict, head["parts"])
        return {
            part.name: _run(part, _exact(dict, found[part.name]), tensors, seeds) for part in parts
        }
    except Malformed:
        raise
    except (ValueError, LookupError, struct.error, RecursionError, SafetensorError) as error:
        raise Malformed(f"something that is no reply ({type(error).__name__})") from None


def _run(
    part: Part, found: dict[str, Any], tensors: Mapping[str, Tensor], seeds: Sequence[int]
) -> Run:
    values: dict[tuple[int, str], dict[str, Tensor]] = {}
    due = [(seed, case) for seed in seeds for case in part.cases]
    for place, (seed, case, at) in zip(due, _exact(list, found["values"]), strict=False):
        if (_exact(int, seed), _exact(str, case)) != place:
            raise Malformed("values for other inputs than it was given")
        values[place] = {
            name: tensors[str(_exact(int, i))].as_subclass(torch.Tensor)
            for name, i in _exact(dict, at).items()
        }
    if found["fault"] is None:
        return Run(values)
    said, kind = map(_said, _exact(list, found["fault"]))
    if not values:
        raise Malformed("a fault without a place")
    return Run(values, Fault(said, kind))


def _said(text: Any) -> str:
    """A text that can be shown: not too long, and without half characters."""
    shown: str = _exact(str, text)[:MOST_SAID]
    return shown.encode(errors="replace").decode()


def _exact(kind: type, value: Any) -> Any:
    """`value`, whose type must be `kind` and no other."""
    if type(value) is not kind:
        raise Malformed(f"a value of type {type(value).__name__} where {kind.__name__} was due")
    return value

"""What `fit` costs over the same steps in a bare loop: `python benchmarks/overhead.py` prints it
and writes overhead.json.

Both loops draw the same batches and take the same steps from the same weights. They take turns
within one process, and a pair's order changes from pair to pair, so that whatever else the machine
does falls on both; CPU time is compared, pair by pair.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from gan_course.catalogue import ModelEntry, catalogue
from gan_course.data import Source, load
from gan_course.models import Model
from gan_course.training import fit

RESULT = Path(__file__).with_name("overhead.json")
ALLOWED = 1.03


def bare(model: Model[Any], data: Source, steps: int) -> None:
    """The loop without all that `fit` adds: checks, hooks, a history."""
    torch.manual_seed(0)
    model.train()
    size = model.samples_per_step
    for index in range(steps):
        model.step(data.batch(index, size, seed=0))


def fitted(model: Model[Any], data: Source, steps: int) -> None:
    # asked for its length, the history brings over what it still holds back
    len(fit(model, data, steps=steps, seed=0))


def cpu_seconds(
    loop: Callable[[Model[Any], Source, int], None], entry: ModelEntry, data: Source, steps: int
) -> float:
    torch.manual_seed(0)
    model = entry.kind(entry.configuration())
    # the first step also builds the optimisers' state
    model.step(data.batch(0, model.samples_per_step, seed=0))
    start = time.process_time()
    loop(model, data, steps)
    return time.process_time() - start


def measure(entry: ModelEntry, seconds: float, pairs: int) -> dict[str, Any]:
    """The ratio of CPU times, fit to bare, over `pairs` pairs of loops of about `seconds` each."""
    data = load(entry.data)
    steps = max(1, round(seconds / (cpu_seconds(bare, entry, data, 20) / 20)))
    times: dict[str, list[float]] = {"bare": [], "fit": []}
    for pair in range(pairs):
        turns = [("bare", bare), ("fit", fitted)]
        for name, loop in turns if pair % 2 else reversed(turns):
            times[name].append(cpu_seconds(loop, entry, data, steps))
    ratios = [fit / bare for fit, bare in zip(times["fit"], times["bare"], strict=True)]
    low, median, high = statistics.quantiles(ratios, n=4)
    return {
        "steps": steps,
        "pairs": pairs,
        "bare_ms_a_step": round(1000 * statistics.median(times["bare"]) / steps, 3),
        "fit_ms_a_step": round(1000 * statistics.median(times["fit"]) / steps, 3),
        "ratio": round(median, 4),
        "ratio_quartiles": [round(low, 4), round(high, 4)],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--seconds", type=float, default=1.0, help="CPU time of one loop (default: 1)"
    )
    parser.add_argument(
        "--pairs", type=int, default=21, help="pairs of loops for each model (default: 21)"
    )
    options = parser.parse_args()
    torch.set_num_threads(1)
    results = {
        name: measure(entry, options.seconds, options.pairs)
        for name, entry in catalogue().models.items()
    }
    for name, result in results.items():
        low, high = result["ratio_quartiles"]
        print(
            f"{name}: {result['bare_ms_a_step']} ms a step; fit takes {result['ratio']:.3f} times "
            f"that (half of the pairs: {low:.3f}-{high:.3f})"
        )
    record = {
        "machine": f"{platform.machine()}, one thread, torch {torch.__version__}",
        "allowed": ALLOWED,
        "models": results,
    }
    RESULT.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    if slow := [name for name, result in results.items() if result["ratio"] > ALLOWED]:
        raise SystemExit(f"fit costs more than {ALLOWED - 1:.0%} for {', '.join(slow)}")


if __name__ == "__main__":
    main()

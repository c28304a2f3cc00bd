"""Pages of generators: what each needs in a browser is taken from its explorer in Python."""

from __future__ import annotations

from dataclasses import replace

import torch

from authoring.pages.networks import to_onnx
from authoring.pages.page import Content, Zoo, seen
from gan_course.data import Split
from gan_course.explore import (
    ClassExplorer,
    CodeExplorer,
    LatentExplorer,
    LatentPlane,
    Timeline,
)
from gan_course.explore.timeline import STEPS
from gan_course.metrics import judge

HELD_OUT = 500  # digits behind the plane: a page should not be heavy


def reader() -> bytes:
    """The judge of digits as an ONNX file: "images" to logits."""
    images = torch.zeros(2, 1, 28, 28)
    return to_onnx(judge(), [judge()], {"images": images})


def latent(zoo: Zoo) -> Content:
    model = zoo.load("dcgan")
    explorer = LatentExplorer.of(model)
    generator = to_onnx(model.ema, [model.ema], {"z": model.noise(2)})
    return Content(
        *seen(explorer, ("directions", "between", "wheel", "arithmetic", "truncation")),
        {"generator": generator},
        {"directions": explorer.directions},
        {"latent_dim": explorer.latent_dim},
    )


def classes(zoo: Zoo) -> Content:
    model = zoo.load("cgan")
    explorer = ClassExplorer.of(model, judge().read)
    generator = model.ema.network
    inputs = {"z": model.noise(2), "embedding": explorer.embeddings[:2]}
    return Content(
        *seen(explorer, ("grid", "mix")),
        {"generator": to_onnx(generator.draw, [generator], inputs), "judge": reader()},
        {"embeddings": explorer.embeddings},
        {"latent_dim": explorer.latent_dim},
    )


def codes(zoo: Zoo) -> Content:
    model = zoo.load("infogan")
    explorer = CodeExplorer.of(model, judge().read)
    generator = to_onnx(model.ema, [model.ema], {"z": model.noise(2)})
    facts = {"parts": model.parts, "scales": (model.category_scale, model.code_scale)}
    return Content(
        *seen(explorer, ("choice", "grid", "sweep")),
        {"generator": generator, "judge": reader()},
        facts=facts,
    )


def plane(zoo: Zoo) -> Content:
    model, data = zoo.load("vae_plane"), zoo.dataset("vae_plane")
    x, labels = data.held_out.x[:HELD_OUT], data.held_out.labels[:HELD_OUT]
    few = replace(data, held_out=Split(x, labels))
    explorer = LatentPlane({"VAE": model}, few, judge().read)
    decoder = to_onnx(model.decode, [model.decoder], {"z": model.noise(2)})
    tensors = {"codes": explorer.codes["VAE"], "labels": labels, "images": x}
    return Content(
        *seen(explorer, ("plane", "digit")),
        {"decoder": decoder, "judge": reader()},
        tensors,
    )


def timeline(zoo: Zoo) -> Content:
    model = zoo.load("ddpm")
    explorer = Timeline(model, zoo.dataset("ddpm"))
    n = len(explorer.x)
    labels = torch.zeros(n, dtype=torch.int64) if explorer.labels is None else explorer.labels
    inputs = {"x": explorer.x, "time": torch.rand(n), "labels": labels}
    tensors = {"x": explorer.x, "labels": labels, "noise": explorer.noise, "start": explorer.start}
    facts = {
        "alphas_bar": model.schedule.alphas_bar.tolist(),
        "times": [model.times(count).tolist() for count in STEPS],
        "classes": model.classes,
        "prediction": model.config.prediction,
        "clip": model.config.clip,
    }
    denoiser = to_onnx(model.ema, [model.ema], inputs)
    return Content(*seen(explorer, ("way",)), {"denoiser": denoiser}, tensors, facts)

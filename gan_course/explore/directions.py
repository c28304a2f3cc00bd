"""Directions of a latent space along which the images change most."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

PROBES = 32  # latents at which the generator's slopes are taken


def strongest_directions(
    sampler: Callable[[Tensor], Tensor], latent_dim: int, count: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Unit vectors (count, latent_dim), perpendicular, along which the images of `sampler`, a
    function from latents (N, latent_dim), change most on average.

    With them their gains (count,), falling: how far a step along each moves the pixels, over what
    a step in a random direction does.
    """
    # A single coordinate moves little. With J the slopes of all pixels by all coordinates, the
    # eigenvectors of the mean of J Jᵀ are the perpendicular directions that move the pixels
    # most, and the eigenvalues their mean squared change.
    total = torch.zeros(latent_dim, latent_dim, dtype=torch.float64)
    half = 0.5 * torch.eye(latent_dim)
    for z in torch.randn(PROBES, 1, latent_dim, generator=generator):
        ahead, behind = sampler(torch.cat([z + half, z - half])).flatten(1).double().chunk(2)
        total += (ahead - behind) @ (ahead - behind).T / PROBES
    values, vectors = torch.linalg.eigh(total)
    vectors = vectors.T.flip(0)[:count]
    # An eigenvector and its negative are one: the largest entry is made positive, so that left
    # and right stay what they were.
    signs = vectors.gather(1, vectors.abs().argmax(dim=1, keepdim=True)).sign()
    gains = (values.flip(0)[:count].clamp_min(0) / values.mean().clamp_min(1e-12)).sqrt()
    return (vectors * signs).float(), gains.float()

"""Generators for question 02.q2: right ones built differently, and parts that spoil one."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F


class Paper(nn.Module):
    """As the paper does it: the noise is a picture of one pixel."""

    def __init__(self, latent_dim, image_shape):
        super().__init__()
        channels, height, _ = image_shape
        self.first = nn.ConvTranspose2d(latent_dim, 32, height // 4)
        self.norms = nn.ModuleList([nn.BatchNorm2d(32), nn.BatchNorm2d(16)])
        self.second = nn.ConvTranspose2d(32, 16, 4, 2, 1)
        self.third = nn.ConvTranspose2d(16, channels, 4, 2, 1)

    def forward(self, z):
        h = F.relu(self.norms[0](self.first(z[:, :, None, None])))
        h = F.relu(self.norms[1](self.second(h)))
        return torch.tanh(self.third(h))


def sequence(
    latent_dim,
    image_shape,
    last=nn.Tanh,
    norm=nn.BatchNorm2d,
    end_norm=False,
    kernel=4,
    padding=1,
    output_padding=0,
    bias=True,
    channels=None,
):
    channels, side = channels or image_shape[0], image_shape[1] // 4
    layers = [
        nn.Linear(latent_dim, 16 * side * side),
        nn.Unflatten(1, (16, side, side)),
        norm(16),
        nn.LeakyReLU(0.2),
    ]
    layers += [
        nn.ConvTranspose2d(16, 8, kernel, 2, padding, output_padding, bias=bias),
        norm(8),
        nn.LeakyReLU(0.2),
    ]
    layers += [
        nn.ConvTranspose2d(8, channels, kernel, 2, padding, output_padding),
        *([norm(channels)] if end_norm else []),
        last(),
    ]
    return nn.Sequential(*layers)


def group_norm(channels):
    return nn.GroupNorm(4, channels)


def with_end_convolution(latent_dim, image_shape):
    body = sequence(latent_dim, image_shape, last=nn.SiLU, channels=6)
    return nn.Sequential(
        body, nn.BatchNorm2d(6), nn.Conv2d(6, image_shape[0], 3, padding=1), nn.Hardtanh()
    )


def upsampling(latent_dim, image_shape):
    side = image_shape[1] // 4
    stages = [
        nn.Upsample(scale_factor=2),
        nn.Conv2d(16, 16, 3, padding=1),
        nn.BatchNorm2d(16),
        nn.ReLU(),
    ] * 2
    end = [nn.Conv2d(16, image_shape[0], 3, padding=1), nn.Tanh()]
    return nn.Sequential(
        nn.Linear(latent_dim, 16 * side * side), nn.Unflatten(1, (16, side, side)), *stages, *end
    )


class Around(nn.Module):
    """A right generator inside something that spoils it."""

    def __init__(
        self, latent_dim, image_shape, before=lambda z: z, after=lambda images: images, inside=None
    ):
        super().__init__()
        self.body = sequence(inside or latent_dim, image_shape)
        self.before, self.after = before, after

    def forward(self, z):
        return self.after(self.body(self.before(z)))


class Unused(Around):
    def __init__(self, latent_dim, image_shape):
        super().__init__(latent_dim, image_shape)
        self.extra = nn.Linear(3, 3)


class Half(nn.Module):
    def forward(self, x):
        return 0.5 * torch.tanh(x)


def no_statistics(channels):
    return nn.BatchNorm2d(channels, track_running_stats=False)


def frozen_first(latent_dim, image_shape):
    network = sequence(latent_dim, image_shape)
    network[0].requires_grad_(False)
    return network

"""Every page, in the order of the index."""

from __future__ import annotations

from authoring.pages import drawing, labs, translating
from authoring.pages.page import Page

PAGES = (
    Page(
        "line",
        "A game on a line",
        "Train a GAN here, step by step: choose its loss, draw its target, watch it go wrong.",
        "01",
        "line",
        labs.line,
    ),
    Page(
        "plane",
        "A game in the plane",
        "Train a GAN here on eight modes or on your own, and see where the discriminator pushes "
        "generated points.",
        "05",
        "points",
        labs.plane,
    ),
    Page(
        "dcgan",
        "A generator's latent space",
        "Move a DCGAN's digit along the directions that change it most, go from one digit to "
        "another or around a circle, and add and subtract digits.",
        "02",
        "latent",
        drawing.latent,
    ),
    Page(
        "cgan",
        "Ask for a class",
        "From one noise a conditional GAN draws all digits in one hand; see what lies between.",
        "03",
        "classes",
        drawing.classes,
    ),
    Page(
        "infogan",
        "What a code means",
        "An InfoGAN was never told which digit is which: see what its categories came to stand "
        "for.",
        "04",
        "codes",
        drawing.codes,
    ),
    Page(
        "vae",
        "A latent space of two dimensions",
        "Walk over the plane of a VAE's codes, and move the code of a real digit.",
        "06",
        "plane",
        drawing.plane,
    ),
    Page(
        "pix2pix",
        "Draw, and see it coloured",
        "Draw with a mouse, a pen or a finger: Pix2Pix and L1 alone colour what you draw.",
        "08",
        "sketch",
        translating.sketch,
    ),
    Page(
        "cyclegan",
        "There and back",
        "A CycleGAN turns sketches into portraits and back, learned without a single pair.",
        "09",
        "trip",
        translating.trip,
    ),
    Page(
        "diffusion",
        "Out of the noise",
        "Stop a diffusion model at any moment of its way from noise to a digit.",
        "10",
        "timeline",
        drawing.timeline,
    ),
)

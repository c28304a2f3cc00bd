"""The same latents made longer or shorter."""

from __future__ import annotations

from functools import partial

from gan_course.colours import EXACT, FAKE
from gan_course.explore.controls import Seed, Slider, View
from gan_course.explore.latent_space import COLUMNS, LatentSpace, LatentView, latents
from gan_course.explore.picture import Picture, Row, image_plate

LONGEST = 1.5  # ψ
MEASURED = 20  # samples whose spread is told, of which the first are shown
TRUNCATED = partial(
    Slider,
    key="psi",
    label="truncation ψ",
    help="multiplies every latent vector",
    low=0,
    high=LONGEST,
    step=0.05,
    digits=2,
)


def truncation(space: LatentSpace, psi: float, first: int = 0) -> Picture:
    """SVG: the images of ten seeds from `first` on as they are, and with their latents multiplied
    by `psi`, from 0 to 1.5; in words, how much 20 such images differ.

    Karras et al. 2019 (arXiv:1812.04948) scale the distance from the mean of an intermediate space,
    and Brock et al. 2018 (arXiv:1809.11096) draw entries of z anew that exceed a threshold; here z
    itself is scaled, for any model. Raises `ValueError` for another `psi`.
    """
    if not 0 <= psi <= LONGEST:  # written so that NaN fails too
        raise ValueError(f"truncation ψ lies between 0 and {LONGEST:g}, got {psi}")
    seeds = range(first, first + MEASURED)
    z = latents(space, seeds)
    whole, scaled = space.images(z), space.images(psi * z)
    spread = [images.std(dim=0).mean().item() / 2 for images in (whole, scaled)]
    rows = [
        Row("ψ = 1, as trained", whole[:COLUMNS], EXACT),
        Row(f"ψ = {psi:g}", scaled[:COLUMNS], FAKE),
    ]
    alt = (
        f"Images of the latents of seeds {first} to {first + COLUMNS - 1}; below, of the same "
        f"latents multiplied by ψ = {psi:g}. From sample to sample a pixel varies by "
        f"{spread[1]:.1%} of its range (standard deviation, {MEASURED} samples), at ψ = 1 by "
        f"{spread[0]:.1%}."
    )
    return Picture(image_plate(rows, [str(seed) for seed in seeds[:COLUMNS]], "seed"), alt)


TRUNCATION = LatentView(
    View(
        key="truncation",
        title="Truncation",
        rows=(
            (
                TRUNCATED(value=0.7),
                Seed(key="first", label="first seed"),
            ),
        ),
        note="Here z itself is multiplied by ψ; StyleGAN scales an intermediate vector, and BigGAN "
        "draws large entries of z anew. In a DCGAN and a VAE of digits it hardly helped: at "
        "ψ = 0.7 samples were little better, at 0.5 either worse or less varied.",
    ),
    lambda space, values: truncation(space, values["psi"], values["first"]),
)

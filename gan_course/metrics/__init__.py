"""Measures of what a generator draws: functions of tensors, with no state and no training of their
own."""

from __future__ import annotations

from gan_course.metrics.colour import ColourDistance, colour_distance, colour_histograms
from gan_course.metrics.coverage import coverage, density, precision, recall, variety_within_classes
from gan_course.metrics.digits import digit_histogram, histogram_distance, label_histogram
from gan_course.metrics.disentanglement import (
    Match,
    binned,
    cluster_accuracy,
    match,
    mutual_information,
    mutual_information_gap,
    pixel_clusters,
    rank_correlations,
    shape_correlations,
)
from gan_course.metrics.divergence import jensen_shannon, kl_divergence
from gan_course.metrics.energy import energy_distance
from gan_course.metrics.frechet import frechet_distance, gaussian_frechet, judge_distance
from gan_course.metrics.judge import Judge, judge
from gan_course.metrics.kernel import kernel_distance
from gan_course.metrics.ladder import ladder, real_floor, rung_images
from gan_course.metrics.memorisation import (
    ImageIndex,
    Nearest,
    centred,
    memorisation_ratio,
    nearest,
    nearest_distance,
    neighbour_ratio,
)
from gan_course.metrics.modes import Modes, count_modes, mode_histogram, nearest_mode
from gan_course.metrics.portrait_judge import PortraitJudge, attribute_agreement, portrait_judge
from gan_course.metrics.reconstruction import psnr, ssim
from gan_course.metrics.shapes import ShapeReading, read_shapes
from gan_course.metrics.sharpness import gradient_histogram, sharpness_distance
from gan_course.metrics.wasserstein import (
    wasserstein_1d,
    wasserstein_1d_samples,
    wasserstein_samples,
)

__all__ = [
    "ColourDistance",
    "ImageIndex",
    "Judge",
    "Match",
    "Modes",
    "Nearest",
    "PortraitJudge",
    "ShapeReading",
    "attribute_agreement",
    "binned",
    "centred",
    "cluster_accuracy",
    "colour_distance",
    "colour_histograms",
    "count_modes",
    "coverage",
    "density",
    "digit_histogram",
    "energy_distance",
    "frechet_distance",
    "gaussian_frechet",
    "gradient_histogram",
    "histogram_distance",
    "jensen_shannon",
    "judge",
    "judge_distance",
    "kernel_distance",
    "kl_divergence",
    "label_histogram",
    "ladder",
    "match",
    "memorisation_ratio",
    "mode_histogram",
    "mutual_information",
    "mutual_information_gap",
    "nearest",
    "nearest_distance",
    "nearest_mode",
    "neighbour_ratio",
    "pixel_clusters",
    "portrait_judge",
    "precision",
    "psnr",
    "rank_correlations",
    "read_shapes",
    "real_floor",
    "recall",
    "rung_images",
    "shape_correlations",
    "sharpness_distance",
    "ssim",
    "variety_within_classes",
    "wasserstein_1d",
    "wasserstein_1d_samples",
    "wasserstein_samples",
]

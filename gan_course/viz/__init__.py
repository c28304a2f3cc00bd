"""Pictures, in one colour scheme. Every function takes tensors or a history and returns a
matplotlib figure; `show` puts it into a notebook."""

from gan_course.viz.codes import code_plot, manifold_plot
from gan_course.viz.curves import curves, dot_plot, history_plot
from gan_course.viz.densities import decision_plot, density_plot
from gan_course.viz.game import game_diagram
from gan_course.viz.grids import image_rows, named_images, sample_grid
from gan_course.viz.picture import LivePicture, axes, image_tag, png, show
from gan_course.viz.plane import height_plot, plane_plot, slope_plot

__all__ = [
    "LivePicture",
    "axes",
    "code_plot",
    "curves",
    "decision_plot",
    "density_plot",
    "dot_plot",
    "game_diagram",
    "height_plot",
    "history_plot",
    "image_rows",
    "image_tag",
    "manifold_plot",
    "named_images",
    "plane_plot",
    "png",
    "sample_grid",
    "show",
    "slope_plot",
]

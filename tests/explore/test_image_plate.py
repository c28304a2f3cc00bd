from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image

from gan_course.explore import Picture
from gan_course.explore.picture import Row, image_plate
from gan_course.explore.svg import rasterised


def on_paper(svg: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(rasterised(svg))).convert("RGB"))


def test_picture_is_its_bytes_and_shows_itself_with_its_alternative_text() -> None:
    image = torch.zeros(1, 1, 4, 4)
    picture = Picture(image_plate([Row("", image)]), 'a "curve" < 1')
    assert repr(picture) == '[picture: a "curve" < 1]'
    forms, metadata = picture._repr_mimebundle_()
    assert 'alt="a &quot;curve&quot; &lt; 1"' in forms["text/html"]
    assert forms["text/plain"] == '[picture: a "curve" < 1]'
    assert metadata["image/png"]["alt"] == 'a "curve" < 1'


def test_every_pixel_of_an_image_becomes_a_square_of_its_own_grey() -> None:
    image = torch.linspace(-1, 1, 28 * 28).view(1, 1, 28, 28)
    data = image_plate([Row("", image)], label_width=10)
    drawn = on_paper(data)
    assert drawn.shape == (2 + 58, 10 + 58, 3)
    expected = np.repeat(np.repeat((image[0, 0].numpy() / 2 + 0.5) * 255, 2, 0), 2, 1)
    np.testing.assert_allclose(drawn[2:58, 10:66], np.repeat(expected[..., None], 3, 2), atol=1)


def test_labels_and_headers_are_drawn_beside_the_images_not_on_them() -> None:
    black = torch.full((3, 1, 28, 28), -1.0)
    drawn = on_paper(image_plate([Row("a label", black)], ["x", "y", "z"], "corner"))
    images = drawn[24:80, 118 : 118 + 3 * 58]
    assert set(np.unique(images[:, :56])) == {0}
    assert (drawn[24:80, :118] < 128).any()
    assert (drawn[:24, 118:] < 128).any()


@pytest.mark.parametrize("channels", [1, 3])
def test_oblong_images_keep_their_sides_and_have_their_columns_headed(channels: int) -> None:
    black = torch.full((3, channels, 28, 14), -1.0)
    data = image_plate([Row("", black)] * 2, ["x", "y", "z"], label_width=10)
    drawn = on_paper(data)
    assert drawn.shape == (24 + 2 * 58, 10 + 3 * 30, 3)
    for row, column in ((0, 0), (1, 2)):
        image = drawn[24 + row * 58 :, 10 + column * 30 :][:56, :28]
        assert image.shape == (56, 28, 3)
        assert image.max() == 0

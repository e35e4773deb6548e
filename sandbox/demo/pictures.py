"""Draws the pictures: the same picture for the same product, every time.

Knows nothing of Django, for it runs in processes of its own.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from .drawing import Canvas, mix
from .shapes import SHAPES

__all__ = ["Picture", "draw", "draw_all"]

SIZE = 800  # pixels on each side
_SCENES = (
    ("#f1e9dd", "#e2d6c5"),
    ("#e9ede8", "#d6dfd8"),
    ("#f4e6de", "#e6d0c4"),
    ("#e8ebf0", "#d5dae4"),
    ("#f3ecd9", "#e4d7b9"),
    ("#ece6ec", "#dbd1da"),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture to be drawn.

    Attributes:
        slug: Of its product; ``number`` is its place among the product's pictures.
        option: The colour of the variants that it shows; empty for all.
        close: From nearby.
        scene: Chooses the background.
    """

    slug: str
    number: int
    shape: str
    colour: str
    alt: str
    option: str = ""
    close: bool = False
    scene: int = 0

    @property
    def file(self) -> str:
        """Its name in the storage."""
        return f"products/demo/{self.slug}-{self.number}.webp"


def draw(picture: Picture) -> bytes:
    """One picture, as WebP."""
    light, dark = _SCENES[picture.scene % len(_SCENES)]
    if picture.close:
        light, dark = mix(light, picture.colour, 0.16), mix(dark, picture.colour, 0.22)
    canvas = Canvas(SIZE, (light, dark))
    SHAPES[picture.shape](canvas, picture.colour)
    image = canvas.finish()
    if picture.close:
        side = SIZE * 62 // 100
        edge, top = (SIZE - side) // 2, (SIZE - side) * 3 // 5
        image = image.resize((SIZE, SIZE), box=(edge, top, edge + side, top + side))
    out = io.BytesIO()
    image.save(out, "WEBP", quality=84, method=2)
    return out.getvalue()


def draw_all(pictures: Sequence[Picture], keep: Callable[[Picture, bytes], None]) -> None:
    """Draw pictures on all processors, and hand each over as soon as it is there."""
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for picture, data in zip(pictures, pool.map(draw, pictures, chunksize=4), strict=True):
            keep(picture, data)

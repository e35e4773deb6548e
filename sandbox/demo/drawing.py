"""A small set of tools for flat pictures with soft light, on top of Pillow.

Coordinates are on a square of 1000 × 1000, whatever the size of the picture; colours are ``"#rrggbb"``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter

__all__ = ["Canvas", "Point", "mix", "shade"]

Point = tuple[float, float]
Box = tuple[float, float, float, float]
_GRAIN = 2  # drawn so many times larger, so that edges become smooth


def mix(a: str, b: str, share: float) -> str:
    """``a`` with a share of ``b``."""
    first, two = ImageColor.getrgb(a)[:3], ImageColor.getrgb(b)[:3]
    return "#{:02x}{:02x}{:02x}".format(*(round(x + (y - x) * share) for x, y in zip(first, two, strict=True)))


def shade(colour: str, amount: float) -> str:
    """Lighter (above zero) or darker."""
    return mix(colour, "#fff8ec" if amount > 0 else "#241a14", abs(amount))


@lru_cache(maxsize=4)
def _backdrop(side: int, middle: str, edge: str) -> Image.Image:
    light = Image.radial_gradient("L").resize((side, side))  # dark in the middle
    return Image.composite(Image.new("RGB", (side, side), edge), Image.new("RGB", (side, side), middle), light)


class Canvas:
    """A picture of ``size`` pixels on each side."""

    def __init__(self, size: int, background: tuple[str, str]) -> None:
        self.size = size
        self.scale = size * _GRAIN / 1000
        self.image = _backdrop(size * _GRAIN, *background).copy()
        self.draw = ImageDraw.Draw(self.image)

    # --- plain shapes

    def _xy(self, points: Sequence[Point]) -> list[Point]:
        return [(x * self.scale, y * self.scale) for x, y in points]

    def _box(self, box: Box) -> list[float]:
        return [value * self.scale for value in box]

    def ellipse(self, box: Box, colour: str) -> None:
        self.draw.ellipse(self._box(box), colour)

    def rect(self, box: Box, colour: str, radius: float = 0) -> None:
        self.draw.rounded_rectangle(self._box(box), radius * self.scale, colour)

    def poly(self, points: Sequence[Point], colour: str) -> None:
        self.draw.polygon(self._xy(points), colour)

    def line(self, points: Sequence[Point], colour: str, width: float) -> None:
        """With round ends and joints."""
        xy = self._xy(points)
        self.draw.line(xy, colour, round(width * self.scale), joint="curve")
        half = width * self.scale / 2
        for x, y in (xy[0], xy[-1]):
            self.draw.ellipse([x - half, y - half, x + half, y + half], colour)

    def arc(self, box: Box, start: float, end: float, colour: str, width: float) -> None:
        """A round stroke, degrees clockwise from the right."""
        x0, y0, x1, y1 = self._box(box)
        half = width * self.scale / 2
        self.draw.arc([x0 - half, y0 - half, x1 + half, y1 + half], start, end, colour, round(half * 2))
        for angle in (math.radians(start), math.radians(end)):
            x = (x0 + x1) / 2 + (x1 - x0) / 2 * math.cos(angle)
            y = (y0 + y1) / 2 + (y1 - y0) / 2 * math.sin(angle)
            self.draw.ellipse([x - half, y - half, x + half, y + half], colour)

    # --- light

    def shadow(self, box: Box, strength: float = 0.34) -> None:
        """A soft shadow on the floor."""
        x0, y0, x1, y1 = (round(v) for v in self._box((box[0] - 60, box[1] - 60, box[2] + 60, box[3] + 60)))
        width, height = (x1 - x0) // 8, (y1 - y0) // 8
        mask = Image.new("L", (width, height))
        edge = 60 * self.scale / 8
        ImageDraw.Draw(mask).ellipse([edge, edge, width - edge, height - edge], round(255 * strength))
        mask = mask.filter(ImageFilter.GaussianBlur(edge * 0.38)).resize((x1 - x0, y1 - y0), Image.Resampling.BICUBIC)
        self.image.paste(Image.new("RGB", mask.size, "#3a2c22"), (x0, y0), mask)

    def halo(self, x: float, y: float, radius: float, colour: str) -> None:
        """Warm light around a lamp or a flame."""
        side = round(radius * 2 * self.scale)
        light = Image.radial_gradient("L").resize((side, side))
        soft = light.point([round(150 * max(0.0, 1 - v / 178) ** 1.6) for v in range(256)])
        corner = (round((x - radius) * self.scale), round((y - radius) * self.scale))
        self.image.paste(Image.new("RGB", soft.size, colour), corner, soft)

    def solid(self, paint: Callable[[Canvas], object], colour: str, *, light: float = 0.16, dark: float = 0.24) -> None:
        """A drawing of ``paint``, as a round body: lit from the left, dark at the right.

        Args:
            paint: Draws on a canvas that it is given; its colours don't matter.
            light: How much lighter the left side is, from 0 to 1.
            dark: How much darker the right side is.
        """
        mask = self.mask(paint)
        box = mask.getbbox()
        if box is None:
            return
        part = mask.crop(box)
        self.image.paste(Image.new("RGB", part.size, colour), box, part)
        ramp = Image.linear_gradient("L").rotate(90).resize(part.size)  # 0 at the left
        right = ramp.point([round(255 * dark * max(0.0, (v / 255 - 0.42) / 0.58) ** 1.4) for v in range(256)])
        glow = ramp.point([round(255 * light * max(0.0, 1 - abs(v / 255 - 0.24) / 0.24)) for v in range(256)])
        for tone, ink in ((right, "#20140d"), (glow, "#fffaf0")):
            self.image.paste(Image.new("RGB", part.size, ink), box, ImageChops.multiply(tone, part))

    def mask(self, paint: Callable[[Canvas], object]) -> Image.Image:
        """Where ``paint`` draws."""
        other = Canvas.__new__(Canvas)
        other.size, other.scale = self.size, self.scale
        other.image = Image.new("L", self.image.size)
        other.draw = _Mask(ImageDraw.Draw(other.image))  # type: ignore[assignment]
        paint(other)
        return other.image

    def within(self, shape: Callable[[Canvas], object], paint: Callable[[Canvas], object]) -> None:
        """Draw, but only inside a shape: patterns, glazes, labels."""
        layer = Canvas.__new__(Canvas)
        layer.size, layer.scale = self.size, self.scale
        layer.image = self.image.copy()
        layer.draw = ImageDraw.Draw(layer.image)
        paint(layer)
        mask = self.mask(shape)
        if box := mask.getbbox():
            self.image.paste(layer.image.crop(box), box, mask.crop(box))

    def finish(self) -> Image.Image:
        """The picture in its size."""
        return self.image.resize((self.size, self.size), Image.Resampling.BOX)


class _Mask:
    """Draws everything in white."""

    def __init__(self, draw: ImageDraw.ImageDraw) -> None:
        self._draw = draw

    def ellipse(self, box: list[float], _colour: str) -> None:
        self._draw.ellipse(box, 255)

    def rounded_rectangle(self, box: list[float], radius: float, _colour: str) -> None:
        self._draw.rounded_rectangle(box, radius, 255)

    def polygon(self, points: list[Point], _colour: str) -> None:
        self._draw.polygon(points, 255)

    def line(self, points: list[Point], _colour: str, width: int, joint: str) -> None:
        self._draw.line(points, 255, width, joint="curve")

    def arc(self, box: list[float], start: float, end: float, _colour: str, width: int) -> None:
        self._draw.arc(box, start, end, 255, width)

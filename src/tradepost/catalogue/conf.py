"""``TRADEPOST_CATALOGUE``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tradepost.core.conf import load, settings_class

__all__ = ["IMAGE_FORMATS", "CatalogueSettings", "settings"]

IMAGE_FORMATS: Final = ("jpeg", "png", "webp", "gif", "avif")
"""Formats that can be allowed, as far as the installed Pillow reads them. SVG isn't one: it may hold scripts."""


@settings_class("TRADEPOST_CATALOGUE")
@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueSettings:
    """``TRADEPOST_CATALOGUE``.

    Attributes:
        IMAGE_FORMATS: Formats of pictures that are taken through services, the API and the admin: some of ``jpeg``, ``png``,
            ``webp``, ``gif`` and ``avif``.
        IMAGE_MAX_BYTES: The largest file of a picture.
        IMAGE_MAX_PIXELS: The largest picture, as width times height; reading one takes some four bytes of memory for each.
        IMAGES_PER_PRODUCT: The most pictures that a product gets.
    """

    IMAGE_FORMATS: Sequence[str] = ("jpeg", "png", "webp")
    IMAGE_MAX_BYTES: int = 10 * 1024 * 1024
    IMAGE_MAX_PIXELS: int = 25_000_000
    IMAGES_PER_PRODUCT: int = 100


def settings() -> CatalogueSettings:
    """The project's settings over the defaults."""
    return load("TRADEPOST_CATALOGUE", CatalogueSettings)

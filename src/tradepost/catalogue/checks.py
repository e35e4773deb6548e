"""System checks of the catalogue."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from tradepost.core.conf import check_settings

from .conf import IMAGE_FORMATS, CatalogueSettings, settings

__all__ = ["check_catalogue"]

_HINT = 'TRADEPOST_CATALOGUE = {"IMAGE_FORMATS": ("jpeg", "png", "webp")}'
_CODECS = {"jpeg": "jpg", "png": "zlib", "webp": "webp", "avif": "avif"}  # as Pillow calls them


@register("tradepost")
def check_catalogue(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_CATALOGUE``, and that the formats in it can be read."""
    if wrong := check_settings("TRADEPOST_CATALOGUE", CatalogueSettings, "tradepost.E145"):
        return wrong
    formats = settings().IMAGE_FORMATS
    if not formats or any(name not in IMAGE_FORMATS for name in formats):
        text = f'TRADEPOST_CATALOGUE["IMAGE_FORMATS"] must be some of {IMAGE_FORMATS}, not {formats!r}.'
        return [Error(text, hint=_HINT, id="tradepost.E146")]
    return [
        Error(
            f'TRADEPOST_CATALOGUE["IMAGE_FORMATS"] has {name!r}, which this Pillow can\'t read.',
            hint=_HINT,
            id="tradepost.E146",
        )
        for name in formats
        if not _is_readable(name)
    ]


def _is_readable(name: str) -> bool:
    from PIL import features

    codec = _CODECS.get(name)
    return codec is None or (codec in features.get_supported())

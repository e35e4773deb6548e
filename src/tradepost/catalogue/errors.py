"""Refusals of the catalogue."""

from __future__ import annotations

from tradepost.core.errors import Conflict, Invalid

__all__ = [
    "DuplicateOptionName",
    "DuplicateOptions",
    "ImageInvalid",
    "ImageTooLarge",
    "ImageTooManyPixels",
    "ImageType",
    "ImageUnreadable",
    "OptionsInvalid",
    "TooManyImages",
    "UnknownOption",
]


class OptionsInvalid(Invalid):
    """Options of a product or variant that aren't texts by name, or of which one is missing."""

    code = "product_options_invalid"


class DuplicateOptionName(OptionsInvalid):
    """Two options of one product have the same name."""

    code = "duplicate_option_name"


class UnknownOption(OptionsInvalid):
    """A variant has an option that its product doesn't have."""

    code = "unknown_option"


class DuplicateOptions(OptionsInvalid):
    """Two variants of a product have the same options."""

    code = "duplicate_options"


class ImageInvalid(Invalid):
    """A picture that isn't taken."""

    code = "image_invalid"


class ImageTooLarge(ImageInvalid):
    """A picture of more bytes than are taken (API: 413). ``context["max_bytes"]`` says how many are."""

    code = "image_too_large"


class ImageTooManyPixels(ImageInvalid):
    """A picture of more pixels than are taken. ``context`` has ``width``, ``height`` and ``max_pixels``."""

    code = "image_too_many_pixels"


class ImageType(ImageInvalid):
    """A file of another format. ``context["allowed"]`` lists the formats that are taken."""

    code = "image_type"


class ImageUnreadable(ImageInvalid):
    """A file that breaks off, or is damaged."""

    code = "image_unreadable"


class TooManyImages(Conflict):
    """A product has as many pictures as one gets. ``context["max_images"]`` says how many that are."""

    code = "too_many_images"

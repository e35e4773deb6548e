"""Refusals of the catalogue."""

from __future__ import annotations

from tradepost.core.errors import Invalid

__all__ = ["DuplicateOptionName", "DuplicateOptions", "OptionsInvalid", "UnknownOption"]


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

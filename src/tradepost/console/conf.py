"""Settings of the commands: ``TRADEPOST_CONSOLE``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, cast

from tradepost.core.conf import Backend, instance, load, settings_class
from tradepost.core.extending.port_checks import Port

from .imports.ports import CatalogueFormat

__all__ = ["FORMATS", "ConsoleSettings", "catalogue_format", "catalogue_formats", "settings"]

FORMATS: Mapping[str, str] = {
    "google": "tradepost.console.imports.formats.google.GoogleFormat",
    "magento": "tradepost.console.imports.formats.magento.MagentoFormat",
    "prestashop": "tradepost.console.imports.formats.prestashop.PrestaShopFormat",
    "shopify": "tradepost.console.imports.formats.shopify.ShopifyFormat",
    "tradepost": "tradepost.console.imports.formats.tradepost.TradepostFormat",
    "woocommerce": "tradepost.console.imports.formats.woocommerce.WooCommerceFormat",
}
"""Formats that are read without a word in the settings, by the name that ``--format`` takes."""


@settings_class("TRADEPOST_CONSOLE")
@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleSettings:
    """``TRADEPOST_CONSOLE``.

    Attributes:
        FORMATS: Further formats of catalogue files by name (:class:`tradepost.console.imports.ports.CatalogueFormat`); one
            that has the name of ours is taken instead of it.
    """

    FORMATS: Annotated[Mapping[str, Any], Port(CatalogueFormat)] = field(default_factory=dict)


def settings() -> ConsoleSettings:
    """``TRADEPOST_CONSOLE``."""
    return load("TRADEPOST_CONSOLE", ConsoleSettings)


def catalogue_formats() -> list[str]:
    """Names of all formats that can be read."""
    return sorted({*FORMATS, *settings().FORMATS})


def catalogue_format(name: str) -> CatalogueFormat:
    """The reader of a format.

    Raises:
        KeyError: There is none of that name.
    """
    entries = {**FORMATS, **settings().FORMATS}
    return cast("CatalogueFormat", instance(Backend.read(entries[name])))

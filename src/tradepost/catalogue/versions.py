"""The kinds of the catalogue: what is kept of them is as new as the request that uses it."""

from __future__ import annotations

from contextlib import suppress

from tradepost.core.extending.exposed_fields import Unresolved, exposed_of
from tradepost.core.versions import watch

from .models import Attribute, Category, Collection, Image, Product, ProductType, Tag, Variant

__all__: list[str] = []

watch("catalogue.attributes", Attribute)
watch("catalogue.categories", Category)
watch("catalogue.collections", Collection)
watch("catalogue.pictures", Image)
watch("catalogue.products", Product, ProductType, Tag, Variant)


def _watch_exposed() -> None:
    """Sidecars of what lists and pages show, whose fields a project exposed."""
    for entry in (*exposed_of(Product), *exposed_of(Variant)):
        with suppress(Unresolved):  # a system check tells
            if entry.relation:
                watch("catalogue.exposed", entry.holder)


_watch_exposed()

"""The kinds of the catalogue: what is kept of them is as new as the request that uses it."""

from __future__ import annotations

from tradepost.core.versions import watch

from .models import Attribute, Category, Collection, Image, Product, ProductType, Tag, Variant

__all__: list[str] = []

watch("catalogue.attributes", Attribute)
watch("catalogue.categories", Category)
watch("catalogue.collections", Collection)
watch("catalogue.pictures", Image)
watch("catalogue.products", Product, ProductType, Tag, Variant)

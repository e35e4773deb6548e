"""Models of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradepost.core.extending.late_models import replaced, stock

from . import base

if TYPE_CHECKING or stock(__name__):

    class ProductType(base.AbstractProductType): ...

    class Attribute(base.AbstractAttribute): ...

    class Category(base.AbstractCategory): ...

    class Tag(base.AbstractTag): ...

    class Product(base.AbstractProduct): ...

    class Variant(base.AbstractVariant): ...

    class Image(base.AbstractImage): ...

    class Collection(base.AbstractCollection): ...

else:
    __getattr__ = replaced(__name__)

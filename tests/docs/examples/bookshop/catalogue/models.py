from __future__ import annotations

from django.db import models

from tradepost.catalogue import base


class Product(base.AbstractProduct):
    isbn = models.CharField(max_length=13, blank=True)


# The others as they are.
class ProductType(base.AbstractProductType): ...


class Attribute(base.AbstractAttribute): ...


class Category(base.AbstractCategory): ...


class Tag(base.AbstractTag): ...


class Variant(base.AbstractVariant): ...


class Image(base.AbstractImage): ...


class Collection(base.AbstractCollection): ...

"""The project's models of catalogue: add fields, constraints and behaviour to them."""

from __future__ import annotations

from django.db import models

from tradepost.catalogue import base


class ProductType(base.AbstractProductType):
    pass


class Attribute(base.AbstractAttribute):
    pass


class Category(base.AbstractCategory):
    pass


class Tag(base.AbstractTag):
    pass


class Product(base.AbstractProduct):
    isbn = models.CharField(max_length=13, blank=True)


class Variant(base.AbstractVariant):
    pass


class Image(base.AbstractImage):
    pass


class Collection(base.AbstractCollection):
    pass

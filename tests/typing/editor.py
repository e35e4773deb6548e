"""The completions of an editor that has no plugin for Django, as pyright and those built on it; never run, only checked."""

from __future__ import annotations

from typing import reveal_type

from tests.projects.replaced.catalogue.models import Product, Variant
from tests.projects.replaced.orders.models import Order
from tradepost.core.actors import SYSTEM
from tradepost.orders import services
from tradepost.testing import Scenario

product = Product.objects.get(slug="mug")
reveal_type(product)
reveal_type(Product.objects.public())
reveal_type(Product.objects.public().first())
reveal_type(product.variants.all())
reveal_type([variant.label for variant in Variant.objects.all()])
reveal_type(services.apply(Order.objects.get(), "confirm", by=SYSTEM))
reveal_type(Scenario().basket(lines=2).paid())

Product.objects.publik()  # a slip of the pen
product.isnb = "9780141439587"  # and another
services.apply(Order.objects.get(), "confirm", by="anna")  # and one of our own signatures

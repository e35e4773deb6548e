"""Types in a project that replaced the catalogue and the orders; never run, only checked."""

from __future__ import annotations

from typing import reveal_type

from tests.projects.replaced.catalogue.models import Product, Variant
from tests.projects.replaced.orders.models import Order
from tradepost.api.serializers.orders import OrderLineSerializer
from tradepost.catalogue.admin import ProductAdmin
from tradepost.core.actors import SYSTEM
from tradepost.orders import services
from tradepost.testing import Scenario

product = Product.objects.get(slug="mug")
reveal_type(product)
reveal_type(product.isbn)
reveal_type(Product.objects.public())
reveal_type(Product.objects.public().first())
reveal_type(Variant.objects.get().product)
reveal_type(Variant.objects.get().product.isbn)
reveal_type(product.variants.all())
reveal_type(Order.objects.get().gift_message)
reveal_type(services.apply(Order.objects.get(), "confirm", by=SYSTEM))
reveal_type(Scenario().basket(lines=2).paid())


class OwnLineSerializer(OrderLineSerializer):
    class Meta(OrderLineSerializer.Meta):
        fields = [*OrderLineSerializer.Meta.fields, "parent"]


class OwnProductAdmin(ProductAdmin):
    list_display = [*ProductAdmin.list_display, "isbn"]
    search_fields = [*ProductAdmin.search_fields, "isbn"]
    readonly_fields = ["uuid"]
    inlines = [*ProductAdmin.inlines]


product.isnb  # noqa: B018 - a slip of the pen
Product.objects.filter(isnb="9780141439587")
Product.objects.filter(isbn="9780141439587").public().get().isbn.upper()

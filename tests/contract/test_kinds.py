"""Every kind of condition, benefit and shipping method, ours and the documentation's, against the published contracts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from decimal import Decimal
from typing import Any

import pytest
from django.db import models
from django.test.utils import isolate_apps

from tests.docs.examples.heavy import MinimumWeight, OffByWeight
from tradepost.core.db.polymorphic import kinds_of
from tradepost.promotions import rules
from tradepost.promotions.models import Benefit, Condition
from tradepost.promotions.rules import Goods, Tier
from tradepost.shipping import models as shipping
from tradepost.shipping.models import ShippingMethod
from tradepost.testing.contracts import BenefitContract, ConditionContract, ShippingKindContract

ALL, SECOND, TEN = Goods(), Goods(products=frozenset({"product-2"})), Decimal(10)

CONDITIONS: dict[str, Callable[[], rules.Condition]] = {
    "MinimumValue": lambda: rules.MinimumValue(Decimal(50), "EUR"),
    "MinimumQuantity": lambda: rules.MinimumQuantity(3, SECOND),
    "CustomerGroups": lambda: rules.CustomerGroups(frozenset({"club"})),
    "FirstOrder": rules.FirstOrder,
    "Countries": lambda: rules.Countries(frozenset({"DE"})),
    "Hours": lambda: rules.Hours(frozenset({1, 2}), time(9), time(17)),
    "OurExample": lambda: MinimumWeight(1000),
}
BENEFITS: dict[str, Callable[[], rules.Benefit]] = {
    "PercentageOff": lambda: rules.PercentageOff("lines", ALL, TEN),
    "PercentageOffOfOrders": lambda: rules.PercentageOff("order", ALL, Decimal("33.3")),
    "FreeDelivery": lambda: rules.PercentageOff("shipping", ALL, Decimal(100)),
    "AmountOff": lambda: rules.AmountOff("order", ALL, TEN, "EUR"),
    "FixedPrice": lambda: rules.FixedPrice("lines", SECOND, Decimal("9.99"), "EUR"),
    "TieredPercentage": lambda: rules.TieredPercentage(
        "lines", ALL, (Tier(Decimal(2), TEN), Tier(Decimal(9), TEN * 2))
    ),
    "BundlePrice": lambda: rules.BundlePrice("lines", ALL, 3, TEN, "EUR"),
    "CheapestFree": lambda: rules.CheapestFree("lines", ALL, 3),
    "BuyGet": lambda: rules.BuyGet("lines", SECOND, 1, 1),
    "FreeGift": lambda: rules.FreeGift("lines", SECOND),
    "OurExample": lambda: OffByWeight("lines", ALL, Decimal("0.50"), "EUR"),
}
_HAS = {"currency": "EUR", "handling": Decimal("1.50")}
METHODS: dict[str, Callable[[], Any]] = {
    "FlatRate": lambda: shipping.FlatRate(amount=Decimal("4.90"), per_item=Decimal("0.10"), **_HAS),
    "FreeOver": lambda: shipping.FreeOver(amount=Decimal("4.90"), threshold=Decimal(50), **_HAS),
    "WeightTable": lambda: shipping.WeightTable(bands=[["1000", "4.90"], ["5000", "9.90"]], **_HAS),
    "QuantityTable": lambda: shipping.QuantityTable(bands=[["5", "4.90"]], **_HAS),
    "PriceTable": lambda: shipping.PriceTable(bands=[["50", "4.90"], ["9999", "0"]], **_HAS),
    "Pickup": lambda: shipping.Pickup(amount=Decimal(0), **_HAS),
}

for _name, _make in CONDITIONS.items():
    globals()[f"Test{_name}Condition"] = type(
        f"Test{_name}Condition", (ConditionContract,), {"make_condition": staticmethod(_make)}
    )
for _name, _benefit in BENEFITS.items():
    globals()[f"Test{_name}Benefit"] = type(
        f"Test{_name}Benefit", (BenefitContract,), {"make_benefit": staticmethod(_benefit)}
    )
for _name, _method in METHODS.items():
    globals()[f"Test{_name}Method"] = type(
        f"Test{_name}Method", (ShippingKindContract,), {"make_method": staticmethod(_method)}
    )


def test_all_of_ours_are_here() -> None:
    """A new kind is held to its contract."""
    assert {kind.__name__ for kind in kinds_of(Condition)} <= {*CONDITIONS}
    assert {kind.__name__ for kind in kinds_of(Benefit)} <= {*BENEFITS}
    asked_elsewhere = {
        "CarrierService",
        "PickupPoints",
    }  # their prices come from a carrier: tests of carriers and of points
    assert {kind.__name__ for kind in kinds_of(ShippingMethod)} - asked_elsewhere <= {*METHODS}


@pytest.mark.parametrize(
    ("base", "name"), [(Condition, "first snow"), (Benefit, "first snow"), (ShippingMethod, "first snow")]
)
@isolate_apps()
def test_a_kind_without_a_meta_is_called_by_its_class(base: type[models.Model], name: str) -> None:
    """And not by what all kinds are called; one with a ``Meta`` by what stands there."""

    class FirstSnow(base):  # type: ignore[valid-type, misc]
        __module__ = "tradepost.core.seasons"  # in an app that is installed

    class LastSnow(FirstSnow):  # type: ignore[valid-type, misc]
        class Meta:
            app_label = "tradepost_core"
            verbose_name = "thaw"

    class Plain(base):  # type: ignore[valid-type, misc]
        class Meta:
            abstract = True
            app_label = "tradepost_core"
            verbose_name = "winter"

    class Deep(Plain):
        __module__ = "tradepost.core.seasons"  # in an app that is installed

    assert str(FirstSnow._meta.verbose_name) == name
    assert [str(LastSnow._meta.verbose_name), str(Deep._meta.verbose_name)] == ["thaw", "winter"]
    assert [constraint.name for constraint in FirstSnow._meta.constraints] == []
    assert not {FirstSnow, LastSnow, Deep} & {*kinds_of(base)}  # their apps are the test's, not the project's

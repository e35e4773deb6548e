"""The calls of the page about goods through the API do what it says."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest

from tests.api.staff.conftest import Staff, staff
from tests.api.staff.test_images import picture as photograph
from tests.docs.examples import goods_by_api
from tests.docs.test_trade import Api
from tradepost.catalogue.models import Attribute
from tradepost.testing import factories

__all__ = ["staff"]

pytestmark = [pytest.mark.docs, pytest.mark.django_db]


def test_a_product_is_made_priced_delivered_and_counted(staff: Callable[[str], Staff]) -> None:
    """By a member of the catalogue's department."""
    kind = factories.product_type("clothing")
    Attribute.objects.create(product_type=kind, code="material", name="Material", kind="choice", choices=["linen"])
    factories.price_list()
    for code in ("depot", "shop"):
        factories.location(code)
    api = Api(staff("catalogue"))

    assert [row["sku"] for row in goods_by_api.new_product(api)["variants"]] == ["LINEN-S", "LINEN-M"]
    picture = goods_by_api.photograph(api, BytesIO(photograph()))
    assert (picture["alt"], picture["variant"], picture["is_main"]) == ("A shirt on a line", "LINEN-M", True)
    assert goods_by_api.prices(api) == {"changed": ["LINEN-S", "LINEN-M"]}
    levels = goods_by_api.delivery(api)["levels"]
    assert [(row["location"], row["on_hand"]) for row in levels] == [("depot", 6), ("shop", 4)]
    [failed] = goods_by_api.stocktaking(api)
    assert (failed["variant"], failed["errors"][0]["attr"]) == ("LINEN-L", "variant")

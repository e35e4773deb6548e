"""Taxes as buyers see them: the tax id's field, sums without the tax, a tax that can't be known."""

from __future__ import annotations

from typing import Any

import pytest

from tradepost.catalogue.models import Variant
from tradepost.checkout.models import Checkout
from tradepost.orders.models import Order
from tradepost.pricing.errors import TaxUnavailable
from tradepost.pricing.models import PriceList, TaxRate, Zone, ZoneArea
from tradepost.pricing.ports import TaxContext, Taxer
from tradepost.testing import factories as make

from .conftest import Visitor

PARIS = {"shipping-postcode": "75001", "shipping-city": "Paris", "shipping-country": "FR"}


@pytest.fixture
def _france(mug: Variant) -> None:
    """20 % at home; buyers with a tax id in France owe the tax themselves."""
    make.tax("0.20", country="DE")
    zone = Zone.objects.create(code="fr", name="France", reverse_charge=True)
    ZoneArea.objects.create(zone=zone, country="FR")
    cls = TaxRate.objects.get().tax_class
    TaxRate.objects.create(zone=zone, tax_class=cls, name="TVA", rate="0.20")
    mug.prices.update(amount="12.00")


class Silent:
    """An engine whose service doesn't answer."""

    def load(self, context: TaxContext) -> Taxer:
        """Never."""
        raise TaxUnavailable("The tax can't be calculated right now.")


def sums(guest: Visitor) -> list[tuple[str, str, str]]:
    """Kind, label and amount of each row."""
    return [(row.kind, str(row.label), str(row.amount)) for row in guest.page.context["sums"]]


@pytest.mark.usefixtures("_france")
def test_a_company_abroad_buys_without_tax(guest: Visitor, mug: Variant) -> None:
    """The sums say why they are less than the prices; the order's page, too."""
    guest.add(mug)
    guest.say(tax_id="fr 40 303 265 045", **PARIS)

    assert sums(guest) == [
        ("goods", "Goods", "12.00"),
        ("charge", "Parcel", "5.00"),
        ("untaxed", "Without tax: reverse charge", "-2.83"),
        ("total", "Total", "14.17"),
    ]
    assert "Tax id: FR40303265045" in guest.text

    guest.place()
    order = Order.objects.get()
    assert (order.tax_id, order.tax_id_check[:16]) == ("FR40303265045", "unknown checksum")
    guest.get(f"/orders/{order.number}/")
    assert sums(guest)[2] == ("untaxed", "Without tax: reverse charge", "-2.8300")


@pytest.mark.usefixtures("_france")
def test_an_export_and_an_exempt_buyer_have_their_words(guest: Visitor, mug: Variant) -> None:
    """Outside of all zones the home tax is taken out."""
    guest.add(mug)
    guest.say(**{**PARIS, "shipping-country": "US", "shipping-region": "NY"})

    assert sums(guest)[2] == ("untaxed", "Without tax: export", "-2.83")


@pytest.mark.usefixtures("_france")
def test_a_wrong_tax_id_stands_beside_its_field(guest: Visitor, mug: Variant) -> None:
    """The other values are still there, and nothing was written."""
    guest.add(mug)
    details = {"email": "ada@example.com", "shipping-name": "Ada", "shipping-line1": "1 Road", **PARIS}

    guest.post("/checkout/details/", {**details, "tax_id": "FR1"})

    assert guest.page.status_code == 422
    assert guest.page.context["contact"].errors == {
        "tax_id": ["This isn't a valid tax ID. Please check it, or leave it out."]
    }
    assert 'value="FR1"' in guest.text
    assert 'value="1 Road"' in guest.text
    assert "<details" in guest.text
    assert not Checkout.objects.filter(email="ada@example.com").exists()

    guest.post("/checkout/details/", {**details, "tax_id": ""})
    assert guest.page.context["step"] == "delivery"


def test_a_tax_that_cannot_be_known_is_said_before_the_button(guest: Visitor, mug: Variant, settings: Any) -> None:
    """Pressed all the same, it makes no order."""
    settings.TRADEPOST_PRICING = {"TAX": "tests.storefront.test_taxes.Silent"}
    guest.add(mug)
    guest.get("/checkout/")
    assert guest.page.context["problem"] is None  # it may be the address that is missing
    guest.say()

    assert guest.page.context["problem"]["message"] == "The tax can't be calculated right now."
    assert "<p>The tax can&#x27;t be calculated right now.</p>" in guest.text

    assert guest.place().status_code == 409
    assert not Order.objects.exists()


@pytest.mark.parametrize(("includes_tax", "label"), [(True, "Total"), (False, "Total before tax")])
def test_a_total_without_its_tax_is_called_so(
    includes_tax: bool, label: str, guest: Visitor, mug: Variant, settings: Any
) -> None:
    """On net prices nobody takes it for what is to be paid."""
    engine = "tests.storefront.test_taxes.Silent"
    settings.TRADEPOST_PRICING = {"TAX": engine, "PRICES_INCLUDE_TAX": includes_tax}
    PriceList.objects.update(includes_tax=includes_tax)
    guest.add(mug)

    guest.get("/basket/")

    assert sums(guest) == [("goods", "Goods", "10.00"), ("total", label, "10.00")]

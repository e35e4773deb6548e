"""Staff keep zones, taxes and exchange rates by the API, and nothing changes its meaning behind their back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tradepost.pricing.models import ExchangeRate, Price, TaxClass, TaxRate, Zone, ZoneArea
from tradepost.shipping.models import FlatRate
from tradepost.testing import factories

from .conftest import Staff, errors

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance(staff: Callable[[str], Staff]) -> Staff:
    """Who keeps taxes."""
    return staff("finance")


def test_a_zone_is_made_changed_and_deleted(finance: Staff) -> None:
    """Areas that are given replace all; an area is as strict as in the admin."""
    areas = [{"country": "DE"}, {"country": "AT", "postcode_from": "1000", "postcode_to": "1999"}]
    created = finance.post("zones/", {"code": "dach", "name": "DACH", "areas": areas})

    assert created.status_code == 201, created.content
    empty = {"region": "", "postcode_from": "", "postcode_to": ""}
    assert created.json() == {
        "code": "dach",
        "name": "DACH",
        "is_home": False,
        "priority": 0,
        "reverse_charge": False,
        "areas": [{**empty, **area} for area in areas],
    }
    changed = finance.patch("zones/dach/", {"is_home": True, "areas": [{"country": "CH"}]}).json()
    assert (changed["is_home"], changed["areas"]) == (True, [{**empty, "country": "CH"}])
    assert finance.patch("zones/dach/", {"priority": 3}).json()["areas"] == changed["areas"]
    refused = finance.patch("zones/dach/", {"name": "X", "areas": [{"country": "DE"}, {"country": "QQ"}]})
    assert errors(refused) == [(400, ""), ("invalid", "areas.1.country")]
    assert [*ZoneArea.objects.values_list("country", flat=True)] == ["CH"]
    assert Zone.objects.get().name == "DACH"
    assert [row["code"] for row in finance.get("zones/", country="CH").json()["results"]] == ["dach"]
    assert finance.send("delete", "zones/dach/").status_code == 204


def test_a_zone_that_something_is_bound_to_stays(finance: Staff) -> None:
    """The price list would hold everywhere, and the method deliver anywhere."""
    factories.tax()
    zone = Zone.objects.get()
    price_list = factories.price_list()
    price_list.zones.add(zone)

    refused = finance.send("delete", "zones/home/")
    assert errors(refused) == [(409, ""), ("in_use", None)]
    assert refused.json()["context"] == {"by": "price lists", "count": 1}
    price_list.zones.clear()
    method = FlatRate.objects.create(code="parcel", name="Parcel", currency="EUR", amount="4.90")
    method.zones.add(zone)
    assert finance.send("delete", "zones/home/").json()["context"] == {"by": "shipping methods", "count": 1}
    method.zones.clear()
    assert finance.send("delete", "zones/home/").status_code == 204
    assert not TaxRate.objects.exists()


def test_the_admin_deletes_neither_a_zone_nor_a_tax_class_in_use(db: None) -> None:
    """It lists what needs it."""
    factories.tax()
    zone = Zone.objects.get()
    factories.price_list(name="Swiss prices").zones.add(zone)
    factories.product_type("clothing")
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("root", "root@example.com", "secret"))

    for model, row, user in (
        ("zone", zone, "Swiss prices"),
        ("taxclass", TaxClass.objects.get(), "product type"),
    ):
        url = f"/admin/tradepost_pricing/{model}/{row.pk}/delete/"
        assert user in client.get(url).content.decode()
        client.post(url, {"post": "yes"})
        assert type(row).objects.filter(pk=row.pk).exists()


def test_tax_rates_are_set_by_class_and_name(finance: Staff) -> None:
    """The same again changes nothing; null takes one away; others stay."""
    finance.post("zones/", {"code": "de", "name": "Germany"})
    for code in ("standard", "reduced"):
        assert finance.post("tax-classes/", {"code": code, "name": code.capitalize()}).status_code == 201
    rates = [
        {"tax_class": "standard", "name": "VAT 19 %", "rate": "0.19", "position": 1},
        {"tax_class": "reduced", "name": "VAT 7 %", "rate": "0.07"},
    ]

    assert finance.post("zones/de/tax-rates/", {"rates": rates}).json() == {"changed": ["VAT 19 %", "VAT 7 %"]}
    assert finance.post("zones/de/tax-rates/", {"rates": rates}).json() == {"changed": []}
    gone = [{"tax_class": "reduced", "name": "VAT 7 %", "rate": None}]
    assert finance.post("zones/de/tax-rates/", {"rates": gone}).json() == {"changed": ["VAT 7 %"]}
    assert finance.post("zones/de/tax-rates/", {"rates": gone}).json() == {"changed": []}
    assert finance.get("tax-rates/", zone="de").json()["results"] == [
        {
            "zone": "de",
            "tax_class": "standard",
            "name": "VAT 19 %",
            "rate": "0.19",
            "jurisdiction": "",
            "compound": False,
            "position": 1,
        }
    ]


@pytest.mark.parametrize(
    ("rate", "refusal"),
    [
        ({"rate": "-0.1"}, (400, "min_value", "rates.1.rate")),
        ({"rate": "12345"}, (400, "max_whole_digits", "rates.1.rate")),
        ({"rate": "NaN"}, (400, "invalid", "rates.1.rate")),
        ({"tax_class": "nope"}, (400, "invalid", "rates")),
        ({"name": "VAT 19 %"}, (400, "invalid", "rates")),
        ({"name": ""}, (400, "blank", "rates.1.name")),
    ],
)
def test_a_wrong_tax_rate_stops_all(finance: Staff, rate: dict[str, Any], refusal: tuple[int, str, str]) -> None:
    """And says which it is."""
    finance.post("zones/", {"code": "de", "name": "Germany"})
    finance.post("tax-classes/", {"code": "standard", "name": "Standard"})
    right = {"tax_class": "standard", "name": "VAT 19 %", "rate": "0.19"}

    refused = finance.post("zones/de/tax-rates/", {"rates": [right, {**right, "name": "Levy", **rate}]})

    assert errors(refused) == [(refusal[0], ""), refusal[1:]]
    assert not TaxRate.objects.exists()


def test_a_tax_class_that_something_is_sold_under_stays(finance: Staff) -> None:
    """With its code; what isn't named by anything is renamed and deleted."""
    factories.tax()
    factories.product_type("clothing")

    refused = finance.send("delete", "tax-classes/standard/")
    assert errors(refused) == [(409, ""), ("in_use", None)]
    assert refused.json()["context"] == {"by": "product types", "count": 1}
    assert errors(finance.patch("tax-classes/standard/", {"code": "normal"})) == [(409, ""), ("in_use", None)]
    assert TaxClass.objects.get().code == "standard"
    assert finance.patch("tax-classes/standard/", {"name": "Normal"}).json() == {"code": "standard", "name": "Normal"}
    finance.post("tax-classes/", {"code": "books", "name": "Books"})
    assert finance.patch("tax-classes/books/", {"code": "print"}).json()["code"] == "print"
    assert finance.send("delete", "tax-classes/print/").status_code == 204


def test_an_exchange_rate_is_set_replaced_and_taken_away(finance: Staff) -> None:
    """Prices that follow another list are converted each time."""
    variant = factories.variant(sku="MUG", price="10.00")
    own = variant.prices.get().price_list
    dollars = factories.price_list("usd", currency="USD", converts=own)
    earlier, later = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"

    def amount() -> Decimal:
        return Price.objects.get(price_list=dollars).amount

    created = finance.post("exchange-rates/", {"currency": "USD", "rate": "0.8", "valid_from": earlier})
    assert created.status_code == 201, created.content
    assert created.json() == {"currency": "USD", "base": "EUR", "rate": "0.8", "valid_from": earlier}
    assert amount() == Decimal("12.50")
    finance.post("exchange-rates/", {"currency": "USD", "rate": "0.5", "valid_from": later})
    assert amount() == Decimal(20)
    finance.post("exchange-rates/", {"currency": "USD", "rate": "0.4", "valid_from": later})
    assert (amount(), ExchangeRate.objects.count()) == (Decimal(25), 2)
    shown = finance.get("exchange-rates/", currency="USD").json()["results"]
    assert [(row["rate"], row["valid_from"]) for row in shown] == [("0.4", later), ("0.8", earlier)]
    named = {"currency": "USD", "valid_from": later}
    removed = finance.post("exchange-rates/remove/", named)
    assert (removed.status_code, amount()) == (204, Decimal("12.50"))
    assert errors(finance.post("exchange-rates/remove/", named)) == [(400, ""), ("invalid", "valid_from")]


@pytest.mark.parametrize(
    ("data", "attr"),
    [
        ({"currency": "EUR", "rate": "1"}, "currency"),
        ({"currency": "QQQ", "rate": "1"}, "currency"),
        ({"currency": "USD", "rate": "0"}, "rate"),
        ({"currency": "USD", "rate": "-1"}, "rate"),
        ({"currency": "USD", "rate": "Infinity"}, "rate"),
        ({"currency": "USD", "rate": "1.123456789012"}, "rate"),
        ({"currency": "USD", "rate": "1", "valid_from": "soon"}, "valid_from"),
        ({"currency": "USD", "rate": "1", "base": "USD"}, "base"),
    ],
)
def test_a_wrong_exchange_rate_is_refused(finance: Staff, data: dict[str, Any], attr: str) -> None:
    """Under the field that is wrong."""
    refused = finance.post("exchange-rates/", data)

    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, attr)
    assert not ExchangeRate.objects.exists()

"""Which rates count where."""

from __future__ import annotations

from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tradepost.core import versions
from tradepost.core.addresses.postal import PostalAddress
from tradepost.core.addresses.rules import normalise_postcode
from tradepost.core.dates import clock
from tradepost.pricing import services
from tradepost.pricing.document import Document, Item, LineRow
from tradepost.pricing.models import TaxClass, TaxRate, Zone, ZoneArea
from tradepost.pricing.ports import Place, TaxContext
from tradepost.pricing.tax.ports import TaxIdCheck
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db


def zone(code: str, *areas: dict[str, str], **values: Any) -> Zone:
    """A zone of areas."""
    created = Zone.objects.create(code=code, name=code, **values)
    for area in areas:
        ZoneArea.objects.create(zone=created, **area)
    return created


def rate(for_zone: Zone, number: str, tax_class: str = "standard", **values: Any) -> TaxRate:
    """A rate in a zone."""
    cls = TaxClass.objects.get_or_create(code=tax_class, defaults={"name": tax_class})[0]
    return TaxRate.objects.create(**{"zone": for_zone, "tax_class": cls, "name": number, "rate": number, **values})


def taxed(place: Place, price: str = "120.00", **context: Any) -> list[tuple[str, str, str]]:
    """Name, amount and reason of each tax on a line of a document."""
    item = Item(key="a", variant_id=1, product_id=1, quantity=1)
    line = LineRow(key="a", tax_class="standard", item=item, gross=Decimal(price))
    document = Document(currency="EUR", prices_include_tax=True, lines=[line])
    services.taxer(TaxContext(place=place, at=clock.now(), **context))(document)
    return [(row.name, str(row.amount), row.reason) for row in line.taxes]


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Place("US", "CA", "94110"), ["sf", "ca", "us", "world"]),
        (Place("US", "ca", "90001"), ["ca", "us", "world"]),
        (Place("US", "NY"), ["us", "world"]),
        (Place("us"), ["us", "world"]),
        (Place("DE"), ["world"]),
        (Place(), ["home"]),
    ],
)
def test_a_place_lies_in_zones_the_nearest_first(place: Place, expected: list[str]) -> None:
    """By postcode, region, country, or everywhere; home while nothing is known."""
    zone("world", {})
    zone("home", {"country": "AT"}, is_home=True)
    zone("us", {"country": "US"}, {"country": "PR"})
    zone("ca", {"country": "US", "region": "CA"})
    zone("sf", {"country": "US", "region": "CA", "postcode_from": "94100", "postcode_to": "94199"})

    codes = dict(Zone.objects.values_list("pk", "code"))
    assert [codes[pk] for pk in services.zones_for(place)] == expected


def test_the_nearest_zone_with_rates_counts() -> None:
    """Zones for delivery alone have none."""
    rate(zone("home", {"country": "DE"}, is_home=True), "0.19")
    rate(zone("eu", {"country": "DE"}, {"country": "FR"}, priority=5), "0.20")
    rate(zone("corsica", {"country": "FR", "postcode_from": "20000", "postcode_to": "20999"}), "0.13")
    zone("paris", {"country": "FR", "postcode_from": "75000", "postcode_to": "75999"})

    assert taxed(Place())[0][0] == "0.19"
    assert taxed(Place("FR", postcode="75001"))[0][0] == "0.20"
    assert taxed(Place("FR", postcode="20100"))[0][0] == "0.13"


@pytest.mark.parametrize(
    ("first", "last", "postcode", "inside"),
    [
        ("94100", "94199", "94110", True),
        ("94100", "94199", "94199-1234", True),
        ("94100", "94199", "94200-1234", False),
        ("94100", "94199", "", False),
        ("94100", "94199", "9", False),
        ("941", "941", "94110", True),
        ("BT", "", "bt1 1aa", True),
        ("BT", "", "B1 1AA", False),
        ("sw1a 1aa", "SW1A 1ZZ", "SW1A1BB", True),
        ("sw1a 1aa", "SW1A 1ZZ", "sw1a-2aa", False),
        ("1010", "", "10100", True),
    ],
)
def test_postcodes_are_compared_as_far_as_an_areas_go(first: str, last: str, postcode: str, inside: bool) -> None:
    """Without spaces and dashes; a code alone is what codes begin with."""
    zone("area", {"country": "us", "postcode_from": first, "postcode_to": last})

    assert bool(services.zones_for(Place("US", "", postcode))) is inside


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"country": "DEU"}, "country"),
        ({"country": "4 "}, "country"),
        ({"country": "DE", "postcode_to": "2"}, "postcode_from"),
    ],
)
def test_an_area_that_can_lie_nowhere_is_refused(values: dict[str, str], field: str) -> None:
    """By the admin's form, beside its field."""
    with pytest.raises(ValidationError) as refusal:
        ZoneArea(zone=zone("odd"), **values).full_clean()

    assert list(refusal.value.message_dict) == [field]


def test_outside_of_all_zones_is_an_export() -> None:
    """The home tax is taken out."""
    rate(zone("home", {"country": "DE"}, is_home=True), "0.2")

    assert taxed(Place("DE")) == [("0.2", "20.00", "")]
    assert taxed(Place("US")) == [("No tax", "0", "export")]


def test_who_owes_the_tax_themselves() -> None:
    """A zone with reverse charge and a tax id; at home never. And who is exempt."""
    rate(zone("home", {"country": "DE"}, is_home=True, reverse_charge=True), "0.2")
    rate(zone("eu", {"country": "FR"}, reverse_charge=True), "0.25")

    assert taxed(Place("FR"), tax_id="FR123") == [("No tax", "0", "reverse_charge")]
    assert taxed(Place("FR")) == [("0.25", "24.00", "")]
    assert taxed(Place("DE"), tax_id="DE123") == [("0.2", "20.00", "")]
    assert taxed(Place("DE"), exempt=True) == [("No tax", "0", "exempt")]


@pytest.mark.parametrize(
    ("valid", "country", "must", "expected"),
    [
        (True, "FR", False, "reverse_charge"),
        (None, "FR", False, "reverse_charge"),
        (False, "FR", False, ""),
        (True, "FR", True, "reverse_charge"),
        (None, "FR", True, ""),
        (False, "FR", True, ""),
        (True, "DE", False, ""),
        (True, "IT", False, "reverse_charge"),
        (True, "", False, "reverse_charge"),
    ],
)
def test_the_check_of_a_tax_id_decides(
    valid: bool | None, country: str, must: bool, expected: str, settings: Any
) -> None:
    """One that was found wrong doesn't count, nor one from home; one that nobody could check as the shop says."""
    settings.TRADEPOST_PRICING = {"TAX_ID_MUST_BE_VALID": must}
    rate(zone("home", {"country": "DE"}, is_home=True), "0.2")
    rate(zone("eu", {"country": "FR"}, {"country": "IT"}, reverse_charge=True), "0.25")
    check = TaxIdCheck(valid=valid, method="register", at=clock.now(), country=country)

    [(_name, amount, reason)] = taxed(Place("FR"), tax_id="ID123", tax_id_check=check)

    assert (reason, amount) == (expected, "0" if expected else "24.00")


def test_an_id_that_nobody_has_looked_at_is_one_that_nobody_could_check(settings: Any) -> None:
    """As in a basket, before the checkout."""
    rate(zone("home", {"country": "DE"}, is_home=True), "0.2")
    rate(zone("eu", {"country": "FR"}, reverse_charge=True), "0.25")

    assert taxed(Place("FR"), tax_id="ID123")[0][2] == "reverse_charge"
    settings.TRADEPOST_PRICING = {"TAX_ID_MUST_BE_VALID": True}
    assert taxed(Place("FR"), tax_id="ID123")[0][2] == ""


def test_net_may_be_kept_across_borders(settings: Any) -> None:
    """As the shop says."""
    rate(zone("home", {"country": "DE"}, is_home=True), "0.2")
    rate(zone("fr", {"country": "FR"}), "0.25")

    assert taxed(Place("FR")) == [("0.25", "24.00", "")]
    settings.TRADEPOST_PRICING = {"CROSS_BORDER": "net"}
    assert taxed(Place("FR")) == [("0.25", "25.00", "")]


def test_several_rates_come_in_their_order() -> None:
    """Compound ones last."""
    home = zone("home", {}, is_home=True)
    rate(home, "0.10", name="on top", compound=True)
    rate(home, "0.05", name="first", position=1)

    assert taxed(Place(), "115.50") == [("first", "5.00", ""), ("on top", "10.50", "")]


def test_a_shop_without_rates_has_no_taxes() -> None:
    """And nothing to explain."""
    zone("world", {})

    assert taxed(Place("DE")) == []


def test_kept_rates_cost_the_query_of_versions() -> None:
    """However many there are."""
    for code in ("DE", "FR", "IT"):
        make.tax("0.20", country=code, home=code == "DE")
        make.tax("0.05", country=code, tax_class="reduced")

    context = TaxContext(place=Place("FR"), at=clock.now())
    services.taxer(context)

    with versions.one_reading(), CaptureQueriesContext(connection) as seen:
        services.taxer(context)

    assert len(seen) == 1


@pytest.mark.parametrize("typed", ["NY", "ny", "ＮＹ", " n\uff39 ", "New York", "new  york", "N.Y."])
@pytest.mark.parametrize("area", ["Ｎy", "New York"])
def test_regions_are_matched_however_they_are_typed(typed: str, area: str) -> None:
    """By code or by name, in an address as in an area, which keep the code."""
    address = {"name": "Ada", "line1": "1", "city": "New York", "country": "US", "postcode": "10001", "region": typed}
    rate(zone("ny", {"country": "US", "region": area}), "0.10")

    assert taxed(Place("US", typed, "10001"), "110.00") == [("0.10", "10.00", "")]
    assert (PostalAddress.read(address).region, ZoneArea.objects.get().region) == ("NY", "NY")


def test_an_area_names_a_region_that_there_is() -> None:
    """A slip would leave a state untaxed; a country whose regions we don't know may have any."""
    slip, free = (ZoneArea(zone=zone(code), country=code, region="Nowhere") for code in ("US", "FR"))

    with pytest.raises(ValidationError, match="no such state") as refusal:
        slip.full_clean()
    free.full_clean()

    assert [*refusal.value.message_dict] == ["region"]


@pytest.mark.parametrize("column", ["postcode_from", "postcode_to"])
def test_a_postcode_that_grows_beyond_its_column_is_an_error_of_the_form(column: str) -> None:
    """One sign of Arabic script is eighteen letters; SQLite would keep them, PostgreSQL answers with an error of its own."""
    area = ZoneArea(zone=zone("sf", {"country": "US"}), country="US", **{"postcode_from": "1", column: "\ufdfa" * 2})

    with pytest.raises(ValidationError) as refusal:
        area.full_clean()

    assert refusal.value.message_dict == {column: ["This is too long."]}


@pytest.mark.parametrize("typed", ["９４１１０", "94110–1234", "94110\u22121234", "９４１１０－１２３４", " 94110 "])
def test_postcodes_are_matched_however_they_are_typed(typed: str) -> None:
    """Full-width digits and other dashes lie where plain ones do; an area may be written so, too."""
    rate(zone("sf", {"country": "US", "postcode_from": "９４１００", "postcode_to": "94199"}), "0.10")

    assert taxed(Place("US", "CA", typed), "110.00") == [("0.10", "10.00", "")]
    area = ZoneArea.objects.get()
    assert (area.postcode_from, area.postcode_to) == ("94100", "94199")


def test_areas_from_before_postcodes_were_plain_are_made_so_by_the_migration() -> None:
    """Typed with full-width digits and another dash; what is plain stays, and no row is made."""
    area = zone("home", {"country": "JP", "postcode_from": "100"}, {"country": "DE"}, is_home=True)
    rate(area, "0.1")
    old = area.areas.exclude(postcode_from="")
    old.update(postcode_from="１００ー0001", postcode_to="１００ー9999 ")
    assert taxed(Place("JP", postcode="100-0001")) == [("No tax", "0", "export")]

    migration = import_module("tradepost.pricing.migrations.0005_plain_area_postcodes")
    migration.plain_postcodes(apps, connection.schema_editor())

    assert list(area.areas.order_by("country").values_list("country", "postcode_from", "postcode_to")) == [
        ("DE", "", ""),
        ("JP", "100-0001", "100-9999"),
    ]
    assert taxed(Place("JP", postcode="100-0001")) == [("0.1", "10.91", "")]


@pytest.mark.parametrize("typed", ["BT1 1AA", "bt1 1aa", "ＢＴ１", "12–345", "١٢", " 1 ", "‎12"])
def test_the_migration_writes_what_is_written_now(typed: str) -> None:
    """As a new area is saved."""
    migration = import_module("tradepost.pricing.migrations.0005_plain_area_postcodes")

    assert migration._plain(typed) == normalise_postcode(typed)

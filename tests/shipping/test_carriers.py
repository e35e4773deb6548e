"""Carriers: asked once for all, outside transactions, and what happens when they are down."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.docs.examples.swift_carrier import SwiftCarrier
from tests.fakes.swift_server import KEY, SwiftServer
from tradepost.checkout import services as checkout
from tradepost.checkout.errors import RequirementsUnmet
from tradepost.checkout.services import Visit
from tradepost.core import versions
from tradepost.core.dates import clock
from tradepost.core.jobs import run
from tradepost.orders.models import Order
from tradepost.pricing.models import Zone, ZoneArea
from tradepost.shipping import carriers
from tradepost.shipping.checks import check_shipping
from tradepost.shipping.models import CarrierQuote, CarrierService
from tradepost.shipping.ports import (
    Carrier,
    CarrierParcel,
    CarrierRate,
    CarrierRequest,
    Destination,
    Goods,
    Parcel,
    Quote,
)
from tradepost.shipping.services import rates
from tradepost.testing import Scenario
from tradepost.testing import factories as make
from tradepost.testing.contracts import CarrierContract
from tradepost.testing.gateways import ALIAS, scripted, waiting

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
BACKEND = "tests.docs.examples.swift_carrier.SwiftCarrier"


@pytest.fixture
def swift() -> Iterator[SwiftServer]:
    with SwiftServer() as server:
        yield server


@pytest.fixture(autouse=True)
def _settings(settings: Any, swift: SwiftServer) -> None:
    options = {"api_key": KEY, "base_url": swift.url, "timeout": 10}
    settings.TRADEPOST_SHIPPING = {"CARRIERS": {"swift": {"BACKEND": BACKEND, "OPTIONS": options}}}


def service(code: str = "economy", **values: Any) -> CarrierService:
    given = {"code": code, "name": code.capitalize(), "currency": "EUR", "carrier": "swift", "service": code, **values}
    return CarrierService.objects.create(**given)


def quotes(*grams: int, to: str = "DE", at: datetime = NOON) -> dict[str, Quote]:
    """Quotes by code, as a page asks for them at a moment."""
    delivery = Parcel.of([Goods(sku=f"A{n}", quantity=1, weight=weight) for n, weight in enumerate(grams)], "EUR")
    with clock.at(at):
        return {quote.code: quote for quote in rates().load(Destination(to), "EUR", [delivery])(delivery)}


def later(**values: float) -> datetime:
    return NOON + timedelta(**values)


def asked(swift: SwiftServer) -> int:
    return len(swift.requests)


class TestSwift(CarrierContract):
    """The example of the documentation keeps the contract."""

    server: SwiftServer

    @pytest.fixture(autouse=True)
    def _server(self, swift: SwiftServer) -> None:
        self.server = swift

    def make_carrier(self) -> Carrier:
        return SwiftCarrier(api_key=KEY, base_url=self.server.url)

    def break_carrier(self) -> None:
        self.server.fault("html", times=9)


pytestmark = pytest.mark.django_db


def test_a_service_costs_what_the_carrier_asks() -> None:
    """With a markup in percent, and handling on top; its days are the carrier's, where the method has none."""
    service()
    service("express", markup=Decimal("10"), handling=Decimal("1.50"), max_days=3)
    service("overnight")

    result = quotes(1500)

    assert (result["economy"].amount, result["economy"].min_days, result["economy"].max_days) == (Decimal("6.00"), 2, 4)
    assert (result["express"].amount, result["express"].min_days, result["express"].max_days) == (
        Decimal("14.70"),
        1,
        3,
    )
    assert (result["overnight"].amount, result["overnight"].reason) == (None, "Not available for this parcel.")


def test_parcels_are_asked_for_together(settings: Any, swift: SwiftServer) -> None:
    """As they are packed; the same goods in another order are the same request."""
    packer = {"BACKEND": "tradepost.shipping.packers.ByWeight", "OPTIONS": {"max_grams": 1000}}
    settings.TRADEPOST_SHIPPING = {**settings.TRADEPOST_SHIPPING, "PACKER": packer}
    service()

    result, again = quotes(900, 700), quotes(700, 900)

    assert (result["economy"].amount, result["economy"].parcels) == (Decimal("10.00"), 2)
    assert again["economy"].amount == Decimal("10.00")
    assert [call["parcels"] for call in swift.called("/rates")] == [
        [{"grams": 700, "mm3": 0}, {"grams": 900, "mm3": 0}]
    ]


def test_a_carrier_is_asked_once_for_all_its_services(swift: SwiftServer) -> None:
    """Its answer is kept for half an hour, then it is asked again."""
    service()
    service("express", position=1)

    for minutes in (0, 10, 29):
        quotes(500, at=later(minutes=minutes))
    assert (asked(swift), CarrierQuote.objects.count()) == (1, 1)

    quotes(500, at=later(minutes=30))
    quotes(500, 500, at=later(minutes=31))
    assert (asked(swift), CarrierQuote.objects.count()) == (3, 2)


def test_what_is_kept_costs_one_query_and_only_where_there_are_carriers() -> None:
    """However many services and methods."""
    for number in range(3):
        service(f"economy{number}", service="economy")
    quotes(500)

    with versions.one_reading(), CaptureQueriesContext(connection) as with_carriers:
        quotes(500)
    CarrierService.objects.all().delete()
    quotes(500)
    with versions.one_reading(), CaptureQueriesContext(connection) as without:
        quotes(500)

    assert (len(with_carriers), len(without)) == (2, 1)


def test_nobody_is_asked_without_an_address_or_where_no_method_reaches(swift: SwiftServer) -> None:
    """The price depends on where it goes."""
    service()
    assert quotes(500, to="")["economy"].reason == "Its price depends on the address."

    zone = Zone.objects.create(code="fr", name="France")
    ZoneArea.objects.create(zone=zone, country="FR")
    CarrierService.objects.get().zones.add(zone)
    assert quotes(500)["economy"].reason == "Not available for this address."
    assert asked(swift) == 0


@pytest.mark.parametrize("kind", ["error_500", "error_429", "html", "truncated", "drop_before", "drop_after"])
def test_a_carrier_that_is_down_has_a_fallback_or_is_not_on_offer(
    swift: SwiftServer, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It isn't asked again for a minute, for whatever parcel; then it is."""
    service(fallback=Decimal("7.90"), handling=Decimal(1))
    service("express", position=1)
    swift.fault(kind)

    with caplog.at_level(logging.WARNING, "tradepost.shipping.carriers"):
        result = quotes(500)
    assert result["economy"].amount == Decimal("8.90")
    assert (result["express"].amount, result["express"].reason) == (
        None,
        "The carrier’s prices aren’t available right now. Please try again in a minute.",
    )
    assert "Carrier swift gives no answer" in caplog.text
    assert CarrierQuote.objects.get().failure.startswith("Swift: ")

    swift.fault("error_500", times=9)
    result = quotes(800, at=later(seconds=59))
    assert result["economy"].amount == Decimal("8.90")
    assert len(swift.faults) == 2
    assert swift.faults[1].times == 9  # it wasn't met

    swift.faults.clear()
    assert quotes(800, at=later(seconds=60))["economy"].amount == Decimal("6.00")


def test_a_carrier_that_is_slow_is_given_up(settings: Any, swift: SwiftServer) -> None:
    """After the time of its option."""
    options = {"api_key": KEY, "base_url": swift.url, "timeout": 0.2}
    settings.TRADEPOST_SHIPPING = {"CARRIERS": {"swift": {"BACKEND": BACKEND, "OPTIONS": options}}}
    service(fallback=Decimal("7.90"))
    swift.fault("latency", seconds=3)

    assert quotes(500)["economy"].amount == Decimal("7.90")
    assert "timed out" in CarrierQuote.objects.get().failure.lower()


def test_an_old_answer_counts_while_the_carrier_is_down(swift: SwiftServer) -> None:
    """For two hours after it has expired; then the fallback does."""
    service(fallback=Decimal("7.90"))
    quotes(500)
    swift.fault("error_500", times=9)

    assert quotes(500, at=later(minutes=31))["economy"].amount == Decimal("5.00")
    assert quotes(500, at=later(minutes=149))["economy"].amount == Decimal("5.00")
    assert quotes(500, at=later(minutes=150))["economy"].amount == Decimal("7.90")


class Odd:
    """A carrier that answers what it was made with, or raises it."""

    answer: Any = None

    def rates(self, request: CarrierRequest) -> Any:
        """Whatever."""
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    "answer",
    [
        ZeroDivisionError("oops"),
        None,
        [CarrierRate(service="economy", amount=Decimal(-1), currency="EUR")],
        [CarrierRate(service="economy", amount=Decimal("NaN"), currency="EUR")],
        [CarrierRate(service="economy", amount=4.9, currency="EUR")],  # type: ignore[arg-type]
        [CarrierRate(service="economy", amount=Decimal(1), currency="XXZ")],
        [CarrierRate(service="economy", amount=Decimal(1), currency="EUR", min_days=-1)],
    ],
)
def test_an_answer_that_is_none_counts_as_no_answer(
    settings: Any, answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page goes on; what was wrong is written down."""
    settings.TRADEPOST_SHIPPING = {"CARRIERS": {"swift": f"{__name__}.Odd"}}
    monkeypatch.setattr(Odd, "answer", answer)
    service(fallback=Decimal("7.90"))

    assert quotes(500)["economy"].amount == Decimal("7.90")
    assert CarrierQuote.objects.get().failure


def test_a_rate_in_another_currency_is_not_taken(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody converts it silently."""
    settings.TRADEPOST_SHIPPING = {"CARRIERS": {"swift": f"{__name__}.Odd"}}
    monkeypatch.setattr(Odd, "answer", [CarrierRate(service="economy", amount=Decimal(5), currency="USD")])
    service()

    assert quotes(500)["economy"].reason == "Not available for this parcel."


def test_a_carrier_that_is_gone_from_the_settings_is_down(settings: Any) -> None:
    """Its methods have their fallback, or none."""
    settings.TRADEPOST_SHIPPING = {}
    service()

    assert quotes(500)["economy"].amount is None
    assert "no carrier" in CarrierQuote.objects.get().failure


def test_inside_a_transaction_nobody_is_asked(swift: SwiftServer) -> None:
    """Kept rates count, expired or not, for two hours; unknown ones aren't offered."""
    service(fallback=Decimal("7.90"))
    with transaction.atomic():
        assert quotes(500)["economy"].amount is None
    assert asked(swift) == 0

    quotes(500)
    with transaction.atomic():
        assert quotes(500, at=later(minutes=149))["economy"].amount == Decimal("5.00")
        assert quotes(500, at=later(minutes=150))["economy"].amount is None
    assert asked(swift) == 1


def test_a_fallback_that_a_page_showed_counts_when_the_order_is_placed(swift: SwiftServer) -> None:
    """Longer than the minute after which the carrier is asked again."""
    service(fallback=Decimal("7.90"))
    swift.fault("error_500")
    quotes(500)

    with transaction.atomic():
        assert quotes(500, at=later(minutes=15))["economy"].amount == Decimal("7.90")
    assert asked(swift) == 0


@pytest.mark.django_db(transaction=True)
def test_an_order_is_placed_by_what_its_customer_saw(swift: SwiftServer) -> None:
    """The carrier is asked at the checkout, not while the order is placed; the order keeps how long it takes."""
    service()
    scenario = Scenario().basket(make.variant(price="10.00", on_hand=9, weight=1500)).says(shipping_method="economy")
    with clock.at(NOON):
        basket = scenario.ready()
        total = checkout.look(basket).totals.total
    swift.fault("error_500", times=99)

    with clock.at(later(minutes=45)), scripted() as gateway:
        gateway.play(waiting)
        checkout.update(basket, payment_method=ALIAS)
        order = checkout.complete(basket, Visit(expected_total=total, expected_currency="EUR")).order

    assert (total, order.total) == (Decimal("16.00"), Decimal("16.00"))
    assert [(row.code, row.total) for row in order.charges.all()] == [("economy", Decimal(6))]
    assert asked(swift) == 1


@pytest.mark.django_db(transaction=True)
def test_an_order_is_refused_where_the_carrier_was_never_heard(swift: SwiftServer) -> None:
    """Nothing is guessed, nothing is made; the next look asks."""
    service()
    scenario = Scenario().basket(make.variant(price="10.00", on_hand=9, weight=1500)).says(shipping_method="economy")
    with clock.at(NOON):
        basket = scenario.ready()

    with clock.at(later(minutes=150)), pytest.raises(RequirementsUnmet) as refusal:
        checkout.complete(basket, Visit())

    assert refusal.value.context["requirements"][0]["code"] == "shipping_method_unavailable"
    assert not Order.objects.exists()
    with clock.at(later(minutes=150)):
        assert checkout.look(basket).totals.total == Decimal("16.00")


def test_a_job_deletes_what_does_not_count_any_more(swift: SwiftServer) -> None:
    """Answers and failures; what may still be needed stays."""
    service()
    quotes(500)
    quotes(700, at=later(hours=1))

    with clock.at(later(hours=2, minutes=31)):
        assert run("tradepost.shipping.clear_rates") == 1
    assert CarrierQuote.objects.get().fetched_at == later(hours=1)
    assert carriers.clear_old(limit=0) == 0


def test_a_request_has_one_name_in_every_process() -> None:
    """By what is in it."""
    carrier_request = CarrierRequest(destination=Destination("DE"), currency="EUR", parcels=(CarrierParcel(weight=1),))

    assert carriers.key_of("swift", carrier_request) == carriers.key_of("swift", replace(carrier_request))
    assert carriers.key_of("swift", carrier_request) != carriers.key_of(
        "swift", replace(carrier_request, currency="USD")
    )
    assert len(carriers.key_of("x" * 50, carrier_request)) <= 120


@pytest.mark.parametrize(
    ("carriers_setting", "expected"),
    [
        ({"swift": BACKEND}, ["tradepost.E305"]),  # without its key
        ({"swift": {"BACKEND": BACKEND, "OPTIONS": {"api_key": "x"}}}, []),
        ({"swift": {"BACKEND": BACKEND, "OPTIONS": {"api_key": "x", "time_out": 1}}}, ["tradepost.E305"]),
        ({"swift": {"BACKEND": "nowhere.Carrier"}}, ["tradepost.E305"]),
        ({"swift": "tradepost.shipping.packers.OneParcel"}, ["tradepost.E305"]),
        ({"no alias": BACKEND}, ["tradepost.E304"]),
        ("swift", ["tradepost.E300"]),
    ],
)
def test_wrong_carriers_are_told_at_the_start(settings: Any, carriers_setting: Any, expected: list[str]) -> None:
    """Each with what to write."""
    settings.TRADEPOST_SHIPPING = {"CARRIERS": carriers_setting}

    messages = check_shipping()

    assert [message.id for message in messages] == expected
    assert all(message.hint for message in messages if message.id != "tradepost.E300")


def test_the_admin_knows_carriers_and_their_answers(admin_client: Client) -> None:
    """A method's form offers those of the settings; answers are shown, and not changed."""
    economy = service()
    quotes(500)
    row = CarrierQuote.objects.get()

    form = admin_client.get(reverse("admin:tradepost_shipping_shippingmethod_change", args=[economy.pk]))
    listed = admin_client.get(reverse("admin:tradepost_shipping_carrierquote_changelist"))
    shown = admin_client.get(reverse("admin:tradepost_shipping_carrierquote_change", args=[row.pk]))

    assert '<option value="swift" selected>' in form.content.decode()
    assert "economy: €5.00, express: €10.00" in listed.content.decode()
    assert "economy: €5.00" in shown.content.decode()
    assert admin_client.get(reverse("admin:tradepost_shipping_carrierquote_add")).status_code == 403
    with pytest.raises(ValidationError, match="There is no such carrier; there are: swift"):
        CarrierService(code="x", name="X", currency="EUR", carrier="gone", service="x").full_clean()

"""A tax engine that asks a service: what is kept, what is refused, and that nobody is asked inside a transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.core.checks import run_checks
from django.db import transaction
from django.utils import timezone

from tests.docs.examples.taxservice import TaxService
from tests.fakes.tax_server import TaxServer
from tradepost.core.dates import clock
from tradepost.pricing.document import ChargeRow, Document, Item, LineRow
from tradepost.pricing.errors import TaxUnavailable
from tradepost.pricing.ports import Place, TaxContext, TaxEngine
from tradepost.pricing.tax.ports import (
    TaxAnswer,
    TaxDocument,
    TaxIdCheck,
    TaxReporter,
)
from tradepost.testing.contracts import TaxEngineContract, TaxReporterContract

NEW_YORK = Place("US", "NY", "10001")
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def service() -> Iterator[TaxServer]:
    """The service, and a cache that is empty."""
    cache.clear()
    with TaxServer() as server:
        yield server
    cache.clear()


def engine(service: TaxServer, **options: Any) -> TaxService:
    """As a shop's settings would make it; it asks again at once."""
    return TaxService(api_key="tax_key", base_url=service.url, **{"timeout": 2, "pause": 0, **options})


def document(*, includes_tax: bool = False, currency: str = "USD", price: str = "20.00") -> Document:
    """A mug by parcel."""
    item = Item(key="a", variant_id=1, product_id=1, quantity=2, sku="MUG", name="Mug")
    line = LineRow(key="a", tax_class="standard", item=item, gross=Decimal(price))
    charge = ChargeRow(key="s", tax_class="", kind="shipping", code="post", name="Post", gross=Decimal("5.00"))
    return Document(currency=currency, prices_include_tax=includes_tax, lines=[line], charges=[charge])


def tax(service: TaxServer, document: Document, place: Place = NEW_YORK, **context: Any) -> Document:
    """The document, taxed."""
    created = context.pop("engine", None) or engine(service)
    created.load(TaxContext(place=place, at=NOON, **context))(document)
    return document


def amounts(document: Document) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """Net, tax, total and taxes of each row."""
    return [(str(r.net), str(r.tax), str(r.total), [(t.name, str(t.amount)) for t in r.taxes]) for r in document.rows]


@pytest.mark.django_db
class TestTheService(TaxEngineContract, TaxReporterContract):
    """It keeps both contracts."""

    @pytest.fixture(autouse=True)
    def _service(self, service: TaxServer) -> None:
        self.service = service

    def make_engine(self) -> TaxEngine:
        return engine(self.service)

    def make_reporter(self) -> TaxReporter:
        return engine(self.service)

    def booked(self) -> dict[str, Decimal]:
        result: dict[str, Decimal] = self.service.booked()
        return result

    def arrange(self) -> None:
        """The service has its rates."""


@pytest.mark.django_db
def test_the_service_says_the_taxes(service: TaxServer) -> None:
    """Net prices in New York: 4 % and 4.875 %."""
    assert amounts(tax(service, document())) == [
        ("20.00", "1.78", "21.78", [("New York State", "0.80"), ("New York City", "0.98")]),
        ("5.00", "0.44", "5.44", [("New York State", "0.20"), ("New York City", "0.24")]),
    ]
    [asked] = service.called("/v1/estimates")
    assert asked == {
        "currency": "USD",
        "includes_tax": False,
        "date": "2026-11-20",
        "exempt": False,
        "tax_id": "",
        "to": {"country": "US", "region": "NY", "postcode": "10001"},
        "lines": [
            {"id": "a", "code": "standard", "quantity": 2, "amount": "20.00", "net": "0.00", "tax": "0.00"},
            {"id": "s", "code": "", "quantity": 1, "amount": "5.00", "net": "0.00", "tax": "0.00"},
        ],
    }


@pytest.mark.django_db
def test_the_day_of_the_tax_is_the_shops_whatever_the_visitors_clock_says(settings: Any, service: TaxServer) -> None:
    """Half past nine in the evening by UTC is tomorrow in Tokyo, and half past eleven in the shop."""
    settings.TIME_ZONE = "Europe/Berlin"
    late = datetime(2026, 6, 30, 21, 30, tzinfo=UTC)
    with timezone.override("Asia/Tokyo"):
        engine(service).load(TaxContext(place=NEW_YORK, at=late))(document())

    assert service.called("/v1/estimates")[0]["date"] == "2026-06-30"


@pytest.mark.django_db
def test_an_answer_is_kept_for_its_document(service: TaxServer) -> None:
    """The same again asks nobody, another engine of the same class neither; another price, place or buyer does."""
    tax(service, document())
    tax(service, document())
    assert len(service.called("/v1/estimates")) == 1

    tax(service, document(price="21.00"))
    tax(service, document(), Place("US", "OR"))
    tax(service, document(), exempt=True)
    tax(service, document(), tax_id="X1")
    assert len(service.called("/v1/estimates")) == 5

    check = TaxIdCheck(valid=False, method="format", at=clock.now())
    tax(service, document(), tax_id="X1", tax_id_check=check)  # as if none was given
    assert len(service.called("/v1/estimates")) == 5


@pytest.mark.django_db
@pytest.mark.parametrize("place", [Place(), Place("US")])
def test_a_place_that_is_hardly_known_is_no_question(place: Place, service: TaxServer) -> None:
    """Nobody is asked before there is an address, and the message says what is missing."""
    with pytest.raises(TaxUnavailable, match="once there is an address"):
        tax(service, document(), place)

    assert service.requests == []


@pytest.mark.django_db
def test_inside_a_transaction_the_kept_answer_counts(service: TaxServer) -> None:
    """And where there is none, that is an error: nobody waits for a service with rows locked."""
    with transaction.atomic(), transaction.atomic(), pytest.raises(TaxUnavailable):
        tax(service, document())
    assert service.requests == []

    tax(service, document())
    with transaction.atomic(), transaction.atomic():
        assert amounts(tax(service, document()))[0][:3] == ("20.00", "1.78", "21.78")
    assert len(service.requests) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["error_500", "html", "truncated", "drop_before", "drop_after"])
def test_no_answer_is_an_error_and_not_a_guess(kind: str, service: TaxServer) -> None:
    """Whatever went wrong; afterwards it works again."""
    service.fault(kind, path="/v1/estimates")
    result = document()

    with pytest.raises(TaxUnavailable) as refusal:
        tax(service, result)
    assert refusal.value.code == "tax_unavailable"
    assert [row.total for row in result.rows] == [0, 0]

    assert amounts(tax(service, result))[0][2] == "21.78"


class Counting(TaxService):
    """Counts how often the service was asked."""

    asked = 0

    def estimate(self, document: TaxDocument) -> TaxAnswer:
        self.asked += 1
        return super().estimate(document)


@pytest.mark.django_db
def test_a_service_that_is_late_is_asked_once_in_a_while(service: TaxServer) -> None:
    """The time is the engine's to bound; in the pause after that pages don't wait at all."""
    service.fault("latency", seconds=0.5)
    impatient = Counting(api_key="tax_key", base_url=service.url, timeout=0.05, pause=60)

    for _ in range(3):
        with pytest.raises(TaxUnavailable):
            tax(service, document(), engine=impatient)

    assert impatient.asked == 1


@pytest.mark.django_db
@pytest.mark.parametrize("includes_tax", [True, False])
def test_amounts_that_cannot_be_right_are_refused(includes_tax: bool, service: TaxServer) -> None:
    """The net amount is not the price, or net and taxes are not the whole."""
    service.books.nonsense = True

    with pytest.raises(TaxUnavailable):
        tax(service, document(includes_tax=includes_tax))


@pytest.mark.django_db
def test_an_answer_without_a_row_is_refused(service: TaxServer) -> None:
    """All rows or none."""

    class Forgetful(TaxService):
        def estimate(self, document: TaxDocument) -> TaxAnswer:
            answer = super().estimate(document)
            return replace(answer, rows={key: row for key, row in answer.rows.items() if key != "s"})

    with pytest.raises(TaxUnavailable):
        tax(service, document(), engine=Forgetful(api_key="tax_key", base_url=service.url))


@pytest.mark.django_db
def test_gross_prices_stay_what_they_are(service: TaxServer) -> None:
    """The service takes the tax out of them; where it takes it out and charges none, less is paid."""
    assert amounts(tax(service, document(includes_tax=True, price="21.78")))[0] == (
        "20.00",
        "1.78",
        "21.78",
        [("New York State", "0.80"), ("New York City", "0.98")],
    )


def test_a_cache_that_keeps_nothing_is_found_at_start_up(settings: Any) -> None:
    """No order could be placed."""
    settings.TRADEPOST_PRICING = {
        "TAX": {"BACKEND": "tests.docs.examples.taxservice.TaxService", "OPTIONS": {"api_key": "k"}}
    }
    assert [m.id for m in run_checks(tags=["tradepost"]) if m.id.startswith("tradepost.E2")] == []

    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    [message] = [m for m in run_checks(tags=["tradepost"]) if m.id.startswith("tradepost.E2")]
    assert message.id == "tradepost.E210"
    assert message.hint == 'Configure CACHES[\'default\'], or name another: "OPTIONS": {"cache": "…"}.'

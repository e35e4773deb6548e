"""Exchange rates: where they come from, and what is stored of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from tests.fakes.ecb_server import PATH, EcbServer, daily
from tradepost.core import events, jobs
from tradepost.core.dates import clock
from tradepost.pricing.errors import RatesUnavailable
from tradepost.pricing.events import RatesLoaded, RatesNotLoaded
from tradepost.pricing.exchange.ports import RateSource
from tradepost.pricing.exchange.sources import EuropeanCentralBank, FixedRates
from tradepost.pricing.models import ExchangeRate, Price
from tradepost.pricing.services import LoadedRates, currency_for, load_rates
from tradepost.testing import factories as make
from tradepost.testing.contracts import RateSourceContract

RATES = {"USD": "1.0832", "JPY": "168.24", "GBP": "0.83250", "IDR": "17123.45"}
DAY = datetime(2026, 3, 20, 17, tzinfo=UTC)


@pytest.fixture
def ecb() -> Iterator[EcbServer]:
    """The bank."""
    with EcbServer(RATES) as server:
        yield server


class TestFixedRates(RateSourceContract):
    """Those of the settings."""

    def make_source(self) -> RateSource:
        return FixedRates({"USD": "0.92"})


class TestEuropeanCentralBank(RateSourceContract):
    """Its daily file."""

    currencies = ("USD", "GBP", "IDR")

    @pytest.fixture(autouse=True)
    def _bank(self, ecb: EcbServer) -> None:
        self.url = ecb.url

    def make_source(self) -> RateSource:
        return EuropeanCentralBank(base_url=self.url)


class TestCrossRates(TestEuropeanCentralBank):
    """The bank's, for a shop in dollars."""

    base = "USD"
    currencies = ("EUR", "GBP")


def test_the_bank_says_how_much_a_euro_is_worth(ecb: EcbServer) -> None:
    """And the shop wants to know what another currency is: to ten decimals."""
    assert EuropeanCentralBank(base_url=ecb.url).rates("EUR", ["USD", "JPY", "IDR", "CHF"]) == {
        "USD": Decimal("0.9231905465"),
        "JPY": Decimal("0.0059438897"),
        "IDR": Decimal("0.0000583994"),
    }
    assert ecb.asked == [PATH]


def test_cross_rates_go_by_way_of_the_euro(ecb: EcbServer) -> None:
    """1.0832 dollars a euro, 0.8325 pounds a euro: 1.3011411411 dollars a pound."""
    result = EuropeanCentralBank(base_url=ecb.url + "/").rates("USD", ["EUR", "GBP"])

    assert result == {"EUR": Decimal("1.0832"), "GBP": Decimal("1.3011411411")}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, daily(RATES)),
        (302, daily(RATES)),
        (200, b"<html><body>Maintenance</body></html>"),
        (200, daily(RATES)[:300]),
        (200, b""),
        (200, daily({})),
        (200, daily({"USD": "-1"})),
        (200, daily({"USD": "NaN"})),
        (200, daily({"USD": "1,08"})),
        (200, daily({"USD": "0.00000000001"})),
        (200, daily(RATES).replace(b"JPY", b"USD")),
        (200, daily(RATES).replace(b"<gesmes:Envelope", b'<!DOCTYPE x [<!ENTITY a "b">]><gesmes:Envelope')),
        (200, daily(RATES) + b" " * 300_000),
    ],
)
def test_an_answer_that_can_not_be_right_is_none(ecb: EcbServer, status: int, body: bytes) -> None:
    """No rate of it is taken."""
    ecb.status, ecb.body = status, body

    with pytest.raises(RatesUnavailable):
        EuropeanCentralBank(base_url=ecb.url).rates("EUR", ["GBP"])


def test_a_bank_that_does_not_answer_is_not_waited_for(ecb: EcbServer) -> None:
    """Nor one that isn't there."""
    ecb.silent = True
    with pytest.raises(RatesUnavailable) as refusal:
        EuropeanCentralBank(base_url=ecb.url, timeout=0.1).rates("EUR", ["USD"])
    assert refusal.value.context == {"why": "ReadTimeout"}

    with pytest.raises(RatesUnavailable):
        EuropeanCentralBank(base_url="http://127.0.0.1:9", timeout=1).rates("EUR", ["USD"])


def test_a_base_that_the_bank_does_not_know_is_refused(ecb: EcbServer) -> None:
    """There is no way to a cross rate."""
    with pytest.raises(RatesUnavailable):
        EuropeanCentralBank(base_url=ecb.url).rates("ETB", ["USD"])


def use(settings: Any, rates: dict[str, str], **values: Any) -> None:
    """A shop in euros, dollars and yen with these rates."""
    source = {"BACKEND": "tradepost.pricing.exchange.sources.FixedRates", "OPTIONS": {"rates": rates}}
    settings.TRADEPOST_PRICING = {"CURRENCIES": ("EUR", "USD", "JPY"), "RATES": source, **values}


def stored() -> list[tuple[str, str, datetime]]:
    """Currency, rate and moment of what is on file, the first first."""
    rows = ExchangeRate.objects.order_by("valid_from", "currency")
    return [(row.currency, f"{row.rate.normalize():f}", row.valid_from) for row in rows]


@pytest.fixture
def published() -> Iterator[list[events.Event]]:
    """Events of loading."""
    entries: list[events.Event] = []
    names = {event: f"test.{event.__name__}" for event in (RatesLoaded, RatesNotLoaded)}
    for event, name in names.items():
        events.subscribe(event, entries.append, when="within", name=name)
    yield entries
    for event, name in names.items():
        events.unsubscribe(event, name)


@pytest.mark.django_db
def test_a_great_rate_has_as_many_digits_as_each_database_keeps(settings: Any) -> None:
    """Fifteen, so that it is read as it was stored, and may be saved again by hand."""
    use(settings, {"USD": "1234567.12345678912", "JPY": "0.12345678912"})
    load_rates()

    rates = {row.currency: row.rate for row in ExchangeRate.objects.all()}
    assert rates == {"USD": Decimal("1234567.12345679"), "JPY": Decimal("0.1234567891")}
    for row in ExchangeRate.objects.all():
        row.full_clean()


@pytest.mark.django_db
def test_new_rates_are_stored(settings: Any, published: list[events.Event]) -> None:
    """Of what the shop sells in and lists are in; what is on file already isn't stored again."""
    make.price_list("chf", currency="CHF")
    use(settings, {"USD": "0.92", "JPY": "0.0061", "SEK": "0.087"})
    with clock.at(DAY):
        first = load_rates()
    use(settings, {"USD": "0.93", "JPY": "0.0061"})
    with clock.at(DAY + timedelta(days=1)):
        second = load_rates()

    assert stored() == [("JPY", "0.0061", DAY), ("USD", "0.92", DAY), ("USD", "0.93", DAY + timedelta(days=1))]
    assert first == LoadedRates(stored={"USD": Decimal("0.92"), "JPY": Decimal("0.0061")}, unknown=("CHF",))
    assert second == LoadedRates(
        before={"USD": Decimal("0.92"), "JPY": Decimal("0.0061")},
        stored={"USD": Decimal("0.93")},
        same={"JPY": Decimal("0.0061")},
        unknown=("CHF",),
    )
    assert published == [RatesLoaded("EUR", ["JPY", "USD"]), RatesLoaded("EUR", ["USD"])]


@pytest.mark.django_db
def test_a_jump_is_refused_unless_it_is_forced(
    settings: Any, published: list[events.Event], caplog: pytest.LogCaptureFixture
) -> None:
    """Ten per cent is none; more stays out, and is told; other currencies are stored none the less."""
    use(settings, {"USD": "1", "JPY": "1"})
    load_rates()
    use(settings, {"USD": "1.1", "JPY": "0.89"})

    loaded = load_rates()

    assert (loaded.stored, loaded.refused) == ({"USD": Decimal("1.1")}, {"JPY": Decimal("0.89")})
    assert "Exchange rates jumped and weren't stored: JPY" in caplog.text
    assert published[1:] == [RatesLoaded("EUR", ["USD"]), RatesNotLoaded("EUR", ["JPY"], "rate_jump")]
    assert load_rates(force=True).stored == {"JPY": Decimal("0.89")}


@pytest.mark.django_db
def test_while_the_source_is_down_the_rates_stay(
    settings: Any, published: list[events.Event], caplog: pytest.LogCaptureFixture
) -> None:
    """The log and an event say so, and so does the job."""
    use(settings, {"USD": "0.92"})
    load_rates()
    bank = {
        "BACKEND": "tradepost.pricing.exchange.sources.EuropeanCentralBank",
        "OPTIONS": {"base_url": "http://127.0.0.1:9"},
    }
    use(settings, {}, RATES=bank)

    with caplog.at_level(logging.WARNING), pytest.raises(RatesUnavailable):
        jobs.run("tradepost.pricing.load_rates")

    assert len(stored()) == 1
    assert "Exchange rates weren't loaded" in caplog.text
    assert published[1:] == [RatesNotLoaded("EUR", ["JPY", "USD"], "rates_unavailable")]


class Wrong:
    """A source that is no good."""

    def __init__(self, answer: Any = 1) -> None:
        self.answer = answer

    def rates(self, base: str, currencies: Any) -> Any:
        """The dollar's."""
        return {"USD": self.answer}


@pytest.mark.django_db
@pytest.mark.parametrize("answer", [1, "0.92", Decimal(0), Decimal("-1"), Decimal("NaN"), Decimal("1e-11"), None])
def test_a_source_that_gives_nonsense_is_not_believed(settings: Any, answer: Any) -> None:
    """Nothing is stored."""
    use(settings, {}, RATES={"BACKEND": f"{__name__}.Wrong", "OPTIONS": {"answer": answer}})

    with pytest.raises(RatesUnavailable):
        load_rates()

    assert stored() == []


@pytest.mark.django_db(transaction=True)
def test_the_source_is_not_asked_inside_a_transaction(settings: Any) -> None:
    """It may be slow."""
    use(settings, {"USD": "0.92"})

    with transaction.atomic(), pytest.raises(RuntimeError):
        load_rates()


@pytest.mark.django_db
def test_prices_follow_new_rates(settings: Any) -> None:
    """12.50 at 0.8 euros for a dollar."""
    make.variant(price="10.00")
    make.price_list("usd", currency="USD", converts=make.price_list(), rounding="ends_99")
    use(settings, {"USD": "0.8"})

    assert load_rates().converted == 1
    assert Price.objects.get(price_list__code="usd").amount == Decimal("12.99")


def run(*arguments: str) -> str:
    """Output of the command."""
    printed = StringIO()
    call_command("tradepost_rates", *arguments, stdout=printed, no_color=True)
    return printed.getvalue()


@pytest.mark.django_db
def test_the_command_tells_what_it_did(settings: Any) -> None:
    """Each currency on a line, and what is on file."""
    assert run("--show") == "No rates to EUR are on file.\n"
    use(settings, {"USD": "0.92"})
    with clock.at(DAY):
        assert run() == "1 JPY: the source doesn't know it\n1 USD = 0.9200000000 EUR, stored\n"
    assert run().splitlines()[1] == "1 USD = 0.9200000000 EUR, as before"
    assert run("--show") == "1 USD = 0.9200000000 EUR, since 2026-03-20 17:00\n"

    use(settings, {"USD": "1.5"})
    with pytest.raises(CommandError, match="moved further than RATE_JUMP: USD"):
        run()
    assert run("--force").splitlines()[1] == "1 USD = 1.5000000000 EUR, stored (was 0.9200000000)"

    settings.TRADEPOST_PRICING = {}
    assert run() == "The shop has no other currency than EUR.\n"
    use(settings, {}, RATES={"BACKEND": f"{__name__}.Wrong"})
    with pytest.raises(CommandError, match="The rates on file stay"):
        run()


def test_a_country_has_a_currency(settings: Any) -> None:
    """While it is on offer; else the shop's own."""
    settings.TRADEPOST_PRICING = {
        "CURRENCIES": ("EUR", "USD"),
        "CURRENCY_OF_COUNTRY": {"US": "USD", "JP": "JPY"},
    }

    assert [currency_for(country) for country in ("US", "us", "JP", "DE", "")] == ["USD", "USD", "EUR", "EUR", "EUR"]

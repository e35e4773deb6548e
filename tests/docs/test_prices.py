"""The examples of the pages on prices do what the pages say."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.core.management import call_command

from tests.docs.examples.house_bank import HouseBank
from tests.docs.examples.repricing import reprice
from tradepost.pricing.errors import RatesUnavailable
from tradepost.pricing.exchange.ports import RateSource
from tradepost.pricing.models import Price, PriceChange
from tradepost.testing import factories as make
from tradepost.testing.contracts import RateSourceContract

pytestmark = pytest.mark.docs


class TestHouseBank(RateSourceContract):
    """The example of a source keeps the contract."""

    path: ClassVar[Path]

    @pytest.fixture(autouse=True)
    def _file(self, tmp_path: Path) -> None:
        type(self).path = tmp_path / "rates.csv"
        self.path.write_text("currency,rate\nUSD,0.92\n")

    def make_source(self) -> RateSource:
        return HouseBank(str(self.path))

    @pytest.mark.parametrize("text", ["", "currency;rate\nUSD;0.92\n", "currency,rate\nUSD,much\n"])
    def test_a_file_that_can_not_be_read_is_told(self, text: str) -> None:
        """No rate is made up."""
        self.path.write_text(text)
        if text:
            with pytest.raises(RatesUnavailable):
                self.make_source().rates("EUR", ["USD"])
        self.path.unlink()
        with pytest.raises(RatesUnavailable):
            self.make_source().rates("EUR", ["USD"])


@pytest.mark.django_db
def test_a_nightly_change_of_prices_is_noted_and_converted(settings: Any, tmp_path: Path) -> None:
    """The euro list by the service, the dollar list behind it by the rate of the house bank."""
    (tmp_path / "rates.csv").write_text("currency,rate\nUSD,0.80\n")
    source = {"BACKEND": "tests.docs.examples.house_bank.HouseBank", "OPTIONS": {"path": str(tmp_path / "rates.csv")}}
    settings.TRADEPOST_PRICING = {"CURRENCIES": ("EUR", "USD"), "RATES": source}
    call_command("tradepost_rates", stdout=StringIO())
    mug = make.variant(sku="MUG", price="12.00")
    make.price_list("usd", currency="USD", converts=make.price_list(), rounding="ends_99")

    assert reprice({"MUG": "12.50", "GONE": "1.00"}) == 1

    amounts = dict(Price.objects.filter(variant=mug).values_list("price_list__code", "amount"))
    assert amounts == {"eur": Decimal("12.50"), "usd": Decimal("15.99")}
    noted = PriceChange.objects.filter(price_list__code="eur").order_by("at", "pk").values_list("amount", flat=True)
    assert list(noted) == [Decimal("12.00"), Decimal("12.50")]

"""The buyer's tax id, from the checkout to the order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.checkout.conftest import card, complete, ready
from tradepost.basket import services as baskets
from tradepost.catalogue.models import Variant
from tradepost.checkout import services
from tradepost.checkout.errors import RequirementsUnmet, TaxIdInvalid
from tradepost.checkout.models import Checkout
from tradepost.core import db
from tradepost.orders.models import Order
from tradepost.pricing.models import TaxRate, Zone, ZoneArea
from tradepost.pricing.tax.ports import TaxIdCheck
from tradepost.testing import factories as make
from tradepost.testing.clock import frozen
from tradepost.testing.gateways import ScriptedGateway, waiting

pytestmark = pytest.mark.django_db
PARIS = {"name": "Marie", "line1": "2 Rue", "city": "Paris", "postcode": "75001", "country": "FR"}
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Register:
    """A register of tax ids that tests write in."""

    answers: ClassVar[dict[str, bool | None]] = {}
    asked: ClassVar[list[tuple[str, str]]] = []

    def check(self, tax_id: str, country: str) -> TaxIdCheck:
        """By what was written; an outage where that is an error."""
        db.outside("the register")
        self.asked.append((tax_id, country))
        if tax_id == "BROKEN":
            raise ConnectionError
        return TaxIdCheck(valid=self.answers.get(tax_id), method="register", at=NOON, country=country, reference="R1")


@pytest.fixture
def register(settings: Any) -> Iterator[type[Register]]:
    """Instead of the look at the form."""
    settings.TRADEPOST_PRICING = {"TAX_ID": "tests.checkout.test_tax_ids.Register"}
    Register.answers.clear()
    Register.asked.clear()
    yield Register
    Register.answers.clear()


@pytest.fixture(autouse=True)
def _taxes(gateway: ScriptedGateway) -> None:
    """20 % at home; 25 % in France, where buyers with an id owe it themselves."""
    make.tax("0.20", country="DE")
    zone = Zone.objects.create(code="fr", name="France", reverse_charge=True)
    ZoneArea.objects.create(zone=zone, country="FR")
    cls = TaxRate.objects.get().tax_class
    TaxRate.objects.create(zone=zone, tax_class=cls, name="TVA", rate="0.25")


def test_an_order_without_the_tax_records_the_id_and_its_check(register: type[Register], mug: Variant) -> None:
    """12.00 with 20 % in it, to a company in France: 10.00, and the reason."""
    register.answers["FR123"] = True
    basket = ready(mug, quantity=1)
    mug.prices.update(amount="12.00")
    view = services.update(basket, shipping_address=PARIS, tax_id="fr-123")

    assert (view.totals.total, view.checkout.tax_id) == (Decimal("14.17"), "FR123")
    assert register.asked == [("FR123", "FR")]

    card().play(waiting)  # another one since the settings changed
    complete(basket, "14.17")

    order = Order.objects.get()
    assert (order.tax_id, order.tax_id_check) == ("FR123", "valid register 2026-11-20 R1")
    assert (order.goods_net, order.goods_tax, order.goods_total) == (Decimal(10), Decimal(0), Decimal(10))
    assert {tax.reason for tax in order.taxes.all()} == {"reverse_charge"}
    assert register.asked == [("FR123", "FR")]  # once, and never inside the transaction


def test_a_wrong_id_is_refused_and_nothing_is_written(mug: Variant) -> None:
    """By its form; the e-mail that came with it isn't taken either."""
    basket = ready(mug)

    with frozen(NOON), pytest.raises(TaxIdInvalid) as refusal:
        services.update(basket, tax_id="DE12", email="other@example.com")

    assert refusal.value.context == {"attr": "tax_id", "check": "invalid format 2026-11-20"}
    result = Checkout.objects.get()
    assert (result.tax_id, result.tax_id_check, result.email) == ("", {}, "ada@example.com")


@pytest.mark.parametrize(("must", "total"), [(False, "13.00"), (True, "15.00")])
def test_an_id_that_nobody_could_check_counts_as_the_shop_says(
    must: bool, total: str, register: type[Register], settings: Any, mug: Variant
) -> None:
    """A register that is down is no reason to refuse an order."""
    settings.TRADEPOST_PRICING = {**settings.TRADEPOST_PRICING, "TAX_ID_MUST_BE_VALID": must}
    basket = ready(mug)

    view = services.update(basket, shipping_address={**PARIS}, tax_id="BROKEN")

    assert view.checkout.tax_id_check["valid"] is None
    assert view.checkout.tax_id_check["method"] == "failed"
    reasons = {tax.reason for row in view.totals.lines for tax in row.taxes}
    assert reasons == ({""} if must else {"reverse_charge"})
    assert (view.can_complete, total) == (True, total)


def test_another_country_is_another_question(register: type[Register], mug: Variant) -> None:
    """An id that was right at home is looked at again for France; wrong there, it stands in the way until it is taken out."""
    register.answers["U1"] = True
    basket = ready(mug)
    services.update(basket, tax_id="U1")
    register.answers["U1"] = False

    view = services.update(basket, shipping_address=PARIS)

    assert register.asked == [("U1", "DE"), ("U1", "FR")]
    assert [(r.code, r.attr) for r in view.requirements] == [("tax_id_invalid", "tax_id")]
    assert [tax.name for tax in view.totals.lines[0].taxes] == ["TVA"]
    with pytest.raises(RequirementsUnmet):
        complete(basket)
    assert not Order.objects.exists()

    view = services.update(basket, tax_id="")
    assert (view.can_complete, view.checkout.tax_id) == (True, "")


def test_the_billing_address_says_whose_id_it_is(register: type[Register], mug: Variant) -> None:
    """Of two addresses it is the one that pays."""
    basket = ready(mug)

    services.update(basket, tax_id="FR1", billing_address=PARIS)
    services.update(basket, tax_id="FR2")
    services.update(basket, tax_id="DE3", billing_address=None)

    assert register.asked == [("FR1", "FR"), ("FR2", "FR"), ("DE3", "DE")]


def test_what_was_looked_at_is_not_looked_at_again(register: type[Register], mug: Variant) -> None:
    """Another field, another look at the page: nobody is asked. The same id given again is."""
    basket = ready(mug)
    services.update(basket, tax_id="DE1")
    services.update(basket, email="new@example.com")
    services.look(basket)

    assert register.asked == [("DE1", "DE")]

    services.update(basket, tax_id="DE1")
    assert register.asked == [("DE1", "DE")] * 2


def test_a_customers_own_id_stands_in_and_is_recorded(register: type[Register], mug: Variant) -> None:
    """Staff wrote it down; it is looked at in the checkout, and a wrong one doesn't keep the buyer from buying."""
    customer = make.customer(tax_id="FR 77")
    basket = ready(mug, customer=customer)
    view = services.update(basket, shipping_address=PARIS)
    assert register.asked[-1] == ("FR77", "FR")
    assert {tax.reason for tax in view.totals.lines[0].taxes} == {"reverse_charge"}

    register.answers["FR77"] = False
    view = services.update(basket, shipping_address={**PARIS, "country": "DE"})
    assert view.can_complete

    card().play(waiting)  # another one since the settings changed
    complete(basket)
    order = Order.objects.get()
    assert (order.tax_id, order.tax_id_check) == ("FR77", "invalid register 2026-11-20 R1")
    assert order.goods_tax == Decimal("1.67")


def test_inside_a_transaction_nobody_is_asked(register: type[Register], mug: Variant) -> None:
    """An id that is given there is an error of the programmer; one that was given before waits."""
    basket = ready(mug)
    services.update(basket, tax_id="FR1")
    with transaction.atomic(), transaction.atomic():
        with pytest.raises(RuntimeError, match="talks to the network"):
            services.update(basket, tax_id="FR2")
        view = services.update(basket, shipping_address=PARIS)

    assert register.asked == [("FR1", "DE")]
    assert {tax.reason for tax in view.totals.lines[0].taxes} == {"reverse_charge"}


def test_a_checkout_without_an_id_costs_no_query_more(mug: Variant) -> None:
    """Neither to write nor to look at."""
    basket = ready(mug)
    with CaptureQueriesContext(connection) as seen:
        services.update(basket, email="new@example.com")

    assert not [
        q for q in seen if "tax_id_check" in q["sql"] and q["sql"].startswith("UPDATE") and "email" not in q["sql"]
    ]
    assert len([q for q in seen if "tradepost_checkout_checkout" in q["sql"]]) == 2


def test_a_basket_that_becomes_an_order_keeps_the_check_with_the_checkout(
    register: type[Register], mug: Variant
) -> None:
    """Whole: which id and country, how, when, and what the register called it."""
    register.answers["DE1"] = True
    basket = ready(mug)
    services.update(basket, tax_id="DE1")

    assert Checkout.objects.get(basket=basket).tax_id_check == {
        "of": ["DE1", "DE"],
        "valid": True,
        "method": "register",
        "at": "2026-11-20T12:00:00+00:00",
        "country": "DE",
        "reference": "R1",
        "name": "",
    }
    assert baskets.totals(basket).total == Decimal("15.00")  # with the delivery that was chosen

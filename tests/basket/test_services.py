"""Services of baskets, as visitors use them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser

from tradepost.basket import jobs, services
from tradepost.basket.base import AbstractBasket
from tradepost.basket.errors import (
    BasketNotOpen,
    LineNotFound,
    NotSellable,
    OptionsInvalid,
    PriceMissing,
    QuantityInvalid,
    QuantityLimit,
    TooManyCoupons,
)
from tradepost.basket.models import Basket, BasketLine
from tradepost.basket.totals.snapshots import Terms
from tradepost.core.dates import clock
from tradepost.core.errors import Invalid
from tradepost.inventory import services as inventory
from tradepost.pricing.errors import CurrencyNotOffered
from tradepost.pricing.ports import Place
from tradepost.promotions.errors import CouponInvalid
from tradepost.promotions.models import PercentageOff
from tradepost.shipping.models import FlatRate
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db


def rows(basket: AbstractBasket) -> list[tuple[str, int, dict]]:
    """The lines of a basket."""
    return list(basket.lines.order_by("pk").values_list("variant__sku", "quantity", "options"))


def test_lines_are_one_where_variant_and_options_are() -> None:
    """With a message, without one, and with the same message in another order."""
    basket, cup = services.open_basket(), make.variant(sku="CUP", price="10.00")

    services.add(basket, cup, 2, options={"Message": "2", "Colour": "red"})
    services.add(basket, cup)
    services.add(basket, cup, options={"Colour": "red", "Message": "2"})

    assert rows(basket) == [("CUP", 3, {"Message": "2", "Colour": "red"}), ("CUP", 1, {})]


def test_a_basket_begins_in_a_country_that_there_is() -> None:
    """In capitals; what is no country is refused as it is later on."""
    assert services.open_basket(country="de").country == "DE"
    for code in ("UK", "XX", "ß"):
        with pytest.raises(Invalid) as refusal:
            services.open_basket(country=code)
        assert refusal.value.context["attr"] == "country"
    assert Basket.objects.count() == 1


def test_quantities_add_change_and_end() -> None:
    """1, add 4: 5; 0: gone."""
    basket, cup = services.open_basket(), make.variant(price="10.00")
    services.add(basket, cup)

    line = services.add(basket, cup, 4)
    assert line.quantity == 5
    assert services.set_quantity(basket, line.uuid, 7).quantity == 7  # type: ignore[union-attr]
    assert services.set_quantity(basket, str(line.uuid), 0) is None
    assert rows(basket) == []


@pytest.mark.parametrize("quantity", [-1, 1.5, True, "2", None])
def test_a_quantity_is_a_number_of_units(quantity: Any) -> None:
    """Anything else is refused, and nothing changed."""
    basket, cup = services.open_basket(), make.variant(sku="CUP", price="10.00")
    line = services.add(basket, cup)

    with pytest.raises(QuantityInvalid):
        services.add(basket, cup, quantity)
    with pytest.raises(QuantityInvalid):
        services.set_quantity(basket, line.uuid, quantity)

    assert rows(basket) == [("CUP", 1, {})]


def test_a_line_has_a_limit(settings: Any) -> None:
    """However it is reached."""
    settings.TRADEPOST_BASKET = {"MAX_QUANTITY": 5}
    basket, cup = services.open_basket(), make.variant(sku="CUP", price="10.00")
    line = services.add(basket, cup, 4)

    for call in (lambda: services.add(basket, cup, 2), lambda: services.set_quantity(basket, line.uuid, 6)):
        with pytest.raises(QuantityLimit) as refusal:
            call()
        assert refusal.value.context["limit"] == 5

    assert rows(basket) == [("CUP", 4, {})]


@pytest.mark.parametrize("options", [{"x": object()}, {1: "a"}, {"x": "y" * 5000}, {"x": float("nan")}])
def test_options_are_small_and_plain(options: Any) -> None:
    """They are kept, shown and compared."""
    basket = services.open_basket()

    with pytest.raises(OptionsInvalid):
        services.add(basket, make.variant(price="10.00"), options=options)

    assert rows(basket) == []


def test_what_has_no_price_in_the_currency_is_refused() -> None:
    """A euro basket, a product with a dollar price only."""
    basket, cup = services.open_basket(), make.variant(sku="CUP")
    make.price(cup, "10.00", price_list=make.price_list("usd", currency="USD"))

    with pytest.raises(PriceMissing) as refusal:
        services.add(basket, cup)

    assert refusal.value.context == {"skus": ["CUP"], "currency": "EUR"}
    assert rows(basket) == []


def test_what_is_not_sold_is_refused() -> None:
    """Archived, or its product is hidden."""
    basket = services.open_basket()
    archived = make.variant(price="10.00", archived_at=clock.now())
    hidden = make.variant(price="10.00", product=make.product(is_published=False))

    for variant in (archived, hidden):
        with pytest.raises(NotSellable):
            services.add(basket, variant)

    assert rows(basket) == []


def test_what_is_not_sold_any_more_is_an_error_of_the_totals() -> None:
    """It was in the basket when it was archived."""
    basket, cup = services.open_basket(), make.variant(sku="CUP", price="10.00")
    line = services.add(basket, cup)
    cup.archived_at = clock.now()
    cup.save()

    [error] = services.totals(basket).errors

    assert (error["code"], error["line"], error["sku"]) == ("not_sellable", str(line.uuid), "CUP")


def test_a_price_that_is_gone_is_an_error_of_the_totals() -> None:
    """The line counts nothing, and says so."""
    basket, cup = services.open_basket(), make.variant(price="10.00")
    services.add(basket, cup)
    cup.prices.all().delete()

    totals = services.totals(basket)

    assert totals.total == Decimal(0)
    assert [error["code"] for error in totals.errors] == ["no_price"]


def test_a_submitted_basket_can_not_be_changed() -> None:
    """By nothing that a visitor does."""
    basket, cup = services.open_basket(), make.variant(sku="CUP", price="10.00")
    line = services.add(basket, cup)
    basket.submit()
    basket.save()

    for call in (
        lambda: services.add(basket, cup),
        lambda: services.set_quantity(basket, line.uuid, 2),
        lambda: services.remove(basket, line.uuid),
        lambda: services.clear(basket),
        lambda: services.add_coupon(basket, "X"),
        lambda: services.remove_coupon(basket, "X"),
        lambda: services.set_country(basket, "DE"),
        lambda: services.set_currency(basket, "EUR"),
    ):
        with pytest.raises(BasketNotOpen) as refusal:
            call()
        assert refusal.value.context == {"basket": str(basket.uuid), "status": "submitted"}

    assert rows(basket) == [("CUP", 1, {})]


def test_lines_of_other_baskets_are_not_found() -> None:
    """Nor made-up ones."""
    cup = make.variant(price="10.00")
    mine, theirs = services.open_basket(), services.open_basket()
    line = services.add(theirs, cup)

    for uuid in (line.uuid, uuid4(), "nonsense"):
        with pytest.raises(LineNotFound):
            services.remove(mine, uuid)

    assert theirs.lines.count() == 1


def test_clearing_takes_everything_out() -> None:
    """Lines and codes."""
    basket = services.open_basket()
    services.add(basket, make.variant(price="10.00"))
    make.promotion(coupon="TEN").benefits.add(percent_off("TEN-2"))
    Basket.objects.filter(pk=basket.pk).update(coupon_codes=["TEN"])

    services.clear(basket)

    basket.refresh_from_db()
    assert (rows(basket), basket.coupon_codes) == ([], [])


def percent_off(code: str, *, percent: int = 10, **values: Any) -> PercentageOff:
    """A promotion that takes so many percent off, with a coupon of that code."""
    return PercentageOff.objects.create(promotion=make.promotion(coupon=code, **values), percent=percent)


def test_a_coupon_is_entered_once_without_case() -> None:
    """And it can be taken out again."""
    percent_off("TEN")
    basket = services.open_basket()
    services.add(basket, make.variant(price="10.00"))

    services.add_coupon(basket, " ten ")
    basket = services.add_coupon(basket, "TEN")
    assert basket.coupon_codes == ["TEN"]
    totals = services.totals(basket)
    assert (totals.total, totals.coupons) == (Decimal("9.00"), {"TEN"})

    basket = services.remove_coupon(basket, "Ten")
    assert (basket.coupon_codes, services.totals(basket).total) == ([], Decimal("10.00"))


@pytest.mark.parametrize("code", ["NONE", "OLD", "USED", "OFF", "", "EMPTY"])
def test_codes_that_can_not_be_used_are_not_told_apart(code: str) -> None:
    """Unknown, expired, used up, switched off: one answer."""
    percent_off("OLD").promotion.coupons.update(ends_at=clock.now() - timedelta(minutes=1))
    percent_off("USED").promotion.coupons.update(usage_limit=1, used=1)
    percent_off("OFF", is_active=False)
    make.promotion(coupon="EMPTY")
    basket = services.open_basket()

    with pytest.raises(CouponInvalid) as refusal:
        services.add_coupon(basket, code)

    assert refusal.value.code == "coupon_invalid"
    basket.refresh_from_db()
    assert basket.coupon_codes == []


def test_a_code_that_ran_out_later_is_explained() -> None:
    """It was valid when it was entered."""
    percent_off("TEN").promotion.coupons.update(ends_at=clock.now() + timedelta(hours=1))
    basket = services.open_basket()
    services.add(basket, make.variant(price="10.00"))
    basket = services.add_coupon(basket, "TEN")

    totals = services.totals(basket, at=clock.now() + timedelta(hours=2))

    assert totals.total == Decimal("10.00")
    assert [(e.code, e.coupon) for e in totals.trail if not e.applied] == [("coupon_invalid", "TEN")]


def test_codes_have_a_limit(settings: Any) -> None:
    """Nobody tries a thousand at once."""
    settings.TRADEPOST_BASKET = {"MAX_COUPONS": 1}
    percent_off("ONE")
    percent_off("TWO")
    basket = services.open_basket()
    services.add_coupon(basket, "ONE")

    with pytest.raises(TooManyCoupons):
        services.add_coupon(basket, "TWO")

    basket.refresh_from_db()
    assert basket.coupon_codes == ["ONE"]


def test_the_country_decides_the_tax() -> None:
    """Until there is an address, which decides then."""
    make.tax("0.19", country="DE")
    make.tax("0.20", country="FR", home=False)
    basket = services.open_basket()
    services.add(basket, make.variant(price="119.00"))

    assert services.totals(basket).tax == Decimal("19.00")
    basket = services.set_country(basket, "fr")
    assert services.totals(basket).tax == Decimal("19.83")
    assert services.totals(basket, Terms(destination=Place("DE"))).tax == Decimal("19.00")
    assert services.totals(basket, Terms(destination=Place("US"))).total == Decimal("100.00")

    with pytest.raises(Invalid):
        services.set_country(basket, "France")


def test_the_currency_is_changed_where_all_has_a_price(settings: Any) -> None:
    """Else nothing is changed."""
    settings.TRADEPOST_PRICING = {"CURRENCIES": ("EUR", "USD")}
    usd = make.price_list("usd", currency="USD")
    basket, cup, hat = services.open_basket(), make.variant(price="10.00"), make.variant(sku="HAT", price="10.00")
    make.price(cup, "12.00", price_list=usd)
    services.add(basket, cup)

    basket = services.set_currency(basket, "USD")
    assert services.totals(basket).total == Decimal("12.00")
    basket = services.set_currency(basket, "EUR")
    services.add(basket, hat)
    with pytest.raises(PriceMissing) as refusal:
        services.set_currency(basket, "USD")
    with pytest.raises(CurrencyNotOffered):
        services.set_currency(basket, "GBP")

    assert refusal.value.context == {"skus": ["HAT"], "currency": "USD"}
    basket.refresh_from_db()
    assert basket.currency == "EUR"


def test_prices_by_quantity_count_all_units_of_a_variant() -> None:
    """Whatever is engraved on them."""
    basket, cup = services.open_basket(), make.variant(price="10.00")
    make.price(cup, "8.00", min_quantity=6)

    services.add(basket, cup, 3, options={"Engraving": "red"})
    assert services.totals(basket).total == Decimal("30.00")
    services.add(basket, cup, 3, options={"Engraving": "blue"})

    assert services.totals(basket).total == Decimal("48.00")


def test_stock_is_wanted_by_variant_whatever_the_options() -> None:
    """Red × 3 and blue × 3 of five."""
    basket, cup = services.open_basket(), make.variant(price="10.00", on_hand=5)
    services.add(basket, cup, 3, options={"Colour": "red"})
    services.add(basket, cup, 3, options={"Colour": "blue"})
    book = make.variant(price="5.00", track_stock=False)
    services.add(basket, book)

    view = services.read(basket)

    assert view.demand == {cup.pk: 6}
    assert inventory.look(view.demand) == {cup.pk: 5}
    assert [line.available for line in view.lines] == [5, 5, None]
    assert view.units == 7


def test_a_rule_for_a_category_is_for_all_below_it() -> None:
    """And a product in several categories is discounted once."""
    books = make.category("Books")
    novels, comics = make.category("Novels", parent=books), make.category("Comics", parent=books)
    basket, novel, cup = services.open_basket(), make.variant(price="10.00"), make.variant(price="10.00")
    novel.product.categories.add(novels, comics)
    services.add(basket, novel)
    services.add(basket, cup)
    PercentageOff.objects.create(promotion=make.promotion(), percent=10, categories=["books"])

    assert services.totals(basket).total == Decimal("19.00")


def test_ways_to_deliver_and_what_they_cost() -> None:
    """For what travels only."""
    FlatRate.objects.create(code="parcel", name="Parcel", currency="EUR", amount=5, per_item=1)
    basket, cup = services.open_basket(), make.variant(price="10.00")
    digital = make.product_type("digital", kind="digital")
    song = make.variant(price="1.00", product=make.product(product_type=digital))

    services.add(basket, song)
    assert services.shipping_quotes(basket) == ()
    assert services.totals(basket, Terms(shipping_methods={"": "parcel"})).charges == ()

    services.add(basket, cup, 2)
    assert [(quote.code, quote.amount) for quote in services.shipping_quotes(basket)] == [("parcel", Decimal("7.00"))]
    assert services.totals(basket, Terms(shipping_methods={"": "parcel"})).total == Decimal("28.00")


def test_an_empty_basket_costs_nothing() -> None:
    """And is no error."""
    totals = services.totals(services.open_basket())

    assert (totals.total, totals.lines, totals.errors) == (Decimal(0), (), ())


def test_a_basket_is_found_by_who_may() -> None:
    """A guest's by its UUID, a customer's by that customer only."""
    users = get_user_model().objects
    ada, eve = users.create_user("ada"), users.create_user("eve")
    guests, hers = services.open_basket(), services.basket_of(make.customer(user=ada))
    nobody = AnonymousUser()

    assert services.find_basket(uuid=guests.uuid, user=nobody) == guests
    assert services.find_basket(uuid=str(guests.uuid), user=eve) == guests
    assert services.find_basket(uuid=hers.uuid, user=ada) == hers
    assert services.find_basket(user=ada) == hers
    for uuid, user in [(hers.uuid, nobody), (hers.uuid, eve), (None, nobody), (None, eve), ("nonsense", ada)]:
        assert services.find_basket(uuid=uuid, user=user) is None


def test_a_customer_has_one_open_basket() -> None:
    """For each channel."""
    ada = make.customer()

    assert services.basket_of(ada) == services.basket_of(ada)
    assert services.basket_of(ada, channel="pos") != services.basket_of(ada)


def test_old_baskets_of_guests_are_cleared_away() -> None:
    """Not those of customers, nor submitted ones, nor what was changed lately."""
    old, lately, submitted, theirs = (
        services.open_basket(),
        services.open_basket(),
        services.open_basket(),
        services.basket_of(make.customer()),
    )
    services.add(old, make.variant(price="10.00"))
    submitted.submit()
    submitted.save()
    Basket.objects.exclude(pk=lately.pk).update(updated_at=clock.now() - timedelta(days=31))

    assert jobs.clear_baskets() == 1

    assert set(Basket.objects.all()) == {lately, submitted, theirs}
    assert not BasketLine.objects.exists()


def test_changing_a_line_keeps_the_basket_from_being_cleared() -> None:
    """Even if nothing in its own row changed."""
    basket = services.open_basket()
    Basket.objects.update(updated_at=clock.now() - timedelta(days=31))

    services.add(basket, make.variant(price="10.00"))

    assert jobs.clear_baskets() == 0

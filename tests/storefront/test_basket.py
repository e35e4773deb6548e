"""The basket's pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import RequestFactory

from tradepost.basket import services as baskets
from tradepost.basket.models import Basket, BasketLine
from tradepost.catalogue.models import Variant
from tradepost.customers.services import customer_for
from tradepost.inventory.models import StockLevel
from tradepost.promotions.models import MinimumValue, PercentageOff
from tradepost.storefront.session import units_in_basket
from tradepost.testing import factories as make

from .conftest import Visitor


def units() -> dict[str, int]:
    """Units by SKU over all baskets."""
    return dict(BasketLine.objects.values_list("variant__sku", "quantity"))


def test_what_is_added_is_in_the_basket_and_counted(guest: Visitor, mug: Variant) -> None:
    """Twice is two units of one line; the page that comes back is the product's."""
    guest.add(mug)
    guest.post("/basket/add/", {"sku": "MUG", "quantity": 1})

    assert units() == {"MUG": 2}
    assert guest.page.redirect_chain == [("/products/mug/?sku=MUG", 303)]
    assert "Mug has been added to your basket." in guest.text
    guest.get("/basket/")
    assert guest.page.context["totals"].total == 20
    assert "€20.00" in guest.text


def test_looking_around_makes_no_basket(guest: Visitor, mug: Variant) -> None:
    """Only adding does."""
    for url in ("/", "/basket/", "/products/mug/", "/checkout/"):
        guest.get(url)

    assert Basket.objects.count() == 0
    assert "Your basket is empty" in guest.text


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"sku": "NONE"}, 404),
        ({"sku": "M\0UG"}, 404),
        ({}, 404),
        ({"sku": "MUG", "quantity": "0"}, 422),
        ({"sku": "MUG", "quantity": "-1"}, 422),
        ({"sku": "MUG", "quantity": "many"}, 422),
        ({"sku": "MUG", "quantity": "999999999999999999999"}, 422),
        ({"sku": "MUG", "quantity": "999999"}, 409),
    ],
)
def test_what_cannot_be_added_changes_nothing(guest: Visitor, mug: Variant, data: dict[str, str], status: int) -> None:
    """The refusal stands on the product's page."""
    guest.post("/basket/add/", data)

    assert guest.page.status_code == status
    assert units() == {}
    if status != 404:
        assert 'role="alert"' in guest.text


def test_a_variant_without_a_price_is_refused_with_the_reason(guest: Visitor, shop: None) -> None:
    """Nothing is in the basket."""
    make.variant(product=make.product(slug="dear"), sku="DEAR", on_hand=1)

    guest.post("/basket/add/", {"sku": "DEAR"})

    assert guest.page.status_code == 409
    assert units() == {}


def test_a_line_is_changed_and_taken_out(guest: Visitor, mug: Variant) -> None:
    """0 takes it out."""
    guest.add(mug)
    line = BasketLine.objects.get()

    guest.post(f"/basket/lines/{line.uuid}/", {"quantity": "3"})
    assert units() == {"MUG": 3}
    guest.post(f"/basket/lines/{line.uuid}/", {"quantity": "0"})
    assert units() == {}
    assert "Your basket is empty" in guest.text


@pytest.mark.parametrize("quantity", ["", "x", "-1", "1.5", "99999999", "٣", "1\0"])
def test_a_quantity_that_is_no_number_is_refused_beside_the_line(guest: Visitor, mug: Variant, quantity: str) -> None:
    """And changes nothing."""
    guest.add(mug)
    line = BasketLine.objects.get()

    guest.post(f"/basket/lines/{line.uuid}/", {"quantity": quantity})

    assert guest.page.status_code == 422
    assert units() == {"MUG": 1}
    assert f'id="problem-{line.uuid}"' in guest.text


def test_a_line_of_somebody_else_is_not_changed(guest: Visitor, mug: Variant) -> None:
    """Another visitor's basket isn't reached, with a basket of one's own or without."""
    guest.add(mug)
    line = BasketLine.objects.get()
    other = Visitor()

    other.post(f"/basket/lines/{line.uuid}/", {"quantity": "0"})
    other.add(mug)
    other.post(f"/basket/lines/{line.uuid}/", {"quantity": "0"})

    assert other.page.status_code == 409
    assert BasketLine.objects.filter(pk=line.pk).exists()


def test_a_short_line_says_how_many_are_left_and_takes_them(guest: Visitor, mug: Variant) -> None:
    """The way to the checkout is shut until then."""
    guest.add(mug, 5)
    StockLevel.objects.update(on_hand=2)

    guest.get("/basket/")

    assert "Only 2 left." in guest.text
    assert "Change to 2" in guest.text
    assert 'href="/checkout/"' not in guest.text
    guest.post(f"/basket/lines/{BasketLine.objects.get().uuid}/", {"quantity": "2"})
    assert 'href="/checkout/"' in guest.text


def test_a_sold_out_line_can_be_removed(guest: Visitor, mug: Variant) -> None:
    """Nothing is left to take."""
    guest.add(mug)
    StockLevel.objects.update(on_hand=0)

    guest.get("/basket/")

    assert "Sold out." in guest.text
    assert guest.page.context["lines"][0].units_left == 0


def test_two_lines_of_one_variant_are_short_together(guest: Visitor, mug: Variant) -> None:
    """Each says what it can have while the other stays."""
    guest.add(mug, 3)
    first = BasketLine.objects.get()
    BasketLine.objects.create(basket=first.basket, variant=mug, quantity=3, options={"Text": "x"}, options_key="x")

    guest.get("/basket/")

    assert [line.units_left for line in guest.page.context["lines"]] == [2, 2]


def test_a_wrong_coupon_is_refused_beside_the_field(guest: Visitor, mug: Variant) -> None:
    """The code stays in the field; nothing changes."""
    guest.add(mug)

    guest.post("/basket/coupon/", {"code": "NOPE"})

    assert guest.page.status_code == 409
    assert 'id="coupon-problem"' in guest.text
    assert 'value="NOPE"' in guest.text
    assert Basket.objects.get().coupon_codes == []


def test_a_coupon_without_effect_says_why_and_is_taken_out(guest: Visitor, mug: Variant) -> None:
    """One whose condition isn't met does nothing yet; once it is, its discount is shown."""
    promotion = make.promotion(coupon="HELLO")
    MinimumValue.objects.create(promotion=promotion, currency="EUR", amount="20")
    PercentageOff.objects.create(promotion=promotion, percent="10")
    guest.add(mug)

    guest.post("/basket/coupon/", {"code": "hello"})
    assert [coupon["code"] for coupon in guest.page.context["coupons"]] == ["HELLO"]
    assert guest.page.context["coupons"][0]["why"] != ""
    guest.add(mug)
    guest.get("/basket/")
    assert guest.page.context["coupons"] == [{"code": "HELLO", "why": ""}]
    assert [(row.kind, row.amount) for row in guest.page.context["sums"]] == [
        ("goods", 20),
        ("discount", -2),
        ("total", 18),
    ]
    guest.post("/basket/coupon/", {"remove": "HELLO"})
    assert Basket.objects.get().coupon_codes == []


def test_another_currency_is_refused_where_a_line_has_no_price(guest: Visitor, mug: Variant) -> None:
    """The basket and the visitor keep the old one, and are told why."""
    guest.add(mug)

    guest.post("/preferences/", {"currency": "USD", "country": "FR", "next": "/basket/"})

    basket = Basket.objects.get()
    assert (basket.currency, basket.country) == ("EUR", "FR")
    assert "€10.00" in guest.text
    assert 'class="note error"' in guest.text


def test_the_basket_follows_the_visitors_currency(guest: Visitor, mug: Variant) -> None:
    """Where all of it has a price."""
    make.price(mug, "11.00", price_list=make.price_list("usd", currency="USD"))
    guest.add(mug)

    guest.post("/preferences/", {"currency": "USD", "country": "US", "next": "/basket/"})

    assert "$11.00" in guest.text


def test_forms_need_their_token(guest: Visitor, mug: Variant) -> None:
    """A form from elsewhere is refused."""
    guest.client.handler.enforce_csrf_checks = True

    assert guest.post("/basket/add/", {"sku": "MUG"}).status_code == 403
    assert units() == {}


@pytest.mark.parametrize("number", [1, 50])
def test_the_basket_page_costs_the_same_with_one_line_or_fifty(
    guest: Visitor, number: int, django_assert_max_num_queries: Any
) -> None:
    """Session and basket, then six at most for lines and totals, then menu and count."""
    guest.add(make.variant(price="3", on_hand=9))
    basket = Basket.objects.get()
    for _ in range(number - 1):
        BasketLine.objects.create(basket=basket, variant=make.variant(price="3", on_hand=9))
    guest.get("/basket/")  # what changes rarely is loaded by the first page

    with django_assert_max_num_queries(9):
        guest.get("/basket/")

    assert len(guest.page.context["lines"]) == number


def test_signing_in_takes_the_basket_along(guest: Visitor, mug: Variant, django_user_model: Any) -> None:
    """The guest's lines are added to the customer's own; the session points at no guest's basket any more."""
    user = django_user_model.objects.create_user("ada", password="correct horse")
    guest.add(mug, 2)
    guest.post("/account/sign-in/", {"username": "ada", "password": "correct horse", "next": "/basket/"})

    assert guest.page.redirect_chain == [("/basket/", 302)]
    assert guest.page.context["lines"][0].row.quantity == 2
    assert Basket.objects.get(status="open").customer.user == user
    assert "tradepost_basket" not in guest.client.session
    other = Visitor()
    other.add(mug)
    other.post("/account/sign-in/", {"username": "ada", "password": "correct horse", "next": "/basket/"})
    assert other.page.context["lines"][0].row.quantity == 3


def test_signing_out_leaves_no_basket_behind(guest: Visitor, mug: Variant, django_user_model: Any) -> None:
    """On a shared computer the next visitor starts with an empty one."""
    django_user_model.objects.create_user("ada", password="correct horse")
    guest.post("/account/sign-in/", {"username": "ada", "password": "correct horse"})
    guest.add(mug)

    guest.post("/account/sign-out/")
    guest.get("/basket/")

    assert "Your basket is empty" in guest.text


def test_drafts_of_staffs_arent_counted(rf: RequestFactory, mug: Variant) -> None:
    """The number in the header is of the customer's own basket."""
    request = rf.get("/")
    request.user = get_user_model().objects.create_user("ada", email="ada@example.com", password="secret")
    customer = customer_for(request.user)
    baskets.add(baskets.basket_of(customer), mug, 1)
    baskets.add(baskets.open_basket(customer=customer, is_draft=True), mug, 4)
    assert units_in_basket(request) == 1

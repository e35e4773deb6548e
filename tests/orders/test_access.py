"""Who may see an order: its customer, or who has its token."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured

from tradepost.orders import conf, selectors, tokens
from tradepost.orders.checks import check_orders
from tradepost.orders.errors import OrderNotFound
from tradepost.orders.models import Order
from tradepost.testing import factories

pytestmark = pytest.mark.django_db


def user(name: str) -> Any:
    """Somebody with an account."""
    return get_user_model().objects.create_user(username=name)


def test_a_token_opens_its_order_and_no_other() -> None:
    """It has 256 bits, only its hash is stored, and a wrong one looks like a missing order."""
    order, other = factories.order(), factories.order()
    token = tokens.access_token(order)

    assert len(token) == 64
    assert order.access_token_hash not in ("", token)
    assert tokens.by_token(order.number, token) == order
    messages = set()
    for number, wrong in ((order.number, ""), (order.number, "x"), (other.number, token), ("nothing", token)):
        with pytest.raises(OrderNotFound) as refused:
            tokens.by_token(number, wrong)
        messages.add((str(refused.value), str(refused.value.context)))
    assert len(messages) == 1


def test_a_link_outlives_a_change_of_the_secret_key(settings: Any) -> None:
    """While the old key is a fallback the same token is made again; afterwards none is, and the old one still opens."""
    order = factories.order()
    token = tokens.access_token(order)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another-key-for-tests-and-long-enough"

    settings.SECRET_KEY_FALLBACKS = [old]
    assert tokens.access_token(order) == token
    settings.SECRET_KEY_FALLBACKS = []
    assert tokens.access_token(order) == ""
    assert tokens.by_token(order.number, token) == order


def test_a_blank_hash_revokes_all_links() -> None:
    """No token opens it any more, not even an empty one."""
    order = factories.order()
    token = tokens.access_token(order)
    Order.objects.update(access_token_hash="")

    for wrong in (token, ""):
        with pytest.raises(OrderNotFound):
            tokens.by_token(order.number, wrong)


def test_a_customer_sees_only_their_orders() -> None:
    """Another user and an anonymous one get the answer of an order that isn't there."""
    mine, hers = (factories.customer(user=user(name)) for name in ("anna", "bert"))
    order = factories.order(customer_id=mine.pk)
    factories.order(customer_id=hers.pk)

    assert selectors.get_order(order.number, user=mine.user) == order
    assert list(selectors.orders_of(mine.user)) == [order]
    assert not selectors.orders_of(AnonymousUser()).exists()
    for somebody in (hers.user, AnonymousUser()):
        with pytest.raises(OrderNotFound):
            selectors.get_order(order.number, user=somebody)
    assert selectors.get_order(order.number, user=AnonymousUser(), token=tokens.access_token(order)) == order


@pytest.mark.parametrize("lines", [1, 50])
def test_a_page_of_an_order_costs_at_most_ten_queries(django_assert_max_num_queries: Any, lines: int) -> None:
    """Lines and charges with their discounts, taxes, history and credits."""
    user_of = factories.customer(user=user("anna")).user
    order = factories.order(
        *(factories.line_row("10.00", off="1.00") for _ in range(lines)),
        shipping="5.00",
        customer_id=user_of.tradepost_customer.pk,
    )

    with django_assert_max_num_queries(10):
        result = selectors.orders_of(user_of).with_rows().get(number=order.number)
        shown = [list(line.adjustments.all()) for line in [*result.lines.all(), *result.charges.all()]]
        rest = [
            list(result.taxes.all()),
            list(result.events.all()),
            [list(c.lines.all()) for c in result.credits.all()],
        ]

    assert (len(shown), len(rest)) == (lines + 1, 3)


def test_a_wrong_setting_is_told_at_start_up(settings: Any) -> None:
    """An unknown key, and numbers from nowhere; both with the id of orders."""
    settings.TRADEPOST_ORDERS = {"NUMERS": "x", "NUMBERS": "tradepost.nowhere.Numbers"}

    assert [(message.id, "NUMBERS" in message.msg) for message in check_orders()] == [
        ("tradepost.E500", True),
        ("tradepost.E500", True),
    ]
    with pytest.raises(ImproperlyConfigured):
        conf.settings()

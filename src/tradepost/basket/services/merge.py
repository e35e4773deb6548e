"""Two baskets become one: at sign-in, and when a submitted one is given back."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import Any, cast
from uuid import UUID

from django.db import IntegrityError, transaction

from tradepost.core import db, fsm
from tradepost.core.actors import SYSTEM
from tradepost.core.conf import instance
from tradepost.core.events import publish
from tradepost.customers.base import AbstractCustomer
from tradepost.customers.services import customer_for
from tradepost.promotions.services import codes_of

from ..base import (
    AbstractBasket,
    AbstractBasketLine,
)
from ..conf import settings
from ..errors import (
    NotSellable,
    PriceMissing,
    QuantityLimit,
    TooManyLines,
)
from ..events import BasketAdopted, BasketMerged
from ..merge_omissions import (
    LeftOut,
    coupon_left_out,
    line_left_out,
)
from ..models import Basket, BasketLine
from ..ports import LineKey, MergePolicy
from ..totals.loader import with_group_ids
from .lifecycle import basket_of, parsed
from .lines import check_open, is_sold, without_price

__all__ = ["join", "merge", "reopen", "reopen_if_alone", "sign_in"]

_log = logging.getLogger(__name__)


@db.atomic
def sign_in(basket_uuid: UUID | str | None, customer: AbstractCustomer) -> AbstractBasket:
    """The basket of a customer who has just signed in: a guest's open one becomes theirs, or is merged into theirs.

    Twice, or at once, is the same as once.

    Args:
        basket_uuid: The guest's; one that isn't there, or isn't a guest's, is passed over.
    """
    uuid = parsed(basket_uuid)
    guests = Basket.objects.open().filter(uuid=uuid, customer=None) if uuid else Basket.objects.none()
    guest = guests.first()
    if guest is None:
        return basket_of(customer)
    if not Basket.objects.filter(customer=customer.pk, channel=guest.channel).open().exists() and _adopt(
        guest, customer
    ):
        return guest
    return merge(guest, basket_of(customer, currency=guest.currency, channel=guest.channel))


def join(basket_uuid: UUID | str, user: Any) -> AbstractBasket | None:
    """Take a guest's basket over for a user who has just signed in; ``None`` where that failed, which is logged.

    A sign-in never fails over a basket. Whoever knows its UUID has it: no address and no account does.
    """
    try:
        return sign_in(basket_uuid, customer_for(user))
    except Exception:  # noqa: BLE001 - whatever it is, it is logged, and the sign-in goes on
        _log.exception("The basket of user %s could not be merged at sign-in.", user.pk)
        return None


def _adopt(guest: AbstractBasket, customer: AbstractCustomer) -> bool:
    """Give a guest's basket to a customer without one, and so keep what its checkout knows: all but what was agreed to, which
    somebody else may have done. False if another sign-in was faster.
    """
    fresh = Basket.objects.filter(pk=guest.pk).locked().get()
    if not fresh.allows.is_open or fresh.customer_id is not None:
        return False
    guest.customer_id = customer.pk
    try:
        with transaction.atomic():
            guest.save(update_fields=["customer"])
    except IntegrityError:  # they have got an open basket in the meantime
        guest.customer_id = None
        return False
    publish(BasketAdopted(basket_id=guest.pk, customer_id=customer.pk))
    return True


@db.atomic
def merge(source: AbstractBasket, into: AbstractBasket) -> AbstractBasket:
    """Put the lines and coupons of one open basket into another, by the configured policy; the source is closed.

    A basket that was merged already changes nothing. What passes the checks of :func:`~tradepost.basket.services.add` comes
    along; what doesn't is told by the ``left_out`` of the basket that is given.

    Raises:
        BasketNotOpen: One of them was submitted.
    """
    both = with_group_ids(Basket.objects.filter(pk__in=[source.pk, into.pk]), into.customer_id)
    rows = {row.pk: row for row in both.locked()}  # type: ignore[attr-defined]
    source, into = rows[source.pk], rows[into.pk]
    check_open(into)
    if source.allows.is_merged or source.pk == into.pk:
        return into
    check_open(source)
    _absorb(source, into)
    return into


def _absorb(source: AbstractBasket, into: AbstractBasket) -> None:
    """Move what is in an open basket into another open one; both are locked. What can't come along is in its ``left_out``."""
    left_out = _merge_lines(source, into)
    codes, most = codes_of([*into.coupon_codes, *source.coupon_codes]), settings().MAX_COUPONS
    into.coupon_codes = codes[:most]
    into.left_out = [*into.left_out, *left_out, *(coupon_left_out(code) for code in codes[most:])]
    into.save(update_fields=["coupon_codes"])
    fsm.fire(source, "merge", SYSTEM)
    source.merged_into_id = into.pk
    source.save(update_fields=["status", "merged_into"])
    publish(BasketMerged(source_id=source.pk, into_id=into.pk))


@db.atomic
def reopen(basket: AbstractBasket, *, newer: AbstractBasket | None = None) -> AbstractBasket:
    """Give a submitted basket back to the visitor; what they began meanwhile is put into it.

    Args:
        newer: A guest's present basket; a customer's is found.

    Returns:
        The basket, open, with its lines and codes.

    Raises:
        TransitionRefused: It isn't submitted.
    """
    begun = Basket.objects.filter(pk=newer.pk, customer=None) if newer is not None else Basket.objects.none()
    if basket.is_draft:
        begun = Basket.objects.none()
    elif basket.customer_id is not None:
        begun = Basket.objects.filter(customer=basket.customer_id, channel=basket.channel)
    others = begun.open().exclude(pk=basket.pk).values_list("pk", flat=True)
    all_of_them = with_group_ids(Basket.objects.filter(pk__in=[basket.pk, *others]), basket.customer_id)
    rows = {row.pk: row for row in all_of_them.locked()}  # type: ignore[attr-defined]
    own: AbstractBasket = rows.pop(basket.pk)
    Basket.objects.filter(pk__in=rows).update(open_key=None)  # a customer has one open basket at a time
    fsm.fire(own, "reopen", SYSTEM)
    own.save(update_fields=["status"])
    for other in rows.values():
        if other.allows.is_open:
            _absorb(other, own)
    return own


@db.atomic
def reopen_if_alone(basket: AbstractBasket) -> bool:
    """Give a submitted basket back, unless its customer has a newer open one; whether it was given back."""
    theirs = Basket.objects.filter(customer=basket.customer_id, channel=basket.channel).open()
    if basket.customer_id is not None and not basket.is_draft and theirs.exists():
        return False
    reopen(basket)
    return True


def _merge_lines(source: AbstractBasket, into: AbstractBasket) -> list[LeftOut]:
    mine: dict[LineKey, AbstractBasketLine] = {}
    theirs: dict[LineKey, AbstractBasketLine] = {}
    rows = BasketLine.objects.filter(basket__in=[source.pk, into.pk]).select_related("variant__product")
    for row in rows.order_by("pk"):
        (theirs if row.basket_id == into.pk else mine)[row.variant_id, row.options_key] = row
    policy = cast("MergePolicy", instance(settings().MERGE))
    quantities = policy.merge(
        {key: line.quantity for key, line in mine.items()}, {key: line.quantity for key, line in theirs.items()}
    )
    allowed, left_out = _checked(into, quantities, mine, theirs)
    kept: list[AbstractBasketLine] = []
    for key, quantity in allowed.items():
        line = theirs.get(key) or mine[key]
        line.basket_id, line.quantity = into.pk, quantity
        kept.append(line)
    gone = {line.pk for line in [*mine.values(), *theirs.values()]} - {line.pk for line in kept}
    BasketLine.objects.filter(pk__in=gone).delete()
    BasketLine.objects.bulk_update(kept, ["basket", "quantity"])  # type: ignore[arg-type]
    return left_out


def _checked(
    into: AbstractBasket,
    quantities: Mapping[LineKey, int],
    mine: Mapping[LineKey, AbstractBasketLine],
    theirs: Mapping[LineKey, AbstractBasketLine],
) -> tuple[dict[LineKey, int], list[LeftOut]]:
    """Units by line after the checks that adding them would have passed, and what doesn't pass; what was there stays there."""
    coming = {mine[key].variant_id: mine[key].variant.sku for key in quantities if key in mine}
    unpriced = set(without_price(into, coming))
    allowed: dict[LineKey, int] = {}
    left_out: list[LeftOut] = []
    number = sum(quantities.get(key, 0) > 0 for key in theirs)
    for key, quantity in quantities.items():
        line, have = mine.get(key) or theirs[key], theirs[key].quantity if key in theirs else 0
        if quantity > have and (why := _why_left_out(line, unpriced, number + (not have))):
            left_out.append(line_left_out(line, quantity - have, why))
            quantity = have  # noqa: PLW2901
        limit = max(settings().MAX_QUANTITY, have)
        if quantity > limit:
            left_out.append(line_left_out(line, quantity - limit, QuantityLimit.code))
            quantity = limit  # noqa: PLW2901
        if quantity > 0:
            allowed[key] = quantity
            number += not have
    return allowed, left_out


def _why_left_out(line: AbstractBasketLine, unpriced: Collection[str], number: int) -> str:
    """The code of the refusal, with so many lines in the basket; empty where a line may come along."""
    if not is_sold(line.variant):
        return NotSellable.code
    if line.variant.sku in unpriced:
        return PriceMissing.code
    return TooManyLines.code if number > settings().MAX_LINES else ""

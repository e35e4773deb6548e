"""Prices and discounts that staff set on lines of drafts, with a reason that the order keeps."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.actors import By
from tradepost.core.errors import Conflict, Invalid
from tradepost.core.money import MOST_DIGITS, digits_message, keeps_all_digits, quantise

from ..base import AbstractBasket, AbstractManualPrice
from ..conf import settings
from ..errors import ManuallyPriced
from ..models import ManualPrice
from .lines import find_line, locked, touch

__all__ = [
    "is_priced_by_hand",
    "refuse_amounts",
    "remove_manual_discount",
    "remove_manual_price",
    "set_manual_discount",
    "set_manual_price",
]

_STAGE = "tradepost.basket.stages.manual_discounts"
_MOST = Decimal(10**11)  # many units of it are still an amount that an order has room for
_PRICE_STEP = Decimal("0.0001")


@db.atomic
def set_manual_price(
    basket: AbstractBasket, line_uuid: UUID | str, *, kind: str, value: Decimal, reason: str, by: By
) -> AbstractManualPrice:
    """Say what a line of a draft costs, in place of what was said by hand before.

    A unit price takes the place of the price lists'; promotions leave the line alone then. A discount comes after all
    promotions. The caller has checked the permission ``price_drafts``.

    Args:
        basket: A draft that is open.
        line_uuid: Of the line.
        kind: ``price``, ``percent`` or ``amount`` (off the whole line).
        value: An amount in the basket's currency and on the shop's basis, or a percentage.
        reason: The order keeps it beside who gave it; customers don't see it.
        by: Who decides.

    Raises:
        BasketNotOpen: The draft was placed.
        LineNotFound: There is no such line.
        Invalid: It is no draft, the value can't be, there is no reason, or the shop's stages leave such discounts out.
        Conflict: Somebody has just given the draft another currency than ``basket`` says; percentages don't matter.
    """
    fresh = _ready(basket, kind)
    return _set(fresh, find_line(fresh, line_uuid).uuid, kind=kind, value=value, reason=reason, by=by)


@db.atomic
def set_manual_discount(
    basket: AbstractBasket, *, kind: str, value: Decimal, reason: str, by: By
) -> AbstractManualPrice:
    """Take something off all goods of a draft together, in place of what was taken off them before.

    It comes after promotions and after the discounts of single lines, and is shared by what those leave; the delivery isn't among
    it. Lines that are added later have their share. The caller has checked the permission ``price_drafts``.

    Args:
        basket: A draft that is open.
        kind: ``percent`` or ``amount``.
        value: A percentage, or an amount in the basket's currency and on the shop's basis.
        reason: The order keeps it beside who gave it; customers don't see it.
        by: Who decides.

    Raises:
        BasketNotOpen: The draft was placed.
        Invalid: It is no draft, the value can't be, there is no reason, or the shop's stages leave such discounts out.
        Conflict: Somebody has just given the draft another currency than ``basket`` says; percentages don't matter.
    """
    if kind == AbstractManualPrice.Kind.PRICE:
        raise Invalid(_("All goods together have no unit price."), attr="kind")
    fresh = _ready(basket, kind)
    return _set(fresh, fresh.uuid, kind=kind, value=value, reason=reason, by=by)


@db.atomic
def remove_manual_discount(basket: AbstractBasket) -> None:
    """Take nothing off all goods together any more; discounts of single lines stay.

    Raises:
        BasketNotOpen: The draft was placed.
    """
    fresh = locked(basket)
    ManualPrice.objects.filter(line=fresh.uuid).delete()
    touch(fresh)


def _ready(basket: AbstractBasket, kind: str) -> AbstractBasket:
    """The draft, locked, in the currency in which the amount is meant."""
    if not basket.is_draft:
        raise Invalid(_("Prices are set by hand in drafts only."), attr="kind")
    fresh = locked(basket)
    if fresh.currency != basket.currency and kind != AbstractManualPrice.Kind.PERCENT:
        message = _("Somebody has just changed the currency to %(currency)s.") % {"currency": fresh.currency}
        raise Conflict(message, currency=fresh.currency)
    return fresh


def _set(fresh: AbstractBasket, line: UUID, *, kind: str, value: Decimal, reason: str, by: By) -> AbstractManualPrice:
    value, reason = _checked(fresh, kind, value), reason.strip()
    if not reason:
        raise Invalid(_("Say why."), attr="reason")
    columns = {"kind": kind, "value": value, "reason": reason[:200], "actor_label": by.label[:150]}
    row, _is_new = ManualPrice.objects.update_or_create(basket_id=fresh.pk, line=line, defaults=columns)
    touch(fresh)
    return row


@db.atomic
def remove_manual_price(basket: AbstractBasket, line_uuid: UUID | str) -> None:
    """Let a line cost what it costs everybody; one that was left alone stays so.

    Raises:
        BasketNotOpen: The draft was placed.
        LineNotFound: There is no such line.
    """
    fresh = locked(basket)
    ManualPrice.objects.filter(line=find_line(fresh, line_uuid).uuid).delete()
    touch(fresh)


def is_priced_by_hand(basket: AbstractBasket, line_uuid: UUID | str) -> bool:
    """Whether staff said what a line of a draft costs, or gave a discount on all of it: other units are then for those with
    ``price_drafts`` alone.
    """
    return ManualPrice.objects.filter(basket=basket.pk, line__in=[line_uuid, basket.uuid]).exists()


def refuse_amounts(basket: AbstractBasket) -> None:
    """Refuse another currency where amounts were set by hand in the present one.

    Raises:
        ManuallyPriced: There are some; percentages don't matter.
    """
    amounts = ManualPrice.objects.filter(basket=basket.pk).exclude(kind=AbstractManualPrice.Kind.PERCENT)
    if amounts.exists():
        message = _("Remove the prices first that were set by hand in %(currency)s.") % {"currency": basket.currency}
        raise ManuallyPriced(message, currency=basket.currency)


def _checked(basket: AbstractBasket, kind: str, value: Decimal) -> Decimal:
    if kind not in AbstractManualPrice.Kind.values:
        raise Invalid(_("There is no such kind."), attr="kind")
    if kind != AbstractManualPrice.Kind.PRICE and _STAGE not in settings().STAGES:
        raise Invalid(_("This shop’s calculation knows no discounts by hand."), attr="kind")
    most = 100 if kind == AbstractManualPrice.Kind.PERCENT else _MOST
    if not value.is_finite() or value < 0 or value > most or (value == 0 and kind != AbstractManualPrice.Kind.PRICE):
        raise Invalid(_("This value can’t be."), attr="value")
    is_amount = kind == AbstractManualPrice.Kind.AMOUNT
    exact = quantise(value, basket.currency) if is_amount else value.quantize(_PRICE_STEP)
    if exact != value:
        raise Invalid(_("This value can’t be."), attr="value")
    if not keeps_all_digits(exact):
        raise Invalid(digits_message(), attr="value", digits=MOST_DIGITS)
    return exact

"""Resolving a discrepancy by the name of what is done, and what an action would come to."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID, uuid4

from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.actors import By
from tradepost.core.errors import Invalid
from tradepost.orders import services as orders

from ..base import AbstractDiscrepancy, AbstractPayment, AbstractTransaction
from ..errors import DiscrepancyNotFound
from ..interface import EntryKind
from ..models import Discrepancy, Transaction
from ..services.refunds import request_refund
from ..services.settlement import lock_payments
from . import by_hand, discrepancies

__all__ = [
    "BOOK_BY_HAND",
    "MOVE_MONEY",
    "PERMISSIONS",
    "booked_by_hand",
    "find_discrepancy",
    "preview_refund",
    "resolve",
]

MOVE_MONEY, BOOK_BY_HAND = "tradepost_payments.move_money", "tradepost_payments.book_by_hand"
PERMISSIONS: Mapping[str, str] = {
    "refund": MOVE_MONEY,
    "accept": MOVE_MONEY,
    "reinstate": "tradepost_orders.change_order",
    "give_up": MOVE_MONEY,
    "book": BOOK_BY_HAND,
    "strike": BOOK_BY_HAND,
    "dismiss": "",
}
"""By the name of a remedy, the permission that it needs beside ``change_discrepancy``; empty for none."""


def find_discrepancy(uuid: UUID | str) -> AbstractDiscrepancy:
    """One discrepancy with its order and payment.

    Raises:
        DiscrepancyNotFound: There is none.
    """
    rows = Discrepancy.objects.select_related("order", "payment__order", "resolved_by")
    row = rows.filter(uuid=uuid).first()
    if row is None:
        raise DiscrepancyNotFound(_("There is no such discrepancy."))
    return row


def resolve(
    row: AbstractDiscrepancy,
    how: str,
    *,
    by: By,
    note: str = "",
    amount: Decimal | None = None,
    reference: str = "",
    refunded: bool = False,
) -> None:
    """Do what a remedy is called, as the functions of that name in :mod:`.discrepancies` do.

    Args:
        row: Open.
        how: One of :func:`.discrepancies.remedies`. The caller has checked its permission (:data:`PERMISSIONS`).
        by: Who does it.
        note: Why; needed by ``dismiss``, ``give_up`` and ``book``.
        amount: Of ``refund`` (all of the surplus without it) and ``book``, in the payment's currency.
        reference: Of ``book``: of the money at the provider.
        refunded: Of ``book``: it was given back; else it came.

    Raises:
        Invalid: There is no such remedy, or it needs an amount, a reference or a reason.
        AlreadyResolved: Somebody was faster, or this doesn't fit it.
        AmountError, AlreadyBooked, NotRefundable: As the functions say.
    """
    if how not in PERMISSIONS:
        raise Invalid(_("There is no such remedy."), attr="how")
    if how == "refund":
        discrepancies.refund_surplus(row, amount, by=by, note=note)
    elif how == "book":
        if amount is None:
            raise Invalid(_("Say how much it was."), attr="amount")
        discrepancies.book(row, amount, reference=reference, by=by, note=note, refunded=refunded)
    else:
        plain = {
            "accept": discrepancies.accept,
            "reinstate": discrepancies.reinstate,
            "give_up": discrepancies.give_up,
            "strike": discrepancies.strike,
            "dismiss": discrepancies.dismiss,
        }
        plain[how](row, by=by, note=note)


def booked_by_hand(payment: AbstractPayment, kind: str, reference: str) -> AbstractTransaction:
    """The row of a payment's ledger that staff booked under a reference.

    Args:
        kind: ``capture`` or ``refund``.

    Raises:
        Invalid: Nothing was booked so.
    """
    refs = {"provider_ref": f"{Transaction.BY_HAND}{reference.strip()}"}
    row = Transaction.objects.select_related("payment").filter(payment_id=payment.pk, kind=kind, **refs).first()
    if row is None:
        raise Invalid(_("Nothing was booked by hand under this reference."), attr="reference")
    return row


def preview_refund(payment: AbstractPayment, amount: Decimal | None, *, by: By) -> orders.MoneyPreview:
    """See what an order's money comes to when a refund has succeeded: nothing is written, and no provider is asked.

    Args:
        amount: All that is refundable, if ``None``.

    Raises:
        NotRefundable, AmountError: As :func:`tradepost.payments.services.refund` would.
    """
    with db.rolled_back():
        order, payments = lock_payments(payment.order_id)
        asked = request_refund(order, payments[payment.pk], amount, by=by, reason="").amount

    def book() -> None:
        fresh, rows = lock_payments(payment.order_id)
        key = uuid4().hex
        by_hand.book(fresh, rows, payment.pk, EntryKind.REFUND, asked, reference=key, reason="preview", by=by)

    return orders.preview(payment.order, book)

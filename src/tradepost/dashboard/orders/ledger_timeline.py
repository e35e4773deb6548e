"""Sentences from the payments of an order, for its timeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.core.money.format import money_text
from tradepost.payments.interface import EntryKind, EntryState

from ..registry import TimelineEntry
from .payment_facts import method_name

__all__ = ["ledger_entries"]

_DONE = EntryState.SUCCEEDED.value
_FAILED = EntryState.FAILED.value
_SENTENCES: Mapping[tuple[str, str], Any] = {
    (EntryKind.AUTHORISE.value, _DONE): gettext_lazy("%(method)s holds %(amount)s for the shop."),
    (EntryKind.CAPTURE.value, _DONE): gettext_lazy("%(amount)s was paid by %(method)s."),
    (EntryKind.CAPTURE.value, _FAILED): gettext_lazy("%(amount)s couldn’t be taken by %(method)s%(error)s."),
    (EntryKind.VOID.value, _DONE): gettext_lazy("%(amount)s was released at %(method)s."),
    (EntryKind.REFUND.value, _DONE): gettext_lazy("%(amount)s was refunded to %(method)s."),
    (EntryKind.REFUND.value, _FAILED): gettext_lazy("The refund of %(amount)s to %(method)s failed%(error)s."),
    (EntryKind.CHARGEBACK.value, _DONE): gettext_lazy("The bank took %(amount)s back from %(method)s."),
    (EntryKind.CHARGEBACK_REVERSAL.value, _DONE): gettext_lazy("%(amount)s came back from a dispute at %(method)s."),
}
_WAITING: Mapping[str, Any] = {
    EntryKind.CAPTURE.value: gettext_lazy("%(method)s was asked for %(amount)s and hasn’t answered yet."),
    EntryKind.REFUND.value: gettext_lazy("%(method)s was asked to refund %(amount)s and hasn’t answered yet."),
}


def ledger_entries(order: Any) -> Iterator[TimelineEntry]:
    """Of an order that was fetched with its payments and their transactions; no query."""
    for payment in order.payments.all():
        method = method_name(payment.method)
        if payment.status == "failed":
            error = f": {payment.error_message}" if payment.error_message else ""
            facts = {"amount": money_text(payment.amount, payment.currency), "method": method, "error": error}
            yield TimelineEntry(
                at=payment.updated_at, text=_("A payment of %(amount)s by %(method)s failed%(error)s.") % facts
            )
        for row in payment.transactions.all():
            text = _SENTENCES.get((row.kind, row.state)) or _WAITING.get(row.kind)
            if text is not None:
                error = f": {row.error}" if row.error else ""
                facts = {"amount": money_text(row.amount, row.currency), "method": method, "error": error}
                yield TimelineEntry(at=row.created_at, text=str(text) % facts, quote=row.reason)

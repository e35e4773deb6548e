"""Forms for discrepancies and for booking by hand."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tradepost.core.actors import By
from tradepost.core.admin.actions import ActionForm
from tradepost.core.inputs.form_fields import CountField, NumberField
from tradepost.core.money import plain
from tradepost.core.money.format import money_text

from .. import conf
from ..interface import EntryState
from ..models import Transaction
from ..reconciliation import by_hand, discrepancies
from ..services import pay_links

__all__ = ["BOOKING", "RESOLVING", "RequestPaymentForm"]

MOVE_MONEY, BOOK_BY_HAND = "tradepost_payments.move_money", "tradepost_payments.book_by_hand"


def _amount(**values: Any) -> NumberField:
    return NumberField(label=_("Amount"), min_value=Decimal("0.0001"), decimal_places=4, **values)


def _note(*, required: bool = False) -> forms.CharField:
    return forms.CharField(label=_("Reason"), max_length=150, required=required)


def _reference() -> forms.CharField:
    help_text = _("Of the transfer, the receipt, or the refund at the provider. A reference is booked only once.")
    return forms.CharField(label=_("Reference"), max_length=150, help_text=help_text)


class RefundSurplusForm(ActionForm):
    """Give back what was paid too much."""

    title = _("Refund the surplus")
    explanation = _("The provider is asked to refund it.")
    permission = MOVE_MONEY
    asks_a_provider = True
    amount = _amount(required=False)
    note = _note()

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        most, methods = discrepancies.surplus(row), conf.methods()
        if row.payment.method in methods and conf.gateway(row.payment.method).capabilities.offline:
            self.explanation = _("You confirm that it was paid back: the shop moves no money for this method.")
        self.fields["amount"].widget.attrs["placeholder"] = plain(most, row.payment.currency)

    def act(self, by: By) -> None:
        asked = self.cleaned_data
        discrepancies.refund_surplus(self.row, asked["amount"], by=by, note=asked["note"])


class AcceptForm(ActionForm):
    """Take less than was asked for."""

    title = _("Accept what was paid")
    explanation = _("The shortfall is credited as goodwill, and the order is confirmed.")
    permission = MOVE_MONEY
    note = _note()

    def act(self, by: By) -> None:
        discrepancies.accept(self.row, by=by, note=self.cleaned_data["note"])


class ReinstateForm(ActionForm):
    """Bring the order back."""

    title = _("Reinstate the order")
    explanation = _("Its stock and coupons are taken again, if they are still available.")
    permission = "tradepost_orders.change_order"
    note = _note()

    def act(self, by: By) -> None:
        discrepancies.reinstate(self.row, by=by, note=self.cleaned_data["note"])


class GiveUpForm(ActionForm):
    """It wasn't made."""

    title = _("It wasn't paid")
    explanation = _("You checked at the provider, and this payment was not made there. The customer can pay again.")
    permission = MOVE_MONEY
    note = _note(required=True)

    def act(self, by: By) -> None:
        discrepancies.give_up(self.row, by=by, note=self.cleaned_data["note"])


class BookForm(ActionForm):
    """Book what happened at the provider, and resolve the discrepancy."""

    title = _("Book by hand")
    explanation = _("No money is moved: you record what happened. It is booked in the order's currency.")
    permission = BOOK_BY_HAND
    what = forms.ChoiceField(
        label=_("What"), choices=[("capture", _("Money received")), ("refund", _("Money paid back"))]
    )
    amount = _amount()
    reference = _reference()
    note = _note(required=True)

    def act(self, by: By) -> None:
        asked = self.cleaned_data
        discrepancies.book(
            self.row,
            asked["amount"],
            reference=asked["reference"],
            by=by,
            note=asked["note"],
            refunded=asked["what"] == "refund",
        )


class StrikeForm(ActionForm):
    """One of both goes."""

    title = _("Strike out a booking by hand")
    explanation = _("What the provider reports stays.")
    permission = BOOK_BY_HAND
    note = _note()

    def act(self, by: By) -> None:
        discrepancies.strike(self.row, by=by, note=self.cleaned_data["note"])


class DismissForm(ActionForm):
    """Close a discrepancy without doing anything."""

    title = _("Dismiss")
    explanation = _(
        "Nothing needs to be done, or it was done elsewhere. From now on the payment counts towards its order."
    )
    note = _note(required=True)

    def act(self, by: By) -> None:
        discrepancies.dismiss(self.row, by=by, note=self.cleaned_data["note"])


class _BookingForm(ActionForm):
    permission = BOOK_BY_HAND
    amount = _amount()
    reference = _reference()
    note = _note(required=True)


class BookCaptureForm(_BookingForm):
    """Money came past the provider."""

    title = _("Book money received outside the provider")
    explanation = _("No money is moved: you confirm that it was received. Don't book what the provider reports itself.")

    def act(self, by: By) -> None:
        asked = self.cleaned_data
        by_hand.book_capture(self.row, asked["amount"], reference=asked["reference"], reason=asked["note"], by=by)


class BookRefundForm(_BookingForm):
    """Money went back past the provider."""

    title = _("Book a refund made outside the provider")
    explanation = _(
        "No money is moved: you confirm that it was paid back. Don't book what the provider reports itself."
    )

    def act(self, by: By) -> None:
        asked = self.cleaned_data
        by_hand.book_refund(self.row, asked["amount"], reference=asked["reference"], reason=asked["note"], by=by)


class StrikeBookedForm(ActionForm):
    """Take a row that was booked by hand back."""

    title = _("Strike out a booking by hand")
    explanation = _("It didn't happen, or the provider reported it after all. The row stays, marked as failed.")
    permission = BOOK_BY_HAND
    booked = forms.ChoiceField(label=_("Row"))
    note = _note(required=True)

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        rows = [
            entry for entry in row.transactions.all() if entry.is_by_hand and entry.state == EntryState.SUCCEEDED.value
        ]
        shown = [
            (str(entry.pk), f"{entry.kind} {money_text(entry.amount, entry.currency)}, {entry.provider_ref}")
            for entry in rows
        ]
        self.fields["booked"].choices = shown  # type: ignore[attr-defined]

    def act(self, by: By) -> None:
        booked = Transaction.objects.select_related("payment").get(pk=self.cleaned_data["booked"])
        by_hand.strike(booked, reason=self.cleaned_data["note"], by=by)


class RequestPaymentForm(ActionForm):
    """Ask an order's customer to pay, by a link."""

    title = _("Request payment")
    explanation = _("The customer gets a link, chooses a method and pays. The order is kept while the link is valid.")
    days = CountField(label=_("Days"), min_value=1, max_value=90, required=False)
    mail = forms.BooleanField(label=_("Send an e-mail"), required=False, initial=True)

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.link: pay_links.PayLink | None = None
        self.fields["days"].widget.attrs["placeholder"] = conf.settings().PAY_LINK_EXPIRES_AFTER.days
        if not row.email:
            del self.fields["mail"]

    def act(self, by: By) -> None:
        asked = self.cleaned_data
        wait = timedelta(days=asked["days"]) if asked["days"] else None
        self.link = pay_links.request_payment(self.row, by=by, expires_after=wait, mail=asked.get("mail", False))


RESOLVING: dict[str, type[ActionForm]] = {
    "refund": RefundSurplusForm,
    "accept": AcceptForm,
    "reinstate": ReinstateForm,
    "give_up": GiveUpForm,
    "book": BookForm,
    "strike": StrikeForm,
    "dismiss": DismissForm,
}
"""By the names of :func:`tradepost.payments.reconciliation.discrepancies.remedies`."""

BOOKING: dict[str, type[ActionForm]] = {
    "book_capture": BookCaptureForm,
    "book_refund": BookRefundForm,
    "strike": StrikeBookedForm,
}
"""Acts on a payment's page."""

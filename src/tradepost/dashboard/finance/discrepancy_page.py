"""The page of one payment that doesn't fit, and what can be done about it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from tradepost.core.access import needs
from tradepost.core.actors import By
from tradepost.core.inputs.form_fields import NumberField
from tradepost.core.money import plain
from tradepost.core.money.format import fact_text
from tradepost.payments import conf
from tradepost.payments.errors import DiscrepancyNotFound
from tradepost.payments.reconciliation import discrepancies, resolutions

from ..forms import ActForm
from ..orders.order_list import order_url
from ..pages import RecordPage
from ..pages.base import Page
from ..registry import Action, Panel

__all__ = ["DiscrepancyPage", "discrepancy_panels", "remedies"]

_CHANGE = "tradepost_payments.change_discrepancy"


class DiscrepancyPage(RecordPage):
    """The finding, advice, and a button for each remedy that fits now."""

    key = "discrepancy"
    section = "finance"
    title = _("Payment that doesn’t fit")
    pattern = "finance/discrepancies/<uuid:uuid>/"
    access = needs("tradepost_payments.view_discrepancy")

    def get_row(self) -> Any:
        """With its order and payment, and the names of what fits."""
        try:
            row: Any = resolutions.find_discrepancy(self.kwargs["uuid"])
        except DiscrepancyNotFound:
            return None
        row.fitting = frozenset(discrepancies.remedies(row))  # once: buttons ask for it without a query
        return row

    def get_version(self, row: Any) -> str:
        """Another one once it is resolved."""
        return str(row.resolved_at or "open")

    def changes_since(self, row: Any, version: str) -> list[str]:
        """Somebody was faster."""
        return [f"{row.resolution}. {row.note}".strip()] if row.resolved_at else []

    def get_title(self) -> str:
        """Its kind."""
        return str(self.row.get_kind_display())


def discrepancy_panels() -> Iterator[Panel]:
    """In order."""
    yield FoundPanel()


class FoundPanel(Panel):
    """The facts, and the advice while it is open."""

    key = "found"
    title = _("What was found")
    template_name = "tradepost/dashboard/finance/_found.html"

    def get_context(self, page: Page) -> dict[str, Any]:
        """Amounts as money."""
        row: Any = page.row  # type: ignore[attr-defined]
        owner = row.payment or row.order
        order = row.order or (row.payment.order if row.payment else None)
        currency = owner.currency if owner is not None else ""
        return {
            "facts": [(name.replace("_", " "), fact_text(name, value, currency)) for name, value in row.facts.items()],
            "advice": discrepancies.advice(row) if row.resolved_at is None else "",
            "order": order,
            "order_url": order_url(order.number) if order is not None else "",
        }


class _Remedy(ActForm):
    """A remedy.

    Attributes:
        how: Its name.
        explanation: What it does.
    """

    how: ClassVar[str] = ""

    def act(self, by: By) -> None:
        """By the service of this name."""
        given = {name: value for name, value in self.cleaned_data.items() if name in ("note", "amount", "reference")}
        if "what" in self.cleaned_data:
            given["refunded"] = self.cleaned_data["what"] == "refund"
        resolutions.resolve(self.row, self.how, by=by, **given)


def _note(*, required: bool = False) -> forms.CharField:
    return forms.CharField(label=_("Reason"), max_length=150, required=required)


def _amount(*, required: bool) -> NumberField:
    return NumberField(label=_("Amount"), min_value=Decimal("0.0001"), decimal_places=4, required=required)


class RefundSurplusForm(_Remedy):
    """Give back what was paid too much."""

    how = "refund"
    title = _("Refund the surplus")
    explanation = _("The provider is asked to refund it.")
    asks_a_provider = True
    is_serious = True
    amount = _amount(required=False)
    note = _note()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most, methods = discrepancies.surplus(self.row), conf.methods()
        if self.row.payment.method in methods and conf.gateway(self.row.payment.method).capabilities.offline:
            self.explanation = _("You confirm that it was paid back: the shop moves no money for this method.")
        self.fields["amount"].widget.attrs["placeholder"] = plain(most, self.row.payment.currency)


class AcceptForm(_Remedy):
    """Take less than was asked for."""

    how = "accept"
    title = _("Accept what was paid")
    explanation = _("The shortfall is credited as goodwill, and the order is confirmed.")
    note = _note()


class ReinstateForm(_Remedy):
    """Bring the order back."""

    how = "reinstate"
    title = _("Reinstate the order")
    explanation = _("Its stock and coupons are taken again, if they are still available.")
    note = _note()


class GiveUpForm(_Remedy):
    """Say that nothing was paid."""

    how = "give_up"
    title = _("It wasn’t paid")
    explanation = _("You checked at the provider, and this payment was not made there. The customer can pay again.")
    note = _note(required=True)


class BookForm(_Remedy):
    """Book what happened at the provider."""

    how = "book"
    title = _("Book by hand")
    explanation = _("No money is moved: you record what happened. It is booked in the order’s currency.")
    what = forms.ChoiceField(
        label=_("What"), choices=[("capture", _("Money received")), ("refund", _("Money paid back"))]
    )
    amount = _amount(required=True)
    reference = forms.CharField(
        label=_("Reference"),
        max_length=150,
        help_text=_("Of the transfer, the receipt, or the refund at the provider. A reference is booked only once."),
    )
    note = _note(required=True)


class StrikeForm(_Remedy):
    """One of both goes."""

    how = "strike"
    title = _("Strike out a booking by hand")
    explanation = _("What the provider reports stays.")
    note = _note()


class DismissForm(_Remedy):
    """Close it without doing anything."""

    how = "dismiss"
    title = _("Dismiss")
    explanation = _(
        "Nothing needs to be done, or it was done elsewhere. From now on the payment counts towards its order."
    )
    note = _note(required=True)


def remedies() -> Iterator[Action]:
    """A button for each; only those that fit are shown."""
    for form in (RefundSurplusForm, AcceptForm, ReinstateForm, GiveUpForm, BookForm, StrikeForm, DismissForm):
        permissions = [_CHANGE, *filter(None, [resolutions.PERMISSIONS[form.how]])]
        yield Action(
            key=form.how.replace("_", "-"),
            form=form,
            access=needs(*permissions),
            is_shown=lambda row, how=form.how: how in row.fitting,  # type: ignore[misc]
            is_quiet=form is DismissForm,
        )

"""The form that makes an order of a draft."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.checkout import services
from tradepost.core.actors import By
from tradepost.core.inputs.form_fields import CountField, NumberField
from tradepost.core.money import plain
from tradepost.core.money.format import money_text

from ..forms import ActForm, Preview, Sum
from ..orders.actions.money_preview import sums_between
from ..orders.order_list import order_url
from .buyer_forms import chosen_method

__all__ = ["PlaceForm"]

BOOK = "tradepost_payments.book_by_hand"
_LONGEST = 90  # days that a link is good


class PlaceForm(ActForm):
    """It becomes an order: with a link to pay, to be paid by an offline method, or paid already.

    The total that was seen goes with it, so that nobody places another one than they told the customer.
    """

    title = gettext_lazy("Place order")
    asks_a_provider: ClassVar[bool] = True  # payments of an order that is replaced are cancelled first
    previews = True
    heeds_changes = False
    total = NumberField(widget=forms.HiddenInput, required=False, decimal_places=4)
    mail = forms.BooleanField(label=gettext_lazy("Send the link by e-mail"), required=False, initial=True)
    days = CountField(label=gettext_lazy("Days to pay"), min_value=1, max_value=_LONGEST, initial=7)
    is_paid = forms.BooleanField(label=gettext_lazy("The money is here already"), required=False)
    reference = forms.CharField(
        label=gettext_lazy("Receipt or transfer"), max_length=150, required=False, help_text=gettext_lazy("Its number.")
    )
    reason = forms.CharField(label=gettext_lazy("Where it came in"), max_length=150, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.look = services.look(self.row.basket)
        self.method = chosen_method(self.row)
        if not self.is_bound and self.look.totals.total is not None:
            self.initial["total"] = plain(self.look.totals.total, self.row.basket.currency)
        for name in self._not_asked():
            del self.fields[name]

    def _not_asked(self) -> set[str]:
        """Fields that don't go with how it is paid."""
        link, receipt = {"mail", "days"}, {"is_paid", "reference", "reason"}
        if not self.look.needs_payment:
            return link | receipt
        if not self.method:
            return receipt | (set() if self.look.checkout.email else {"mail"})
        return link if self.user.has_perm(BOOK) else link | receipt

    def clean(self) -> dict[str, Any]:
        """A receipt has its number, and where it came in."""
        asked = super().clean()
        if asked.get("is_paid"):
            for name in ("reference", "reason"):
                if not asked.get(name):
                    self.add_error(name, _("This is needed where the money is here already."))
        return asked

    def preview(self, by: By) -> Preview:
        """The order's money, the payments that are cancelled, and who hears of it."""
        preview = services.preview_draft(self.row, services.Visit(by=by))
        amount = money_text(preview.after.due, preview.after.currency)
        sentences = [_("The stock is held for it.")]
        if preview.before is not None and self.row.replaces is not None:
            sentences = self._of_replacing(preview, sentences)
        sentences += self._of_paying(amount)
        sums: tuple[Sum, ...] = ()
        if preview.difference is not None and preview.before is not None:
            sums = sums_between(preview.before, preview.after)
        return Preview(
            button=_("Place order for %(amount)s") % {"amount": amount}, sentences=tuple(sentences), sums=sums
        )

    def _of_replacing(self, preview: services.DraftPreview, sentences: list[str]) -> list[str]:
        number = self.row.replaces.number
        texts = [
            _("Order %(number)s is cancelled, and this one takes its place. The customer gets an e-mail.")
            % {"number": number}
        ]
        if preview.difference is not None and preview.difference > 0:
            more = money_text(preview.difference, preview.after.currency)
            texts.append(_("The customer owes %(amount)s more than before.") % {"amount": more})
        elif preview.difference is not None and preview.difference < 0:
            less = money_text(-preview.difference, preview.after.currency)
            texts.append(_("The customer owes %(amount)s less than before.") % {"amount": less})
        if preview.payments:
            texts.append(_("Payments of it that are under way are cancelled at their providers first."))
        return [*texts, *sentences]

    def _of_paying(self, amount: str) -> list[str]:
        asked = self.cleaned_data
        if "days" in self.fields:
            days = {"days": asked["days"]}
            texts = [_("The customer has %(days)s days to pay; then it expires.") % days]
            if asked.get("mail"):
                texts.append(_("%(email)s gets a link to pay.") % {"email": self.look.checkout.email})
            else:
                texts.append(_("You get a link to pass on. No e-mail is sent."))
            return texts
        if asked.get("is_paid"):
            return [_("%(amount)s is booked as received, and the order is confirmed.") % {"amount": amount}]
        return [_("It waits for the money to come in.")] if self.method else []

    def act(self, by: By) -> None:
        """Place it, and show the order."""
        asked, total = self.cleaned_data, self.cleaned_data["total"]
        link = receipt = None
        if "days" in self.fields:
            link = services.LinkWanted(mail=asked.get("mail", False), expires_after=timedelta(days=asked["days"]))
        elif asked.get("is_paid"):
            if not self.user.has_perm(BOOK):
                raise PermissionDenied
            receipt = services.Receipt(reference=asked["reference"], reason=asked["reason"])
        visit = services.Visit(
            by=by,
            expected_total=Decimal(total) if total is not None else None,
            expected_currency=self.row.basket.currency,
        )
        placed = services.place_draft(self.row, visit, link=link, receipt=receipt)
        self.goes_to = order_url(placed.order.number)
        self.outcome = _("Order %(number)s is placed.") % {"number": placed.order.number}
        if placed.link is not None:
            sent = _("The link to pay was sent.") if asked.get("mail") else _("The link to pay:")
            self.outcome = f"{self.outcome} {sent} {placed.link.url}"

"""Actions on an order's payments: refund, capture, release, ask the provider, ask the customer to pay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.core.access import needs
from tradepost.core.actors import By
from tradepost.core.inputs.form_fields import CountField, NumberField
from tradepost.core.money import ZERO, plain
from tradepost.core.money.format import money_text
from tradepost.payments import services
from tradepost.payments.interface import EntryState
from tradepost.payments.reconciliation import resolutions

from ...forms import ActForm, Preview
from ...registry import Action
from ..payment_facts import PaymentFacts, payments_of
from .money_preview import sums_of
from .state import CHANGE

__all__ = ["payment_actions"]

_MOVE = needs(resolutions.MOVE_MONEY)


def payment_actions() -> Iterator[Action]:
    """Beside each payment; a refund that is due at the head of the page as well."""
    yield Action(key="refund-due", form=RefundForm, access=_MOVE, is_shown=_has_surplus)
    yield Action(key="refund", form=RefundForm, access=_MOVE, is_shown=_has(RefundForm), is_inside=True)
    yield Action(key="capture", form=CaptureForm, access=_MOVE, is_shown=_has(CaptureForm), is_inside=True)
    yield Action(
        key="release-payment", form=CancelPaymentForm, access=_MOVE, is_shown=_has(CancelPaymentForm), is_inside=True
    )
    yield Action(key="ask", form=AskForm, access=_MOVE, is_shown=_has(AskForm), is_inside=True)
    yield Action(key="request-payment", form=RequestPaymentForm, access=CHANGE, is_shown=_awaits_payment)


def _has(form: type[_PaymentForm]) -> Callable[[Any], bool]:
    return lambda order: any(form.fits(facts) for facts in payments_of(order))


def _has_surplus(order: Any) -> bool:
    return bool(order.net_paid > order.due) and _has(RefundForm)(order)


def _awaits_payment(order: Any) -> bool:
    return bool(order.allows.awaits_payment and order.due > order.net_paid)


class _PaymentForm(ActForm):
    """About one payment of the order; the provider is asked outside any transaction."""

    asks_a_provider: ClassVar[bool] = True
    payment = forms.ChoiceField(label=gettext_lazy("Payment"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.payments = {str(facts.payment.uuid): facts for facts in payments_of(self.row) if self.fits(facts)}
        self.fields["payment"].choices = [  # type: ignore[attr-defined]
            (uuid, f"{facts.method}, {money_text(facts.payment.amount, facts.payment.currency)}")
            for uuid, facts in self.payments.items()
        ]
        if self.payments and not self.is_bound:
            self.initial.setdefault("payment", next(iter(self.payments)))

    @classmethod
    def fits(cls, facts: PaymentFacts) -> bool:
        """Whether it can be done with a payment."""
        raise NotImplementedError

    @property
    def chosen(self) -> PaymentFacts:
        """The payment."""
        return self.payments[self.cleaned_data["payment"]]

    def text(self, amount: Decimal) -> str:
        """An amount in the payments' currency."""
        return money_text(amount, self.row.currency)


def _amount_field() -> NumberField:
    return NumberField(label=gettext_lazy("Amount"), min_value=Decimal("0.0001"), decimal_places=4, required=False)


class RefundForm(_PaymentForm):
    """Money goes back."""

    title = gettext_lazy("Refund")
    previews = True
    is_serious = True
    amount = _amount_field()
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        surplus = max(self.row.net_paid - self.row.due, ZERO)
        first = self.payments.get(str(self.initial.get("payment", "")))
        if surplus and first is not None and not self.is_bound:
            self.initial.setdefault("amount", plain(min(surplus, first.refundable), self.row.currency))
        most = self.text(max((facts.refundable for facts in self.payments.values()), default=ZERO))
        self.fields["amount"].help_text = _("Up to %(most)s; empty for all of it.") % {"most": most}

    @classmethod
    def fits(cls, facts: PaymentFacts) -> bool:
        """Something can be given back by its method."""
        return facts.refundable > 0

    def preview(self, by: By) -> Preview:
        """Where the money goes, and what it means for what is due."""
        facts, asked = self.chosen, self.cleaned_data["amount"]
        money = resolutions.preview_refund(facts.payment, asked, by=by)
        amount = money.before.paid - money.after.paid
        names = {"amount": self.text(amount), "method": facts.method}
        if facts.is_offline:
            sentences = [
                _("You confirm that you pay %(amount)s back yourself: the shop moves no money for %(method)s.") % names
            ]
        else:
            sentences = [_("%(amount)s goes back to the customer by %(method)s.") % names]
        credited = money.after.credited - money.before.credited
        if credited > 0:
            sentences.append(
                _("%(amount)s of it wasn’t paid too much: the customer owes that much less.")
                % {"amount": self.text(credited)}
            )
        sentences.append(_("Nothing is put back in stock, and the customer gets no e-mail about it."))
        return Preview(button=_("Refund %(amount)s") % names, sentences=tuple(sentences), sums=sums_of(money))

    def act(self, by: By) -> None:
        facts, asked = self.chosen, self.cleaned_data
        row = services.refund(facts.payment, asked["amount"], by=by, reason=asked["reason"], idempotency_key=self.key)
        names = {"amount": self.text(row.amount), "method": facts.method}
        if row.state == EntryState.SUCCEEDED.value:
            self.outcome = _("%(amount)s was refunded by %(method)s.") % names
            return
        self.outcome_level = "warning"
        if row.state == EntryState.REQUESTED.value:
            text = _(
                "%(method)s didn’t answer: nobody knows yet whether %(amount)s was refunded. "
                "Don’t refund it again; the shop keeps asking."
            )
        else:
            text = _("%(method)s has taken the refund of %(amount)s and is working on it.")
        self.outcome = text % names


class CaptureForm(_PaymentForm):
    """Money that is held is taken; offline, money that came is booked."""

    title = gettext_lazy("Take the money")
    previews = True
    amount = _amount_field()
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)

    @classmethod
    def fits(cls, facts: PaymentFacts) -> bool:
        """There is something to take."""
        return facts.can_capture

    def preview(self, by: By) -> Preview:
        """The money that is taken, or confirmed to have come."""
        facts = self.chosen
        due = self.row.due - self.row.net_paid
        if facts.is_offline:
            amount = self.cleaned_data["amount"] or max(min(facts.payment.amount - facts.balance.captured, due), ZERO)
            names = {"amount": self.text(amount), "method": facts.method}
            sentences = [_("You confirm that %(amount)s has come in by %(method)s.") % names]
            if self.row.allows.awaits_payment and amount >= due:
                sentences.append(_("That pays the order: it is confirmed, and the customer gets the confirmation."))
            return Preview(button=_("Book %(amount)s as received") % names, sentences=tuple(sentences))
        amount = self.cleaned_data["amount"] or max(min(facts.balance.authorised, due), ZERO)
        names = {"amount": self.text(amount), "method": facts.method}
        sentences = [_("%(amount)s is taken by %(method)s.") % names]
        rest = facts.balance.authorised - amount
        if rest > 0:
            sentences.append(_("The hold on the other %(amount)s is released.") % {"amount": self.text(rest)})
        return Preview(button=_("Take %(amount)s") % names, sentences=tuple(sentences))

    def act(self, by: By) -> None:
        facts, asked = self.chosen, self.cleaned_data
        payment = services.capture(
            facts.payment, asked["amount"], by=by, reason=asked["reason"], idempotency_key=self.key
        )
        if payment.outcome_unknown:
            self.outcome_level = "warning"
            self.outcome = _(
                "%(method)s didn’t answer: nobody knows yet whether the money was taken. The shop keeps asking."
            ) % {"method": facts.method}
        else:
            self.outcome = _("Booked. Paid so far: %(amount)s.") % {
                "amount": self.text(services.find(payment.uuid).order.net_paid)
            }


class CancelPaymentForm(_PaymentForm):
    """One that isn't made yet, or a hold: it is let go."""

    title = gettext_lazy("Cancel payment")
    explanation = gettext_lazy("The provider is asked to let it go. Money that was taken already isn’t touched.")
    is_serious = True
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)

    @classmethod
    def fits(cls, facts: PaymentFacts) -> bool:
        """It isn't made yet, or is a hold."""
        return facts.can_cancel

    def act(self, by: By) -> None:
        services.cancel(self.chosen.payment, by=by, reason=self.cleaned_data["reason"])


class AskForm(_PaymentForm):
    """The provider says how it stands, and that is booked."""

    title = gettext_lazy("Check with the provider")
    explanation = gettext_lazy("What the provider answers is booked. No money moves.")
    heeds_changes = False

    @classmethod
    def fits(cls, facts: PaymentFacts) -> bool:
        """It isn't sure yet."""
        return facts.can_ask

    def act(self, by: By) -> None:
        payment = services.ask(self.chosen.payment)
        if payment.outcome_unknown:
            self.outcome_level = "warning"
            self.outcome = _("The provider doesn’t know either, or didn’t answer. The shop asks again later.")
        else:
            self.outcome = _("The provider says: %(status)s.") % {"status": payment.get_status_display()}


class RequestPaymentForm(ActForm):
    """The customer gets a link to pay by."""

    title = gettext_lazy("Send payment link")
    explanation = gettext_lazy("The order is kept, with its stock, as long as the link is good.")
    days = CountField(label=gettext_lazy("Days to pay"), min_value=1, max_value=90, initial=7)
    mail = forms.BooleanField(label=gettext_lazy("Send it by e-mail"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.row.email:
            del self.fields["mail"]

    def act(self, by: By) -> None:
        asked = self.cleaned_data
        wait, mail = timedelta(days=asked["days"]), asked.get("mail", False)
        link = services.request_payment(self.row, by=by, expires_after=wait, mail=mail)
        self.outcome = _("The link, to pass on in another way as well: %(url)s") % {"url": link.url}

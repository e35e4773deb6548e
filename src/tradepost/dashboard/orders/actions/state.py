"""Actions on an order itself: its transitions, holds, notes, cancelled units, credits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.core.access import needs
from tradepost.core.actors import Actor, By
from tradepost.core.fsm import AvailableTransition, transitions_of
from tradepost.core.inputs.form_fields import CountField, NumberField
from tradepost.core.money.format import money_text
from tradepost.orders import services
from tradepost.orders.base import AbstractCredit, AbstractOrder
from tradepost.orders.models import Order

from ...forms import ActForm, Preview
from ...registry import Action
from ..holds import HOLDS
from ..packing_slips import PackingSlipsPage
from .money_preview import sums_of

__all__ = ["CHANGE", "HoldForm", "NoteForm", "state_actions"]

CHANGE = needs("tradepost_orders.change_order")
_CREDIT = needs("tradepost_orders.change_order", "tradepost_orders.credit_order")
_OVERRIDE = "tradepost_orders.override_order"


def state_actions() -> Iterator[Action]:
    """Each transition of the project's orders, and what else staff do with an order."""
    by_name = {step.name: step for step in transitions_of(Order)}
    for name, step in by_name.items():
        title = gettext_lazy("Cancel order") if name == "cancel" else step.custom.get("verb", name)
        form = type("TransitionForm", (TransitionForm,), {"transition": name, "title": title})
        if name != "expire":  # only the clock does it
            yield Action(key=name, form=form, access=CHANGE, is_shown=_can(name), is_quiet=True)
    yield Action(key="units", form=CancelUnitsForm, access=CHANGE, is_shown=_has_open_units, is_quiet=True)
    yield Action(key="credit", form=CreditForm, access=_CREDIT, is_shown=lambda order: order.due > 0, is_quiet=True)
    yield Action(key="hold", form=HoldForm, access=CHANGE, is_shown=_may_hold, is_quiet=True)
    yield Action(key="release", form=ReleaseForm, access=CHANGE, is_shown=lambda order: bool(order.hold))
    yield Action(
        key="packing-slip",
        title=gettext_lazy("Print packing slip"),
        access=needs("tradepost_orders.view_order"),
        url=lambda order: f"{PackingSlipsPage.url()}?{urlencode({'number': order.number})}",
        is_quiet=True,
    )
    yield Action(key="note", form=NoteForm, access=CHANGE, is_inside=True)


def _can(name: str) -> Callable[[AbstractOrder], bool]:
    """Whether staff can make a transition now, or insist on it; others are only in the way."""

    def is_shown(order: AbstractOrder) -> bool:
        step = _step(order, name, By(Actor.STAFF))
        return step is not None and (not step.refusals or step.overridable)

    return is_shown


def _step(order: AbstractOrder, name: str, by: By) -> AvailableTransition | None:
    return next((step for step in services.available_transitions(order, by) if step.name == name), None)


def _has_open_units(order: AbstractOrder) -> bool:
    return order.allows.can_cancel_units and any(line.open_quantity for line in order.lines.all())


def _may_hold(order: AbstractOrder) -> bool:
    return order.allows.is_open and not order.hold


def _reason() -> forms.CharField:
    return forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)


class TransitionForm(ActForm):
    """One transition; staff with the permission may insist where its guards refuse, and say why."""

    previews = True
    transition = ""
    reason = _reason()
    override = forms.BooleanField(
        label=gettext_lazy("Do it all the same"),
        required=False,
        help_text=gettext_lazy("Needs a reason, which is kept in the history."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        step = _step(self.row, self.transition, By.user(self.user))
        self.refusals = [refusal.reason for refusal in step.refusals] if step else []
        self.is_serious = self.transition == "cancel"
        if not (self.refusals and step and step.overridable and self.user.has_perm(_OVERRIDE)):
            del self.fields["override"]

    def preview(self, by: By) -> Preview:
        """Its money, and what follows from it."""
        money = services.preview(self.row, lambda: self._apply(by))
        sentences = list(self.refusals)
        if self.transition == "cancel":
            sentences += self._of_cancelling(money)
        return Preview(button=str(self.title), sentences=tuple(sentences), sums=sums_of(money))

    def _of_cancelling(self, money: services.MoneyPreview) -> list[str]:
        texts = [_("Everything that hasn’t been sent is cancelled, and its stock is for sale again.")]
        if money.after.surplus:
            amount = money_text(money.after.surplus, self.row.currency)
            texts.append(_("%(amount)s was paid and is refunded right afterwards.") % {"amount": amount})
        elif self.row.amount_authorised:
            amount = money_text(self.row.amount_authorised, self.row.currency)
            texts.append(_("The hold on %(amount)s is released.") % {"amount": amount})
        texts.append(_("Coupons that were used can be used again. The customer gets no e-mail about it."))
        return texts

    def _apply(self, by: By) -> None:
        asked = self.cleaned_data
        services.apply(self.row, self.transition, by=by, reason=asked["reason"], override=asked.get("override", False))

    def act(self, by: By) -> None:
        self._apply(by)


class CancelUnitsForm(ActForm):
    """Part of an order is cancelled: a field for each line with units left."""

    title = gettext_lazy("Cancel units")
    previews = True
    is_serious = True
    reason = _reason()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = {f"line_{line.pk}": line for line in self.row.lines.all() if line.open_quantity > 0}
        for name, line in self.lines.items():
            label = " ".join(filter(None, [line.name, line.variant_name]))
            self.fields[name] = CountField(
                label=f"{label} ({line.sku})",
                min_value=0,
                max_value=line.open_quantity,
                initial=0,
                required=False,
                help_text=_("Up to %(most)s") % {"most": line.open_quantity},
            )

    @property
    def units(self) -> dict[int, int]:
        """By the key of a line."""
        return {line.pk: self.cleaned_data[name] for name, line in self.lines.items() if self.cleaned_data.get(name)}

    def preview(self, by: By) -> Preview:
        """Its money; nothing while no unit is chosen."""
        if not self.units:
            return Preview()
        money = services.preview(self.row, lambda: services.cancel_units(self.row, self.units, by=by))
        number = sum(self.units.values())
        sentences = [
            _("%(credit)s is credited, and the stock of %(number)s is for sale again.")
            % {"credit": money_text(money.after.credited - money.before.credited, self.row.currency), "number": number}
        ]
        if money.after.surplus:
            amount = money_text(money.after.surplus, self.row.currency)
            sentences.append(_("No money moves yet: %(amount)s is to be refunded then.") % {"amount": amount})
        button = _("Cancel %(number)s units") % {"number": number} if number != 1 else _("Cancel 1 unit")
        return Preview(button=button, sentences=tuple(sentences), sums=sums_of(money))

    def act(self, by: By) -> None:
        services.cancel_units(self.row, self.units, by=by, reason=self.cleaned_data["reason"], idempotency_key=self.key)


class CreditForm(ActForm):
    """An amount is taken off what is due."""

    title = gettext_lazy("Credit an amount")
    previews = True
    amount = NumberField(label=gettext_lazy("Amount, tax included"), min_value=Decimal("0.0001"), decimal_places=4)
    line = forms.ChoiceField(label=gettext_lazy("For"), required=False)
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[
            (reason.value, reason.label) for reason in (AbstractCredit.Reason.GOODWILL, AbstractCredit.Reason.PRICE)
        ],
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(f"line-{line.pk}", f"{line.name} ({line.sku})") for line in self.row.lines.all()]
        rows += [(f"charge-{charge.pk}", charge.name) for charge in self.row.charges.all()]
        self.fields["line"].choices = [("", _("The whole order")), *rows]  # type: ignore[attr-defined]
        self.fields["amount"].help_text = _("In %(currency)s") % {"currency": self.row.currency}

    def preview(self, by: By) -> Preview:
        """Its money."""
        money = services.preview(self.row, lambda: self._credit(by))
        amount = money_text(self.cleaned_data["amount"], self.row.currency)
        sentences = [_("The customer owes %(amount)s less.") % {"amount": amount}]
        if money.after.surplus:
            surplus = money_text(money.after.surplus, self.row.currency)
            sentences.append(_("No money moves yet: %(amount)s is to be refunded then.") % {"amount": surplus})
        return Preview(
            button=_("Credit %(amount)s") % {"amount": amount}, sentences=tuple(sentences), sums=sums_of(money)
        )

    def _credit(self, by: By, key: str = "") -> None:
        asked = self.cleaned_data
        kind, _dash, pk = asked["line"].partition("-")
        services.credit(
            self.row,
            asked["amount"],
            by=by,
            reason=asked["reason"],
            note=asked["note"],
            line_id=int(pk) if kind == "line" else None,
            charge_id=int(pk) if kind == "charge" else None,
            idempotency_key=key,
        )

    def act(self, by: By) -> None:
        self._credit(by, self.key)


class HoldForm(ActForm):
    """Nothing is processed, shipped or captured until it is released."""

    title = gettext_lazy("Put on hold")
    explanation = gettext_lazy("Nothing is prepared, sent or captured until you release it.")
    code = forms.ChoiceField(label=gettext_lazy("Why"), choices=HOLDS)
    reason = forms.CharField(label=gettext_lazy("More about it"), max_length=200, required=False)

    def act(self, by: By) -> None:
        services.hold(self.row, self.cleaned_data["code"], by=by, reason=self.cleaned_data["reason"])


class ReleaseForm(ActForm):
    """It goes on."""

    title = gettext_lazy("Release hold")
    reason = _reason()

    def act(self, by: By) -> None:
        services.release_hold(self.row, by=by, reason=self.cleaned_data["reason"])


class NoteForm(ActForm):
    """Something to keep in mind."""

    title = gettext_lazy("Add a note")
    explanation = gettext_lazy("Only staff can see it.")
    heeds_changes = False
    text = forms.CharField(label=gettext_lazy("Note"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def act(self, by: By) -> None:
        services.add_note(self.row, self.cleaned_data["text"], by=by, idempotency_key=self.key)
        self.outcome = _("The note is in the timeline.")

"""A visitor's choice of payment: the methods, saved ones among them, and the input kept until the order is placed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tradepost.checkout.view import checkout_of, payments_installed
from tradepost.core.dates.days import today

if TYPE_CHECKING:
    from tradepost.basket.base import AbstractBasket
    from tradepost.payments.base import AbstractSavedMethod
    from tradepost.payments.interface import InputField
    from tradepost.payments.services import Consent, MethodOffer

__all__ = ["Asked", "Choice", "Said", "choices", "chosen_of", "forget", "is_wrong", "recall", "remember", "said"]

_KEY = "tradepost_paying"


@dataclass(frozen=True, slots=True)
class Asked:
    """A field of a method's own form.

    Attributes:
        name: Of the input.
        value: What was said before.
        error: Why that can't be.
    """

    field: InputField
    name: str
    value: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to pay, with a button of its own.

    Attributes:
        value: Alias of the method; with ``:`` and its UUID where it is a saved one.
        note: A sentence below it, or why it can't be chosen.
        consent: What a customer agrees to who wants it saved; none where it can't be.
        fields: What else is asked for.
    """

    value: str
    label: str
    note: str
    available: bool
    checked: bool
    consent: Consent | None = None
    fields: Sequence[Asked] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """The input of the payment form (untrusted): the services check it."""

    method: str
    client_input: dict[str, Any] = field(default_factory=dict)


def choices(request: HttpRequest, offers: Sequence[MethodOffer], chosen: str, *, phone: str = "") -> list[Choice]:
    """Saved methods first, then the others; one query, and that only for customers where something can be saved.

    Args:
        request: Of whoever pays; where its form was posted and is shown again, what was said, and what is wrong with it.
        offers: All methods.
        chosen: Alias of the one that was chosen before, or empty.
        phone: The order's, which stands in for one that isn't given.
    """
    posted = request.method == "POST" and "method" in request.POST
    chosen = said(request).method if posted else chosen
    kept = _saved(request, offers)
    used = str(recall(request, chosen).get("saved_method", ""))
    good = [row for row in kept if not row.is_expired(today())]
    if not chosen and good:
        chosen, used = good[0].gateway, str(good[0].uuid)
    labels = {offer.alias: offer for offer in offers}
    offered = [_of_saved(row, labels[row.gateway], used=used) for row in kept]
    for offer in offers:
        checked = (offer.alias == chosen and not used) or len(offers) + len(kept) == 1
        asked = _asked(request, offer, phone) if offer.fields and offer.available else ()
        offered.append(replace(_of_offer(request, offer, checked=checked and offer.available), fields=asked))
    return offered


def _asked(request: HttpRequest, offer: MethodOffer, phone: str) -> list[Asked]:
    from tradepost.payments.services.client_input import wrong_fields

    posted = said(request) if request.method == "POST" else None
    if posted is None or posted.method != offer.alias:
        before, wrong = recall(request, offer.alias), {}
    else:
        before, wrong = posted.client_input, dict(wrong_fields(offer.alias, posted.client_input, phone=phone))
    return [
        Asked(field_, f"{offer.alias}-{field_.name}", str(before.get(field_.name, "")), wrong.get(field_.name, ""))
        for field_ in offer.fields
    ]


def chosen_of(request: HttpRequest, offers: Sequence[MethodOffer], alias: str) -> MethodOffer | None:
    """The offer that was chosen, called by the saved method's name where it is one; then it costs a query."""
    offer = next((candidate for candidate in offers if candidate.alias == alias), None)
    used = recall(request, alias).get("saved_method")
    if offer is None or not used:
        return offer
    return next((replace(offer, label=row.name) for row in _saved(request, [offer]) if str(row.uuid) == used), offer)


def _saved(request: HttpRequest, offers: Sequence[MethodOffer]) -> list[AbstractSavedMethod]:
    aliases = {offer.alias for offer in offers if offer.saves}
    if not aliases:
        return []
    from tradepost.payments.services import saved_methods

    return [row for row in saved_methods.saved_of(request.user) if row.gateway in aliases]


def _of_saved(row: AbstractSavedMethod, offer: MethodOffer, *, used: str) -> Choice:
    note = offer.reason or (_("Valid until %(date)s") % {"date": row.expiry} if row.expiry else "")
    if row.is_expired(today()):
        note = _("Expired %(date)s. Please pay with another card.") % {"date": row.expiry}
    checked = offer.available and used == str(row.uuid)
    return Choice(f"{offer.alias}:{row.uuid}", row.name, note, available=offer.available, checked=checked)


def _of_offer(request: HttpRequest, offer: MethodOffer, *, checked: bool) -> Choice:
    from tradepost.payments.services import consent

    text = consent() if offer.saves and offer.available and request.user.is_authenticated else None
    note = offer.reason or offer.description
    return Choice(offer.alias, offer.label, note, available=offer.available, checked=checked, consent=text)


def said(request: HttpRequest) -> Said:
    """Read the choice from the payment form."""
    method, _colon, uuid = request.POST.get("method", "")[:90].partition(":")
    if uuid:
        return Said(method, {"saved_method": uuid})
    version = request.POST.get(f"save-{method}", "")[:20]
    return Said(method, {**_fields_said(request, method), **({"save_consent": version} if version else {})})


def is_wrong(basket: AbstractBasket, what: Said) -> bool:
    """Whether the method's own fields can't be taken as they are."""
    if not _fields(what.method):
        return False
    from tradepost.payments.services.client_input import wrong_fields

    return bool(wrong_fields(what.method, what.client_input, phone=checkout_of(basket).known_phone))


def _fields(method: str) -> Sequence[InputField]:
    if not payments_installed():
        return ()
    from tradepost.payments import conf

    return conf.gateway(method).fields if method in conf.settings().GATEWAYS else ()


def _fields_said(request: HttpRequest, method: str) -> dict[str, str]:
    fields = _fields(method)
    given = {
        input_field.name: request.POST.get(f"{method}-{input_field.name}", "")[:200].strip() for input_field in fields
    }
    return {name: value for name, value in given.items() if value}


def remember(request: HttpRequest, what: Said) -> None:
    """Keep it until the order is placed; a card number that strayed into it isn't kept."""
    if what.client_input and not _holds_card_number(what):
        request.session[_KEY] = {"method": what.method, "client_input": what.client_input}
    else:
        request.session.pop(_KEY, None)


def _holds_card_number(what: Said) -> bool:
    from tradepost.payments.services.client_input import holds_card_number

    return holds_card_number([what.method, what.client_input])


def recall(request: HttpRequest, method: str | None = None) -> dict[str, Any]:
    """The last input, for the gateway.

    Args:
        request: Of whoever pays.
        method: Only what was said of this one.
    """
    kept = request.session.get(_KEY)
    return dict(kept["client_input"]) if kept and method in (None, kept["method"]) else {}


def forget(request: HttpRequest) -> None:
    """The order is placed: nothing is kept for the next one."""
    request.session.pop(_KEY, None)

"""Saved payment methods: kept by the provider with the customer's consent, shown to nobody else, forgotten when they say so.

A card's number never reaches the shop. What the shop keeps is the provider's id of it, what people know it by, and the consent.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.dates import clock
from tradepost.core.errors import NotFound

from .. import conf
from ..base import AbstractPayment, AbstractSavedMethod
from ..errors import (
    AccountNeeded,
    ConsentOutdated,
    MethodUnknown,
    SavedMethodUnavailable,
)
from ..interface import (
    GatewayError,
    SavedInfo,
    SavedRef,
)
from ..models import SavedMethod

__all__ = [
    "Consent",
    "book",
    "check_input",
    "consent",
    "find_saved",
    "finish_forgetting",
    "forget",
    "look_after_refusal",
    "refresh",
    "saved_of",
    "start_parameters",
    "without_choices",
]

USE, CONSENT = "saved_method", "save_consent"
"""Keys of ``client_input``: the UUID of a saved method to pay with; the version of the consent to save another."""
FORGET_AFTER = [timedelta(minutes=m) for m in (1, 5, 30, 180, 720)]
_TEXT = _("Keep this card for my next orders. I can remove it in my account at any time.")


@dataclass(frozen=True, slots=True)
class Consent:
    """The text that a customer agrees to when a method is saved."""

    version: str
    text: str


def consent() -> Consent:
    """The present text, in the language that is active, and its version."""
    options = conf.settings()
    return Consent(options.SAVE_CONSENT_VERSION, str(options.SAVE_CONSENT_TEXT or _TEXT))


def saved_of(user: Any) -> list[AbstractSavedMethod]:
    """List a signed-in user's saved methods, the latest first; none for a guest, and no query where no method saves."""
    aliases = [alias for alias, method in conf.methods().items() if method.SAVES]
    if not aliases or not user.is_authenticated:
        return []
    return list(SavedMethod.objects.usable().for_user(user).filter(gateway__in=aliases))


def find_saved(uuid: Any, *, user: Any) -> AbstractSavedMethod:
    """A saved method of a user's own.

    Raises:
        NotFound: There is none, it is forgotten, or it is somebody else's.
    """
    saved = SavedMethod.objects.usable().for_user(user).filter(uuid=uuid).first()
    if saved is None:
        raise NotFound(_("There is no such payment method."))
    return saved


def check_input(client_input: Mapping[str, Any], *, user_id: Any) -> None:
    """Refuse what a form says of saved methods before anything is made of it; most forms say nothing of them.

    Raises:
        AccountNeeded: A guest asks for it.
        ConsentOutdated: The customer agreed to another text than the present one.
        SavedMethodUnavailable: What is to be paid with isn't a UUID.
    """
    used, agreed = client_input.get(USE), client_input.get(CONSENT)
    if (used or agreed) and user_id is None:
        raise AccountNeeded(_("Only customers who are signed in can save a payment method."), attr="client_input")
    if agreed and agreed != consent().version:
        raise ConsentOutdated(_("The text has changed. Please read it, and agree again."), attr="client_input")
    if used:
        _uuid(used)


def without_choices(client_input: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a form that is for the gateway itself."""
    return {key: value for key, value in client_input.items() if key not in (USE, CONSENT)}


def start_parameters(payment: AbstractPayment, client_input: Mapping[str, Any], *, user_id: Any) -> dict[str, Any]:
    """Build the saved-method parameters of a payment's start, repeatable; empty where nothing is saved or used.

    Args:
        payment: Not started.
        client_input: Checked.
        user_id: Who is signed in; only the order's own customer may save or use a method.

    Raises:
        SavedMethodUnavailable: It is forgotten, somebody else's, or another provider's.
    """
    used, agreed = client_input.get(USE), client_input.get(CONSENT)
    if not (used or agreed) or not conf.method(payment.method).SAVES:
        return {}
    customer = payment.order.customer
    if customer is None or customer.user_id is None or customer.user_id != user_id:
        raise SavedMethodUnavailable(_("This saved payment method can't be used."), method=payment.method)
    mine = SavedMethod.objects.filter(customer=customer, gateway=payment.method)
    parameters: dict[str, Any] = {"customer": str(customer.uuid)}
    if used:
        row = mine.usable().filter(uuid=_uuid(used)).first()
        if row is None:
            raise SavedMethodUnavailable(_("This saved payment method can't be used."), method=payment.method)
        return {**parameters, "saved": {"provider_ref": row.provider_ref, "customer_ref": row.customer_ref}}
    customer_ref = mine.exclude(customer_ref="").values_list("customer_ref", flat=True).first()
    agreed_to = consent()
    agreement = {"version": agreed_to.version, "text": agreed_to.text, "at": clock.now().isoformat()}
    return {**parameters, "customer_ref": customer_ref or "", "consent": agreement}


def _uuid(value: Any) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise SavedMethodUnavailable(_("This saved payment method can't be used."), method="") from None


def book(payment: AbstractPayment, info: SavedInfo) -> AbstractSavedMethod | None:
    """Write down what the provider keeps, in the transaction that settles the payment; told again it changes nothing.

    The same card that was saved before is forgotten: the new one takes its place.

    Returns:
        The method; ``None`` where its customer didn't agree, which no provider should come to.
    """
    agreed = payment.state.get("start", {}).get("consent")
    customer_id = payment.order.customer_id
    if not agreed or customer_id is None:
        return None
    row, created = SavedMethod.objects.get_or_create(
        gateway=payment.method,
        provider_ref=info.ref.provider_ref,
        defaults={
            "customer_id": customer_id,
            "customer_ref": info.ref.customer_ref,
            "consent_text": agreed["text"],
            "consent_version": agreed["version"],
            "consented_at": datetime.fromisoformat(agreed["at"]),
            **_shown(info),
        },
    )
    if created and info.fingerprint:
        same = SavedMethod.objects.usable().filter(
            customer_id=customer_id, gateway=payment.method, fingerprint=info.fingerprint
        )
        same.exclude(pk=row.pk).update(forget_asked_at=clock.now(), forget_at=clock.now())
    return row


def _shown(info: SavedInfo) -> dict[str, Any]:
    return {
        "fingerprint": info.fingerprint[:100],
        "brand": info.brand[:40],
        "last4": info.last4[:4],
        "exp_month": info.exp_month,
        "exp_year": info.exp_year,
        "label": info.label[:100],
    }


def forget(saved: AbstractSavedMethod) -> AbstractSavedMethod:
    """Have a method forgotten. From now on nobody can pay with it, whether the provider answers at once or not.

    Side effects: one call of the gateway, outside any transaction, after the wish was committed; a job repeats it.
    """
    db.outside("forget()")
    _wish(saved)
    return finish_forgetting(saved)


@db.durable
def _wish(saved: AbstractSavedMethod) -> None:
    now = clock.now()
    SavedMethod.objects.usable().filter(pk=saved.pk).update(forget_asked_at=now, forget_at=now)


def finish_forgetting(saved: AbstractSavedMethod) -> AbstractSavedMethod:
    """Tell the provider, if it hasn't been told; no answer is no error, it is told again later. Safe to repeat."""
    db.outside("finish_forgetting()")
    row: AbstractSavedMethod = SavedMethod.objects.get(pk=saved.pk)
    if row.forget_asked_at is None or row.forgotten_at is not None:
        return row
    try:
        conf.gateway(row.gateway).forget(_ref(row), f"forget-{row.uuid.hex}")
    except (GatewayError, MethodUnknown) as error:
        wait = FORGET_AFTER[min(row.forget_tries, len(FORGET_AFTER) - 1)]
        _note(row, forget_at=clock.now() + wait, forget_tries=row.forget_tries + 1, forget_error=str(error)[:500])
    else:
        _note(row, forgotten_at=clock.now(), forget_at=None, forget_error="")
    current: AbstractSavedMethod = SavedMethod.objects.get(pk=row.pk)
    return current


def refresh(alias: str, provider_ref: str) -> bool:
    """Ask the provider for a method that it said something about: a new date and number, or that it is gone.

    Args:
        alias: Of the payment method whose provider it is.
        provider_ref: Its id of the saved method.

    Returns:
        Whether it is one of ours.

    Raises:
        GatewayError: The provider can't be asked.
    """
    db.outside("refresh()")
    row = SavedMethod.objects.filter(gateway=alias, provider_ref=provider_ref).first()
    if row is None:
        return False
    if row.forgotten_at is None:
        info, now = conf.gateway(alias).fetch_saved(_ref(row)), clock.now()
        if info is None:
            _note(row, forget_asked_at=row.forget_asked_at or now, forgotten_at=now, forget_at=None)
        else:
            _note(row, **_shown(info))
    return True


def look_after_refusal(payment: AbstractPayment) -> None:
    """A payment with a saved method was refused: perhaps the provider has let it go, and didn't say so. Never raises."""
    used = payment.state.get("start", {}).get("saved")
    if used:
        with suppress(GatewayError):
            refresh(payment.method, used["provider_ref"])


@db.atomic
def _note(row: AbstractSavedMethod, **values: Any) -> None:
    SavedMethod.objects.filter(pk=row.pk).update(**values)


def _ref(row: AbstractSavedMethod) -> SavedRef:
    return SavedRef(provider_ref=row.provider_ref, customer_ref=row.customer_ref)

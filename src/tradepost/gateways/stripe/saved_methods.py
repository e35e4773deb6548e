"""Methods that Stripe keeps for a customer: PaymentMethods attached to a Customer of Stripe's."""

from __future__ import annotations

from typing import Any

from tradepost.payments.interface import (
    Rejected,
    SavedInfo,
    SavedRef,
)

from .client import Json, errors, json_of, params_of

__all__ = ["fetch_saved", "forget", "make_customer", "read_method", "saved_by"]


def make_customer(api: Any, customer: str, key: str) -> str:
    """A Customer of Stripe's. It holds our id of them and nothing else: no name, no e-mail address."""
    with errors():
        params = params_of({"metadata": {"customer": customer}})
        return str(json_of(api.customers.create(params, {"idempotency_key": f"customer-{key}"[:255]}))["id"])


def saved_by(intent: Json) -> SavedInfo | None:
    """The method that Stripe keeps since a payment that asked for it; the intent's method must be expanded."""
    method = intent.get("payment_method")
    kept = intent.get("setup_future_usage") and intent["status"] in {"succeeded", "requires_capture"}
    return read_method(method) if kept and isinstance(method, dict) else None


def read_method(method: Json) -> SavedInfo | None:
    """A PaymentMethod, for people; ``None`` where it belongs to no customer (any more)."""
    if not method.get("customer"):
        return None
    kind = str(method["type"])
    details = method.get(kind) or {}
    return SavedInfo(
        ref=SavedRef(provider_ref=method["id"], customer_ref=method["customer"]),
        brand=str(details.get("brand") or (kind if details.get("last4") else ""))[:40],
        last4=str(details.get("last4") or "")[:4],
        exp_month=details.get("exp_month"),
        exp_year=details.get("exp_year"),
        fingerprint=str(details.get("fingerprint") or ""),
        label=kind.replace("_", " ").capitalize(),
    )


def fetch_saved(api: Any, saved: SavedRef) -> SavedInfo | None:
    """As Stripe has it now; banks send new dates and numbers by themselves."""
    with errors():
        return read_method(json_of(api.payment_methods.retrieve(saved.provider_ref)))


def forget(api: Any, saved: SavedRef, key: str) -> None:
    """Detach it, for good. Stripe refuses to detach what is detached, so it is asked before that is believed."""
    try:
        with errors():
            api.payment_methods.detach(saved.provider_ref, None, {"idempotency_key": key})
    except Rejected:
        if fetch_saved(api, saved) is not None:
            raise

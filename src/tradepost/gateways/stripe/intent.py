"""Parameters of a PaymentIntent."""

from __future__ import annotations

from typing import Any

from tradepost.payments.interface import StartRequest

__all__ = ["intent_params"]


def intent_params(request: StartRequest, amount: int, *, customer: str, multicapture: bool) -> dict[str, Any]:
    """Parameters of the call; the same for the same request, since they go with its key.

    Args:
        request: As the shop asks.
        amount: In Stripe's smallest units.
        customer: ``cus_…``, where something is to be saved or a saved method to be used.
        multicapture: Ask for several captures, where the card has them.
    """
    manual = not request.capture
    return {
        "amount": amount,
        "currency": request.price.currency.lower(),
        "capture_method": "manual" if manual else "automatic",
        "automatic_payment_methods": {"enabled": True},  # which ones is chosen in Stripe's dashboard
        "metadata": {**request.metadata, "reference": request.reference},
        "expand": ["latest_charge", *(["payment_method"] if request.save else [])],
        **({"description": request.description} if request.description else {}),
        **({"customer": customer} if customer else {}),
        # "on_session": the customer agreed to pay with it while they are there, and to nothing else
        **({"setup_future_usage": "on_session"} if request.save else {}),
        **(
            {"payment_method_options": {"card": {"request_multicapture": "if_available"}}}
            if manual and multicapture
            else {}
        ),
        **_confirmation(request),
    }


def _confirmation(request: StartRequest) -> dict[str, Any]:
    """To confirm at once: with a saved method, or with what the customer's form holds."""
    posted = request.client_input
    name = next((name for name in ("confirmation_token", "payment_method") if posted.get(name)), "")
    chosen = {"payment_method": request.saved.provider_ref} if request.saved else {name: str(posted.get(name))}
    if request.saved is None and not name:
        return {}
    if request.return_url:
        return {**chosen, "confirm": True, "return_url": request.return_url}
    stay = {"enabled": True, "allow_redirects": "never"}
    return {**chosen, "confirm": True, "automatic_payment_methods": stay}

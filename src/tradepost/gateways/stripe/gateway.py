"""The calls to Stripe, and what its errors mean."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import stripe

from tradepost.payments.ports import (
    Capabilities,
    EntryKind,
    Event,
    Gateway,
    InvalidWebhook,
    Misconfigured,
    OutcomeUnknown,
    PaymentRef,
    Price,
    RefundResult,
    Rejected,
    Result,
    StartRequest,
    WebhookRequest,
)

from .money import units
from .reading import Json, Reader, read_event

__all__ = ["StripeGateway"]

_TOLERANCE = 300  # seconds that a webhook may be old, or ahead of our clock
_WITH_CHARGE = {"expand": ["latest_charge"]}
_REASONS = frozenset({"duplicate", "fraudulent", "requested_by_customer"})


class StripeGateway(Gateway):
    """Payments through one Stripe account.

    The customer pays in the browser: the next action ``sdk`` holds the client secret for Stripe's Payment Element. Where
    ``client_input`` holds ``confirmation_token`` or ``payment_method``, the payment is confirmed at once.

    A payment that was declined (``FAILED``) may still be paid with another card, as long as the customer's page is open;
    :meth:`cancel` shuts it.

    Args:
        secret_key: ``sk_…``; better a restricted key, see the documentation.
        publishable_key: ``pk_…``; it goes to the browser.
        webhook_secrets: ``whsec_…`` of the endpoint; several while one is being replaced.
        stripe_account: ``acct_…``, to act for a connected account.
        base_url: Instead of Stripe's own, for tests.
        timeout: Seconds to connect, and to read.
        retries: How often the SDK repeats a call, under the same key, after no answer or 409 or 5xx.
        places: Decimal places by currency, where Stripe's documents aren't clear.
    """

    code = "stripe"
    capabilities = Capabilities(
        authorise=True,
        partial_capture=True,
        void=True,
        refund=True,
        partial_refund=True,
        webhooks=True,
        retryable=True,
    )

    def __init__(
        self,
        *,
        secret_key: str,
        publishable_key: str,
        webhook_secrets: Sequence[str] = (),
        stripe_account: str = "",
        base_url: str = "",
        timeout: tuple[int, int] = (3, 15),
        retries: int = 1,
        places: Mapping[str, int] | None = None,
    ) -> None:
        self._webhook_secrets = (webhook_secrets,) if isinstance(webhook_secrets, str) else tuple(webhook_secrets)
        self._keys = bool(secret_key and publishable_key)
        self._places = dict(places or {})
        self._reader = Reader(publishable_key, self._places)
        self._api = stripe.StripeClient(
            secret_key,
            stripe_account=stripe_account or None,
            base_addresses={"api": base_url.rstrip("/")} if base_url else None,
            http_client=stripe.RequestsClient(timeout=timeout),
            max_network_retries=retries,
        ).v1

    def problem(self) -> str:
        """A key is missing."""
        return "" if self._keys else "Stripe needs the options secret_key and publishable_key."

    def advice(self) -> str:
        """The webhook's secret is missing."""
        if any(self._webhook_secrets):
            return ""
        return "Stripe needs the option webhook_secrets: without it a payment is noticed late, by asking."

    def unavailable(self, price: Price, *, country: str = "") -> str:
        """Stripe takes most currencies, but not each amount of each."""
        try:
            units(price, self._places)
        except (Rejected, Misconfigured) as error:
            return str(error)
        return super().unavailable(price, country=country)

    def start(self, request: StartRequest) -> Result:
        """Make a PaymentIntent. A decline while it is confirmed is a result."""
        params = {
            "amount": units(request.price, self._places),
            "currency": request.price.currency.lower(),
            "capture_method": "automatic" if request.capture else "manual",
            "automatic_payment_methods": {"enabled": True},  # which ones is chosen in Stripe's dashboard
            "metadata": {**request.metadata, "reference": request.reference},
            **({"description": request.description} if request.description else {}),
            **_confirmation(request),
            **_WITH_CHARGE,
        }
        with _errors():
            try:
                answer = self._api.payment_intents.create(_params(params), {"idempotency_key": request.key})
            except stripe.CardError as error:
                declined = _declined(error)
                if declined is None:
                    raise
                return self._reader.result(declined)
            return self._reader.result(_json(answer))

    def fetch(self, payment: PaymentRef) -> Result:
        """The PaymentIntent with its charge, refunds and disputes; at most three questions."""
        provider_ref = payment.provider_ref or self._find(payment)
        with _errors():
            intent = _json(self._api.payment_intents.retrieve(provider_ref, _params(_WITH_CHARGE)))
            charge = intent.get("latest_charge") or {}
            refunds = self._refunds(provider_ref) if charge.get("amount_captured") else []
            of_intent = _params({"payment_intent": provider_ref, "limit": 100})
            disputes = _json(self._api.disputes.list(of_intent))["data"] if charge.get("disputed") else []
            return self._reader.result(intent, refunds, disputes)

    def capture(self, payment: PaymentRef, price: Price, key: str, *, final: bool = True) -> Result:
        """Take all or a part, once: Stripe lets the rest go, whatever ``final`` says."""
        params = {
            "amount_to_capture": units(price, self._places),
            "metadata": {"capture_key": key},
            **_WITH_CHARGE,
        }
        provider_ref = payment.provider_ref or self._find(payment)
        with _errors():
            answer = self._api.payment_intents.capture(provider_ref, _params(params), {"idempotency_key": key})
            return self._reader.result(_json(answer))

    def cancel(self, payment: PaymentRef, key: str) -> Result:
        """Let it go; refused once money was taken."""
        params = _params({"cancellation_reason": "abandoned", **_WITH_CHARGE})
        provider_ref = payment.provider_ref or self._find(payment)
        with _errors():
            answer = self._api.payment_intents.cancel(provider_ref, params, {"idempotency_key": key})
            found = self._reader.result(_json(answer))
        entries = [replace(entry, key=key) if entry.kind is EntryKind.VOID else entry for entry in found.entries]
        return replace(found, entries=entries)

    def refund(self, payment: PaymentRef, price: Price, key: str, reason: str = "") -> RefundResult:
        """Give all or a part back. A reason that Stripe doesn't know is kept as a note."""
        known = reason in _REASONS
        note = {"reason": reason[:500]} if reason and not known else {}
        params = {
            "payment_intent": payment.provider_ref,
            "amount": units(price, self._places),
            "metadata": {"key": key, "reference": payment.reference, **note},
            **({"reason": reason} if known else {}),
        }
        with _errors():
            answer = self._api.refunds.create(_params(params), {"idempotency_key": key})
            return self._reader.refund(_json(answer))

    def fetch_refund(self, payment: PaymentRef, provider_ref: str) -> RefundResult:
        """What became of a refund; banks may send one back days later."""
        with _errors():
            return self._reader.refund(_json(self._api.refunds.retrieve(provider_ref)))

    def find_refund(self, payment: PaymentRef, key: str, price: Price) -> RefundResult | None:
        """By the key in its metadata: Stripe forgets idempotency keys after a day."""
        with _errors():
            made = [refund for refund in self._refunds(payment.provider_ref) if refund["metadata"].get("key") == key]
            return self._reader.refund(made[0]) if made else None

    def parse_webhook(self, request: WebhookRequest) -> Sequence[Event]:
        """Verify ``Stripe-Signature`` by any of the secrets. The event only says what to ask for."""
        self._verify(request.body, request.headers.get("stripe-signature", ""))
        try:
            return [read_event(json.loads(request.body))]
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
            raise InvalidWebhook("Signed by Stripe, but not an event that can be read.") from None

    def _verify(self, body: bytes, header: str) -> None:
        try:
            text = body.decode()
        except UnicodeDecodeError:
            raise InvalidWebhook("The body isn't text.") from None
        sent = re.search(r"(?:^|,)t=(\d{1,12})(?:,|$)", header, re.ASCII)
        if sent is None or int(sent[1]) > time.time() + _TOLERANCE:
            raise InvalidWebhook("No signature, or one of the future.")
        for secret in filter(None, self._webhook_secrets):
            try:
                stripe.WebhookSignature.verify_header(text, header, secret, _TOLERANCE)
            except (stripe.SignatureVerificationError, TypeError, ValueError):
                continue
            return
        raise InvalidWebhook("Not signed by Stripe, or too old.")

    def _refunds(self, provider_ref: str) -> list[Json]:
        """All refunds of a PaymentIntent, oldest first."""
        found: list[Json] = []
        params: dict[str, Any] = {"payment_intent": provider_ref, "limit": 100}
        while True:
            page = _json(self._api.refunds.list(_params(params)))
            found += page["data"]
            if not page["has_more"]:
                return found[::-1]
            params["starting_after"] = page["data"][-1]["id"]

    def _find(self, payment: PaymentRef) -> str:
        """The PaymentIntent of a start whose answer was lost. Stripe's search lags, so that "none" proves nothing.

        Raises:
            OutcomeUnknown: None is found (yet).
        """
        with _errors():
            query = {"query": f"metadata['reference']:'{payment.reference}'"}
            found = _json(self._api.payment_intents.search(_params(query)))["data"]
        if not found:
            raise OutcomeUnknown("Stripe doesn't find the payment, or not yet.")
        return str(found[0]["id"])


@contextmanager
def _errors() -> Iterator[None]:
    """Stripe's errors by what they mean for money. Their bodies may hold client secrets, so none is chained."""
    try:
        yield
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise Misconfigured(_said(error)) from None
    except (stripe.CardError, stripe.InvalidRequestError) as error:
        if (
            error.http_status == 404
        ):  # Stripe deletes no payment: these are the keys of another account, or of another mode
            raise Misconfigured(_said(error)) from None
        raise Rejected(error.code or "invalid_request", _said(error)) from None
    except stripe.StripeError as error:
        # No answer, 409, 429, 5xx; and a key that was used for something else, of which we know nothing here.
        raise OutcomeUnknown(_said(error)) from None
    except (AttributeError, KeyError, TypeError) as error:
        raise OutcomeUnknown(f"Stripe's answer can't be read: {type(error).__name__} {error}.") from None


def _said(error: stripe.StripeError) -> str:
    kind = type(error).__name__
    if isinstance(error, stripe.APIError | stripe.APIConnectionError):  # the message may quote a whole answer
        return f"{kind} (HTTP {error.http_status}, request {error.request_id})"
    return f"{kind} (request {error.request_id}): {error.user_message}"


def _declined(error: stripe.CardError) -> Json | None:
    body = error.json_body
    intent = body["error"].get("payment_intent") if isinstance(body, dict) else None
    return intent if isinstance(intent, dict) else None


def _confirmation(request: StartRequest) -> dict[str, Any]:
    """To confirm at once, with what the customer's form holds."""
    for name in ("confirmation_token", "payment_method"):
        if value := request.client_input.get(name):
            if request.return_url:
                return {name: str(value), "confirm": True, "return_url": request.return_url}
            stay = {"enabled": True, "allow_redirects": "never"}
            return {name: str(value), "confirm": True, "automatic_payment_methods": stay}
    return {}


def _json(answer: Any) -> dict[str, Any]:
    """The answer as plain JSON: objects of the SDK are neither dicts nor the same in all its versions."""
    data: dict[str, Any] = answer.last_response.data
    return data


def _params(params: Mapping[str, Any]) -> Any:
    """Parameters for the SDK, whose typed dicts differ from version to version."""
    return dict(params)

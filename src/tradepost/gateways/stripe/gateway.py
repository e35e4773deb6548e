"""The calls to Stripe."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import stripe

from tradepost.gateways.responses import aside
from tradepost.gateways.secret import secret, secrets
from tradepost.payments.interface import (
    Capabilities,
    EntryKind,
    Event,
    Gateway,
    Misconfigured,
    OutcomeUnknown,
    PaymentRef,
    Price,
    RefundResult,
    Rejected,
    Result,
    SavedInfo,
    SavedRef,
    StartRequest,
    WebhookRequest,
    refusals,
)

from . import saved_methods, webhooks
from .client import Json, declined_intent, errors, json_of, make_client, params_of
from .intent import intent_params
from .money import units
from .parse import PART, Reader

__all__ = ["StripeGateway"]

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
        multicapture: The account has Stripe's multicapture: several captures of what was authorised, where the card has them.
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
        saved_methods=True,
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
        multicapture: bool = False,
    ) -> None:
        secret_key, webhook_secrets = secret(secret_key), secrets(webhook_secrets)
        publishable_key = str(secret(publishable_key))  # it goes to the browser
        self._webhook_secrets = webhook_secrets
        self._keys = bool(secret_key and publishable_key)
        self._places = dict(places or {})
        self._reader = Reader(publishable_key, self._places)
        self.capabilities = replace(self.capabilities, multi_capture=multicapture)
        self._client: Any = None  # without a key the SDK would raise an error of its own
        if self._keys:
            self._client = make_client(
                secret_key, account=stripe_account, base_url=base_url, timeout=timeout, retries=retries
            )

    def problem(self) -> str:
        """A key is missing."""
        return "" if self._keys else "Stripe needs the options secret_key and publishable_key."

    def advice(self) -> str:
        """The webhook's secret is missing."""
        if any(self._webhook_secrets):
            return ""
        return "Stripe needs the option webhook_secrets: without it payments are noticed late, by polling."

    def unavailable(self, price: Price, *, country: str = "") -> str:
        """Stripe takes most currencies, but not each amount of each."""
        reason = refusals.refusal_of(lambda asked: units(asked, self._places), price)
        return reason or super().unavailable(price, country=country)

    @property
    def input_names(self) -> Collection[str]:
        """The token that Stripe's script made of a card: never the card."""
        return ("confirmation_token", "payment_method")

    def start(self, request: StartRequest) -> Result:
        """Make a PaymentIntent. A decline while it is confirmed is a result."""
        customer, key = request.saved.customer_ref if request.saved else request.customer_ref, request.key
        if request.save and customer:
            try:
                return self._start(request, customer, key)
            except Rejected as refusal:
                if refusal.code != "resource_missing":
                    raise
                customer, key = "", f"{key}-new"  # the customer was deleted in the dashboard
        if request.save and not customer:
            units(request.price, self._places)  # what can't be paid is refused before a customer is made
            customer = saved_methods.make_customer(self._api, request.customer, request.key)
        return self._start(request, customer, key)

    def _start(self, request: StartRequest, customer: str, key: str) -> Result:
        amount, multicapture = units(request.price, self._places), self.capabilities.multi_capture
        params = intent_params(request, amount, customer=customer, multicapture=multicapture)
        with errors():
            try:
                answer = json_of(self._api.payment_intents.create(params_of(params), {"idempotency_key": key}))
            except stripe.CardError as error:
                declined = declined_intent(error)
                if declined is None:
                    raise
                answer = dict(declined)
            result = self._reader.result(answer)
        return replace(result, state={"saves": True}) if request.save else result

    def fetch(self, payment: PaymentRef) -> Result:
        """The PaymentIntent with its charge, refunds and disputes; at most three questions, or four after a lost start.

        While refunds or disputes can't be listed, the payment is told without them.
        """
        provider_ref, missing = payment.provider_ref or self._find(payment), list[str]()
        refunds: list[Json] = []
        disputes: list[Json] = []
        with errors():
            intent = self._intent(provider_ref, saves=payment.state.get("saves", False))
            charge = intent.get("latest_charge") or {}
            if charge.get("amount_captured"):
                with aside(missing, "refunds"), errors():
                    refunds = self._refunds(provider_ref)
            if charge.get("disputed"):
                with aside(missing, "disputes", is_optional=True), errors():
                    of_intent = params_of({"payment_intent": provider_ref, "limit": 100})
                    disputes = json_of(self._api.disputes.list(of_intent))["data"]
            return replace(self._reader.result(intent, refunds, disputes), missing=missing)

    def capture(self, payment: PaymentRef, price: Price, key: str, *, final: bool = True) -> Result:
        """Take all or a part; the rest is let go, unless it isn't final and the account and the card have multicapture."""
        amount = units(price, self._places)
        if not (final or self.capabilities.multi_capture):
            raise Rejected("multicapture_off", "Stripe can't keep the rest: its option multicapture is off.")
        params = {
            "amount_to_capture": amount,
            "metadata": {"capture_key": key} if final else {f"{PART}{key}"[:40]: str(amount)},
            **({} if final else {"final_capture": False}),
            **_WITH_CHARGE,
        }
        provider_ref = payment.provider_ref or self._find(payment)
        with errors():
            answer = self._api.payment_intents.capture(provider_ref, params_of(params), {"idempotency_key": key})
            return self._reader.result(json_of(answer))

    def cancel(self, payment: PaymentRef, key: str) -> Result:
        """Let it go, or what is left of it; refused once all was taken."""
        params = params_of({"cancellation_reason": "abandoned", **_WITH_CHARGE})
        provider_ref = payment.provider_ref or self._find(payment)
        with errors():
            answer = self._api.payment_intents.cancel(provider_ref, params, {"idempotency_key": key})
            result = self._reader.result(json_of(answer))
        entries = [replace(entry, key=key) if entry.kind is EntryKind.VOID else entry for entry in result.entries]
        return replace(result, entries=entries)

    def refund(self, payment: PaymentRef, price: Price, key: str, reason: str = "") -> RefundResult:
        """Give all or a part back. A reason that Stripe doesn't know is kept as a note."""
        is_standard = reason in _REASONS
        note = {"reason": reason[:500]} if reason and not is_standard else {}
        params = {
            "payment_intent": payment.provider_ref,
            "amount": units(price, self._places),
            "metadata": {"key": key, "reference": payment.reference, **note},
            **({"reason": reason} if is_standard else {}),
        }
        with errors():
            answer = self._api.refunds.create(params_of(params), {"idempotency_key": key})
            return self._reader.refund(json_of(answer))

    def fetch_refund(self, payment: PaymentRef, provider_ref: str) -> RefundResult:
        """Fetch the outcome of a refund; banks may send one back days later."""
        with errors():
            return self._reader.refund(json_of(self._api.refunds.retrieve(provider_ref)))

    def find_refund(self, payment: PaymentRef, key: str, price: Price) -> RefundResult | None:
        """By the key in its metadata: Stripe forgets idempotency keys after a day."""
        with errors():
            matching = [
                refund for refund in self._refunds(payment.provider_ref) if refund["metadata"].get("key") == key
            ]
            return self._reader.refund(matching[0]) if matching else None

    def forget(self, saved: SavedRef, key: str) -> None:
        """Detach the method from its customer, for good."""
        saved_methods.forget(self._api, saved, key)

    def fetch_saved(self, saved: SavedRef) -> SavedInfo | None:
        """As Stripe has it now."""
        return saved_methods.fetch_saved(self._api, saved)

    def parse_webhook(self, request: WebhookRequest) -> Sequence[Event]:
        """Verify ``Stripe-Signature`` by any of the secrets. The event only says what to ask for."""
        return [webhooks.parse(request, self._webhook_secrets)]

    @property
    def _api(self) -> Any:
        if self._client is None:
            raise Misconfigured(self.problem())
        return self._client

    def _intent(self, provider_ref: str, *, saves: bool) -> Json:
        """As it is now, with its charge, and with its method where that is kept; the key must be allowed to read those."""
        expand = ["latest_charge", *(["payment_method"] if saves else [])]
        intent = json_of(self._api.payment_intents.retrieve(provider_ref, params_of({"expand": expand})))
        return self._intent(provider_ref, saves=True) if intent.get("setup_future_usage") and not saves else intent

    def _refunds(self, provider_ref: str) -> list[Json]:
        """All refunds of a PaymentIntent, oldest first."""
        refunds: list[Json] = []
        params: dict[str, Any] = {"payment_intent": provider_ref, "limit": 100}
        while True:
            page = json_of(self._api.refunds.list(params_of(params)))
            refunds += page["data"]
            if not page["has_more"]:
                return refunds[::-1]
            params["starting_after"] = page["data"][-1]["id"]

    def _find(self, payment: PaymentRef) -> str:
        """The PaymentIntent of a start whose answer was lost. Stripe's search lags, so that "none" proves nothing.

        Raises:
            OutcomeUnknown: None is found (yet).
        """
        with errors():
            query = {"query": f"metadata['reference']:'{payment.reference}'"}
            intents = json_of(self._api.payment_intents.search(params_of(query)))["data"]
        if not intents:
            raise OutcomeUnknown("Stripe doesn't find the payment, or not yet.")
        return str(intents[0]["id"])

"""The push, the question, and the callback."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from tradepost.core.dates import clock
from tradepost.gateways.http import Timeout
from tradepost.gateways.responses import is_signed, reading
from tradepost.gateways.secret import Secret, secret, secrets
from tradepost.payments.interface import (
    Capabilities,
    Event,
    EventKind,
    Gateway,
    GatewayError,
    InputField,
    InvalidWebhook,
    Misconfigured,
    OutcomeUnknown,
    PaymentRef,
    Price,
    Rejected,
    Result,
    StartRequest,
    Status,
    WebhookRequest,
)

from .daraja import Daraja, is_unfinished
from .parse import (
    Callback,
    phone_number,
    read_callback,
    read_query,
    waiting,
)

__all__ = ["MpesaGateway"]

_LEAST_SECRET = 16


class MpesaGateway(Gateway):
    """Payments to one paybill or till number.

    Safaricom signs nothing, and knows no key of ours:

    * Each push has an address of its own to call back, with a token that can't be guessed; what is told there is confirmed
      by asking before it is booked.
    * A push that wasn't answered is never repeated, for the customer might pay twice. Its callback says what became of it;
      where none comes within three minutes nobody paid, most likely, and the customer may ask for another push.

    Args:
        consumer_key: Of the app at Daraja.
        consumer_secret: Likewise.
        shortcode: The paybill number; for a till the number of its store.
        passkey: Of Lipa na M-Pesa Online.
        callback_url: The webhook's address, with https.
        webhook_secrets: What the tokens are made with, each of 16 characters or more; new ones with the first.
        till: The till number, where goods are bought from a till.
        most: Greatest amount, in shillings.
        expires_after: How long an outcome is waited for; then the payment has expired.
        base_url: Safaricom's own, or that of its sandbox.
        timeout: Seconds to connect, and to read.
    """

    code = "mpesa"
    capabilities = Capabilities(
        currencies=frozenset({"KES"}),
        webhooks=True,
        repeatable=False,
        redelivers=False,
        unanswered=timedelta(minutes=3),
    )

    def __init__(
        self,
        *,
        consumer_key: str,
        consumer_secret: str,
        shortcode: str,
        passkey: str,
        callback_url: str,
        webhook_secrets: Sequence[str],
        till: str = "",
        most: int = 250_000,
        expires_after: timedelta = timedelta(minutes=15),
        base_url: str = "https://api.safaricom.co.ke",
        timeout: Timeout = (3, 15),
    ) -> None:
        consumer_key, consumer_secret, passkey = secret(consumer_key), secret(consumer_secret), secret(passkey)
        webhook_secrets, shortcode, callback_url = (
            secrets(webhook_secrets),
            str(secret(shortcode)),
            str(secret(callback_url)),
        )
        self._complete = all((consumer_key, consumer_secret, shortcode, passkey))
        self._shortcode, self._till, self._most = shortcode, till, most
        self._callback_url, self._expires_after = callback_url, expires_after
        self._secrets = webhook_secrets
        self._api = Daraja(
            base_url,
            credentials=(consumer_key, consumer_secret),
            shortcode=shortcode,
            passkey=passkey,
            timeout=timeout,
            secrets=self._secrets,
        )

    def problem(self) -> str:
        """A key is missing, nobody could call back, or a token could be guessed."""
        if not self._complete:
            return "M-Pesa needs the options consumer_key, consumer_secret, shortcode and passkey."
        if not self._callback_url.startswith("https://"):
            return "M-Pesa needs the option callback_url: the webhook's address, with https://."
        if min(map(len, self._secrets), default=0) < _LEAST_SECRET:
            return f"M-Pesa needs the option webhook_secrets, each of {_LEAST_SECRET} characters or more."
        return ""

    def unavailable(self, price: Price, *, country: str = "") -> str:
        """Whole shillings, up to M-Pesa's limit."""
        if reason := super().unavailable(price, country=country):
            return reason
        if price.amount != price.amount.to_integral_value():
            return _("M-Pesa takes whole shillings only.")
        if not 1 <= price.amount <= self._most:
            return _("M-Pesa takes amounts from 1 to %(most)s KES.") % {"most": self._most}
        return ""

    @property
    def fields(self) -> Sequence[InputField]:
        """The phone that rings."""
        hint = _("As in 0712 345 678. You’ll be asked for your PIN on this phone.")
        return (InputField(name="phone", label=_("M-Pesa number"), hint=hint, kind="tel", autocomplete="tel"),)

    def wrong_input(self, client_input: Mapping[str, Any], *, phone: str = "") -> Mapping[str, str]:
        """A number that no phone in Kenya has, or none at all."""
        given = str(client_input.get("phone") or phone)
        try:
            phone_number(given)
        except Rejected:
            advice = _("Please enter a Kenyan mobile number, as in 0712 345 678 or 254712345678.")
            return {"phone": advice if given else _("Please enter the number of the phone that you pay with.")}
        return {}

    def start(self, request: StartRequest) -> Result:
        """Let a phone ask for the PIN: that of ``client_input["phone"]``, else the order's."""
        if wrong := self.problem():
            raise Misconfigured(wrong)
        amount = request.price.minor(0)  # never rounded
        phone = phone_number(str(request.client_input.get("phone") or request.phone))
        try:
            self._api.token()
        except OutcomeUnknown as error:  # before the push: certainly nothing happened
            raise Rejected("no_token", str(error)) from None
        push = {
            "TransactionType": "CustomerBuyGoodsOnline" if self._till else "CustomerPayBillOnline",
            "Amount": amount,
            "PartyA": phone,
            "PartyB": self._till or self._shortcode,
            "PhoneNumber": phone,
            "CallBackURL": self._address(request.reference),
            "AccountReference": request.metadata.get("order", request.reference)[-12:],
            "TransactionDesc": "Order",
        }
        answer = self._api.exchange("/mpesa/stkpush/v1/processrequest", push)
        if is_unfinished(answer):
            raise Rejected("phone_busy", "The phone is already being asked for another payment.")
        with reading("M-Pesa"):
            accepted = self._api.checked(answer)
            if str(accepted["ResponseCode"]) != "0":
                raise Rejected(str(accepted["ResponseCode"]), str(accepted.get("ResponseDescription")))
            checkout = str(accepted["CheckoutRequestID"])
        started = waiting(checkout, request.reference, request.price, Status.REQUIRES_ACTION)
        return replace(started, state={"pushed": clock.now().isoformat()})

    def fetch(self, payment: PaymentRef) -> Result:
        """Fetch the outcome of the push. M-Pesa states no amount: it is the callback's, else the one that was asked for.

        A phone asks for a minute or two. What M-Pesa still calls unfinished long after that has expired; should a callback
        tell of money after all, it is booked.
        """
        if not payment.provider_ref:
            raise OutcomeUnknown("M-Pesa didn't answer the push: only its callback can report the outcome.")
        paid = payment.state.get("paid")
        price = Price(Decimal(paid), payment.price.currency) if paid else payment.price
        return self._unless_expired(self._ask(payment.provider_ref, payment.reference, price), payment)

    def parse_webhook(self, request: WebhookRequest) -> Sequence[Event]:
        """Check the address's token, read the callback, and ask M-Pesa whether it is so."""
        reference, token = request.query.get("reference", ""), request.query.get("token", "")
        if not reference or not is_signed(reference.encode(errors="replace"), token, self._secrets):
            raise InvalidWebhook("Sent to an address that M-Pesa wasn't given.")
        callback = read_callback(request.body)
        return [
            Event(
                id=f"{callback.checkout}:{callback.code}"[:200],
                kind=EventKind.PAYMENT,
                reference=reference,
                provider_ref=callback.checkout,
                result=self._confirmed(callback, reference),
            )
        ]

    def _unless_expired(self, result: Result, payment: PaymentRef) -> Result:
        if result.status is not Status.PENDING:
            return result
        pushed = payment.state.get("pushed")
        if not pushed:  # of an earlier version, or known by its callback only: it counts from now on
            return replace(result, state={"pushed": clock.now().isoformat()})
        if clock.now() - datetime.fromisoformat(pushed) < self._expires_after:
            return result
        message = "M-Pesa never reported the outcome."
        return replace(result, status=Status.CANCELLED, next_action=None, error_code="expired", error_message=message)

    def _address(self, reference: str) -> Secret:
        """The address that M-Pesa calls back for one payment."""
        token = hmac.new(self._secrets[0].encode(), reference.encode(), hashlib.sha256).hexdigest()
        return Secret(f"{self._callback_url}?{urlencode({'reference': reference, 'token': token})}")

    def _confirmed(self, callback: Callback, reference: str) -> Result:
        """Ask M-Pesa to confirm a callback.

        Where it says nothing, or something else, the payment is pending and will be asked about, under the id that the
        callback has brought: M-Pesa doesn't call again.
        """
        try:
            result = self._ask(callback.checkout, reference, callback.price)
        except GatewayError:
            result = waiting(callback.checkout, reference, None)
        if (result.status is Status.CAPTURED) != (callback.price is not None):
            result = waiting(callback.checkout, reference, None)
        return replace(result, state=callback.facts, raw={**result.raw, **callback.facts})

    def _ask(self, checkout: str, reference: str, price: Price | None) -> Result:
        answer = self._api.exchange("/mpesa/stkpushquery/v1/query", {"CheckoutRequestID": checkout})
        if is_unfinished(answer):
            return waiting(checkout, reference, price)
        with reading("M-Pesa"):
            return read_query(self._api.checked(answer), reference, price)

"""The calls to PayPal, and when what is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tradepost.gateways.http import Timeout, segment
from tradepost.gateways.responses import after_all, reading
from tradepost.gateways.secret import secret
from tradepost.payments.interface import (
    Capabilities,
    Event,
    Gateway,
    Misconfigured,
    OutcomeUnknown,
    PaymentRef,
    Price,
    RefundResult,
    Rejected,
    Result,
    StartRequest,
    Status,
    WebhookRequest,
    refusals,
)

from .client import PayPalClient
from .disputes import disputes_of
from .money import CURRENCIES, amount_of
from .parse import (
    OPEN_AUTHORISATION,
    TAKEN,
    Order,
    closed,
    invoice_id,
    read_refund,
    read_result,
)
from .refunds import made_refund, refund_over_captures
from .webhooks import parse

__all__ = ["PayPalGateway"]

_LIVE = "https://api-m.paypal.com"
_DONE = frozenset({"ORDER_ALREADY_CAPTURED", "ORDER_ALREADY_AUTHORIZED", "ORDER_ALREADY_COMPLETED"})
# After these the customer may pay in another way at PayPal.
_DECLINED = frozenset({"INSTRUMENT_DECLINED", "PAYER_ACTION_REQUIRED", "ORDER_NOT_APPROVED", "PAYER_CANNOT_PAY"})


class PayPalGateway(Gateway):
    """Payments to one PayPal account.

    The customer approves the payment at PayPal (next action ``redirect``). That moves no money: it is captured, or authorised,
    when the browser is back, or a webhook or a job asks. A payment that was cancelled here is never captured.

    Args:
        client_id: Of the app in PayPal's dashboard.
        client_secret: Its secret.
        webhook_id: Of the webhook in PayPal's dashboard; deliveries are verified with it.
        disputes: Ask for disputes, too; the app must have that feature.
        base_url: PayPal's live address; ``https://api-m.sandbox.paypal.com`` is its sandbox.
        timeout: Seconds to connect, and to read.
    """

    code = "paypal"
    capabilities = Capabilities(
        currencies=CURRENCIES,
        authorise=True,
        partial_capture=True,
        multi_capture=True,
        void=True,
        refund=True,
        partial_refund=True,
        webhooks=True,
    )

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str,
        webhook_id: str = "",
        disputes: bool = False,
        base_url: str = _LIVE,
        timeout: Timeout = (3, 15),
    ) -> None:
        client_id, client_secret = secret(client_id), secret(client_secret)
        self._keys = bool(client_id and client_secret)
        self._webhook_id = str(secret(webhook_id))
        self._disputes = disputes
        self._api = PayPalClient(client_id, client_secret, base_url, timeout)

    def problem(self) -> str:
        """A key is missing."""
        return "" if self._keys else "PayPal needs the options client_id and client_secret."

    def advice(self) -> str:
        """The webhook's id is missing."""
        if self._webhook_id:
            return ""
        return "PayPal needs the option webhook_id: without it payments are noticed late, by polling."

    def unavailable(self, price: Price, *, country: str = "") -> str:
        """PayPal takes some currencies, and no parts of a few."""
        return super().unavailable(price, country=country) or refusals.refusal_of(amount_of, price)

    def start(self, request: StartRequest) -> Result:
        """Make an order that the customer approves."""
        amount, urls = amount_of(request.price), {}
        if request.return_url:
            urls = {"return_url": request.return_url, "cancel_url": request.cancel_url or request.return_url}
        unit = {
            "reference_id": request.reference,
            "custom_id": request.reference,
            "invoice_id": request.reference,
            "amount": amount,
            **({"description": request.description[:127]} if request.description else {}),
        }
        payload = {
            "intent": "CAPTURE" if request.capture else "AUTHORIZE",
            "purchase_units": [unit],
            "payment_source": {
                "paypal": {
                    "experience_context": {"user_action": "PAY_NOW", "shipping_preference": "NO_SHIPPING", **urls}
                }
            },
        }
        with reading("PayPal"):
            created = self._api.move("/v2/checkout/orders", request.key, payload)
            return read_result(Order(created), state={})

    def fetch(self, payment: PaymentRef) -> Result:
        """The order. One that the customer has approved is captured or authorised now, unless it was cancelled here."""
        with reading("PayPal"):
            order = self._find(payment)
            if order is None:
                return _closed(payment, "expired")  # PayPal forgets what nobody approved
            is_closed = payment.state.get("closed", False)
            if order.status == "APPROVED" and not is_closed:
                return self._take(order, payment)
            result = self._result(order, payment)
            waits = result.status in (Status.PENDING, Status.REQUIRES_ACTION) and not result.entries
            return _closed(payment) if is_closed and waits else result

    def capture(self, payment: PaymentRef, price: Price, key: str, *, final: bool = True) -> Result:
        """Take all or a part of what is authorised, several times if it isn't final."""
        amount = amount_of(price)
        with reading("PayPal"):
            order = self._order(payment)
            if not any(order.key_of(capture) == key for capture in order.parts("captures")):
                held = [part for part in order.parts("authorizations") if part["status"] in OPEN_AUTHORISATION]
                if not held:
                    raise Rejected("not_capturable", "Nothing is authorised at PayPal.")
                payload = {"amount": amount, "final_capture": final, "invoice_id": invoice_id(order.reference, key)}
                path = f"/v2/payments/authorizations/{segment(held[0]['id'])}/capture"
                self._api.move(path, key, payload)
            with after_all():
                return self._result(self._order(payment), payment)

    def cancel(self, payment: PaymentRef, key: str) -> Result:
        """Void what is authorised, or is left of it. An order that isn't captured takes no money: never to capture it is enough.

        Raises:
            Rejected: All that was authorised was taken.
        """
        with reading("PayPal"):
            order = self._find(payment)
            if order is None:
                return _closed(payment)
            held = [
                part for part in order.parts("authorizations") if part["status"] in OPEN_AUTHORISATION | {"PENDING"}
            ]
            taken = [capture for capture in order.parts("captures") if capture["status"] in TAKEN | {"PENDING"}]
            if taken and (not held or any(capture.get("final_capture") for capture in taken)):
                raise Rejected("captured", "Money was taken already.")
            if not held:
                return _closed(payment)
            self._api.move(f"/v2/payments/authorizations/{segment(held[0]['id'])}/void", key, {})
            with after_all():
                return self._result(self._order(payment), payment)

    def refund(self, payment: PaymentRef, price: Price, key: str, reason: str = "") -> RefundResult:
        """Give all or a part back, over several captures where no single one has enough left.

        The reason isn't sent, since PayPal would tell it to the customer.
        """
        amount_of(price)  # refuses what can't be said exactly, before PayPal is asked
        with reading("PayPal"):
            return refund_over_captures(self._api, self._order(payment), price, key)

    def fetch_refund(self, payment: PaymentRef, provider_ref: str) -> RefundResult:
        """Fetch the outcome of a refund."""
        with reading("PayPal"):
            try:
                return read_refund(self._api.get(f"/v2/payments/refunds/{segment(provider_ref)}"))
            except Rejected as error:
                raise Misconfigured(str(error)) from None

    def find_refund(self, payment: PaymentRef, key: str, price: Price) -> RefundResult | None:
        """By the key in its invoice id. One of which parts are missing isn't made yet: it is to be asked for again."""
        with reading("PayPal"):
            return made_refund(self._order(payment), price, key)

    def parse_webhook(self, request: WebhookRequest) -> Sequence[Event]:
        """Let PayPal verify it. An answer that doesn't come is raised, so that PayPal delivers again."""
        with reading("PayPal"):
            return [parse(self._api, request, self._webhook_id)]

    def _order(self, payment: PaymentRef) -> Order:
        order = self._find(payment)
        if order is None:
            raise Misconfigured("PayPal doesn't know the payment's order: are these the keys that it was made with?")
        return order

    def _find(self, payment: PaymentRef) -> Order | None:
        if not payment.provider_ref:
            raise OutcomeUnknown("PayPal can't be asked for an order without its id.")
        try:
            return Order(self._api.get(f"/v2/checkout/orders/{segment(payment.provider_ref)}"))
        except Rejected:
            return None

    def _take(self, order: Order, payment: PaymentRef) -> Result:
        """Capture or authorise what was approved. An order can be taken once only, so that each approval has one key."""
        verb, error = ("authorize" if order.authorises else "capture"), ("", "")
        key = f"{verb}-{order.id}-{order.data.get('update_time', '')}"[:108]
        try:
            self._api.move(f"/v2/checkout/orders/{segment(order.id)}/{verb}", key, {})
        except Rejected as refusal:
            if refusal.code not in _DONE | _DECLINED:
                failed = read_result(order, state=payment.state, error=(refusal.code.lower(), str(refusal)))
                return replace(failed, status=Status.FAILED, next_action=None, state={"closed": True})
            error = ("declined", str(refusal)) if refusal.code in _DECLINED else error
        with after_all():
            return self._result(self._order(payment), payment, error=error)

    def _result(self, order: Order, payment: PaymentRef, *, error: tuple[str, str] = ("", "")) -> Result:
        taken, missing = [part["id"] for part in order.parts("captures") if part["status"] in TAKEN], list[str]()
        disputes = [
            dispute for capture in taken if self._disputes for dispute in disputes_of(self._api, capture, missing)
        ]
        return replace(read_result(order, disputes, state=payment.state, error=error), missing=missing[:1])


def _closed(payment: PaymentRef, code: str = "") -> Result:
    price = payment.price
    return closed(price.amount, price.currency, payment.provider_ref, payment.reference, code)

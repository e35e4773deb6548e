"""Stripe's records, and its refusals: payment intents, charges, refunds, disputes, events. No HTTP here.

Written from Stripe's documentation, stricter where that finds mistakes: parameters that it doesn't know are refused, and so is a
currency in capitals. Amounts are Stripe's smallest units.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from .loopback import Books, FakeError, Json, Route, Sums
from .stripe_customers import Wallets

API_VERSION = "2026-10-28.endive"
THREE_DECIMAL = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
LEAST = {"usd": 50, "eur": 50, "gbp": 30, "jpy": 50}
MOST = 99_999_999
WITHDRAWN = {"needs_response", "under_review", "lost"}  # an inquiry takes no money

# How a card behaves: (error code, decline code), or another outcome.
DECLINES = {
    "pm_card_visa_chargeDeclined": ("card_declined", "generic_decline"),
    "pm_card_chargeDeclinedInsufficientFunds": ("card_declined", "insufficient_funds"),
    "pm_card_chargeDeclinedExpiredCard": ("expired_card", None),
}
METHODS = {"pm_card_visa", "pm_card_authenticationRequired", "pm_usBankAccount", *DECLINES}

CREATE = {
    "amount",
    "automatic_payment_methods",
    "capture_method",
    "confirm",
    "confirmation_token",
    "currency",
    "customer",
    "description",
    "expand",
    "metadata",
    "payment_method",
    "payment_method_options",
    "receipt_email",
    "return_url",
    "setup_future_usage",
}


class StripeError(FakeError):
    """An answer with an error in it."""

    def __init__(
        self, status: int, code: str, message: str, *, kind: str = "invalid_request_error", **more: Any
    ) -> None:
        super().__init__(status, {"error": {"type": kind, "code": code, "message": message, **more}})


class StripeBooks(Books):
    """One Stripe account."""

    def __init__(self) -> None:
        super().__init__()
        self.intents: dict[str, Json] = {}
        self.charges: dict[str, Json] = {}
        self.refunds: dict[str, Json] = {}
        self.disputes: dict[str, Json] = {}
        self.wallets = Wallets()

    def routes(self) -> Sequence[Route]:
        return (
            ("GET", r"/v1/payment_intents/search", self.search_intents),
            ("POST", r"/v1/payment_intents", self.create_intent),
            ("GET", r"/v1/payment_intents/(pi_\w+)", self.retrieve_intent),
            ("POST", r"/v1/payment_intents/(pi_\w+)/capture", self.capture_intent),
            ("POST", r"/v1/payment_intents/(pi_\w+)/cancel", self.cancel_intent),
            ("POST", r"/v1/refunds", self.create_refund),
            ("GET", r"/v1/refunds", self.list_refunds),
            ("GET", r"/v1/refunds/(re_\w+)", self.retrieve_refund),
            ("GET", r"/v1/charges/(ch_\w+)", self.retrieve_charge),
            ("GET", r"/v1/disputes", self.list_disputes),
            ("POST", r"/v1/customers", self.create_customer),
            ("GET", r"/v1/payment_methods/(pm_\w+)", self.retrieve_method),
            ("POST", r"/v1/payment_methods/(pm_\w+)/detach", self.detach_method),
        )

    def refuse(self, status: int, message: str) -> FakeError:
        kinds = {429: "rate_limit_error", 500: "api_error"}
        return StripeError(status, "", message, kind=kinds.get(status, "invalid_request_error"))

    # --- calls of the API ---------------------------------------------------------------------------------------------

    def create_intent(self, params: Json) -> Json:
        _known(params, CREATE)
        amount, currency = _amount(params, "amount"), params.get("currency", "")
        _check_amount(amount, currency)
        capture_method = params.get("capture_method", "automatic_async")
        _one_of("capture_method", capture_method, {"automatic", "automatic_async", "manual"})
        methods = params.get("automatic_payment_methods", {})
        _known(methods, {"enabled", "allow_redirects"})
        self._check_owner(params)
        card = params.get("payment_method_options", {})
        _known(card, {"card"})
        _known(card.get("card", {}), {"request_multicapture"})
        confirm = params.get("confirm") == "true"
        if confirm and "return_url" not in params and methods.get("allow_redirects") != "never":
            raise StripeError(400, "parameter_missing", "A return_url is needed where redirects are allowed.")
        if not confirm and "return_url" in params:
            raise StripeError(400, "parameter_unknown", "A return_url is only for a confirmation.")
        number = self.next()
        intent: Json = {
            "id": f"pi_{number}",
            "object": "payment_intent",
            "amount": amount,
            "amount_capturable": 0,
            "amount_received": 0,
            "canceled_at": None,
            "cancellation_reason": None,
            "capture_method": capture_method,
            "client_secret": f"pi_{number}_secret_{number * 7919:x}",
            "created": int(time.time()),
            "currency": currency,
            "customer": params.get("customer"),
            "description": params.get("description"),
            "last_payment_error": None,
            "latest_charge": None,
            "livemode": False,
            "metadata": _metadata(params),
            "next_action": None,
            "payment_method": None,
            "payment_method_options": card,
            "setup_future_usage": params.get("setup_future_usage"),
            "status": "requires_payment_method",
        }
        self.intents[intent["id"]] = intent
        self._tell("payment_intent.created", intent)
        if confirm:
            method = params.get("payment_method") or "pm_card_visa"
            self._confirm(intent, method, params.get("return_url", ""), by_customer=False)
        return self._shown(intent, params)

    def retrieve_intent(self, intent_id: str, params: Json) -> Json:
        _known(params, {"expand", "client_secret"})
        return self._shown(self._intent(intent_id), params)

    def search_intents(self, params: Json) -> Json:
        _known(params, {"query", "limit", "page", "expand"})
        asked = re.fullmatch(r"metadata\['(\w+)'\]:'([\w-]+)'", params.get("query", ""))
        if asked is None:
            raise StripeError(400, "parameter_invalid", "The query can't be read.")
        intents = [i for i in self.intents.values() if i["metadata"].get(asked[1]) == asked[2]]
        return {
            "object": "search_result",
            "url": "/v1/payment_intents/search",
            "has_more": False,
            "data": intents[::-1],
        }

    def capture_intent(self, intent_id: str, params: Json) -> Json:
        _known(params, {"amount_to_capture", "metadata", "expand", "final_capture"})
        intent = self._intent(intent_id)
        self._need(intent, {"requires_capture"}, "capture")
        amount = _amount(params, "amount_to_capture") if "amount_to_capture" in params else intent["amount_capturable"]
        if amount > intent["amount_capturable"]:
            raise StripeError(400, "amount_too_large", "The amount to capture is greater than what may be captured.")
        _check_amount(amount, intent["currency"])
        final = params.get("final_capture", "true") == "true" or amount == intent["amount_capturable"]
        asked = intent["payment_method_options"].get("card", {}).get("request_multicapture")
        if not final and asked != "if_available":
            raise StripeError(400, "parameter_invalid", "final_capture: multicapture isn't available for this payment.")
        intent["metadata"].update(_metadata(params))
        charge = self.charges[intent["latest_charge"]]
        taken = charge["amount_captured"] + amount
        charge.update(captured=True, amount_captured=taken)
        intent.update(amount_received=taken, amount_capturable=charge["amount"] - taken)
        if final:
            intent.update(status="succeeded", amount_capturable=0)
            self._let_go(charge, charge["amount"] - taken)
            self._tell("charge.captured", charge)
        self._tell("payment_intent.succeeded" if final else "payment_intent.amount_capturable_updated", intent)
        return self._shown(intent, params)

    def cancel_intent(self, intent_id: str, params: Json) -> Json:
        _known(params, {"cancellation_reason", "expand"})
        reasons = {"duplicate", "fraudulent", "requested_by_customer", "abandoned"}
        _one_of("cancellation_reason", params.get("cancellation_reason", "abandoned"), reasons)
        intent = self._intent(intent_id)
        waiting = {
            "requires_payment_method",
            "requires_confirmation",
            "requires_action",
            "requires_capture",
            "processing",
        }
        self._need(intent, waiting, "cancel")
        self._cancel(intent, params.get("cancellation_reason"))
        return self._shown(intent, params)

    def create_refund(self, params: Json) -> Json:
        _known(params, {"payment_intent", "charge", "amount", "reason", "metadata", "expand"})
        if "reason" in params:
            _one_of("reason", params["reason"], {"duplicate", "fraudulent", "requested_by_customer"})
        intent = self._intent(params.get("payment_intent", ""))
        charge = self.charges.get(intent["latest_charge"] or "")
        if charge is None or not charge["captured"]:
            raise StripeError(400, "charge_not_captured", "Nothing was captured that could be refunded.")
        given = [r for r in self._refunds_of(intent["id"]) if r["status"] not in {"failed", "canceled"}]
        rest = charge["amount_captured"] - sum(r["amount"] for r in given if r["balance_transaction"])
        amount = _amount(params, "amount") if "amount" in params else rest
        if not rest:
            raise StripeError(400, "charge_already_refunded", f"Charge {charge['id']} has already been refunded.")
        if amount > rest:
            raise StripeError(400, "amount_too_large", "Refund amount is greater than unrefunded amount on charge.")
        if any(d["charge"] == charge["id"] and d["status"] in WITHDRAWN for d in self.disputes.values()):
            raise StripeError(400, "charge_disputed", "The charge has been charged back.")
        refund = self._refund(charge, amount, metadata=_metadata(params), reason=params.get("reason"))
        self._tell("refund.created", refund)
        self._tell("charge.refunded", charge)
        return deepcopy(refund)

    def retrieve_refund(self, refund_id: str, params: Json) -> Json:
        _known(params, {"expand"})
        return deepcopy(_found(self.refunds, refund_id, "refund"))

    def list_refunds(self, params: Json) -> Json:
        _known(params, {"payment_intent", "charge", "limit", "starting_after"})
        result = self._refunds_of(params.get("payment_intent", ""))[::-1]
        if after := params.get("starting_after"):
            result = result[[r["id"] for r in result].index(after) + 1 :]
        return _page(result, params, "/v1/refunds")

    def retrieve_charge(self, charge_id: str, params: Json) -> Json:
        _known(params, {"expand"})
        return deepcopy(_found(self.charges, charge_id, "charge"))

    def list_disputes(self, params: Json) -> Json:
        _known(params, {"payment_intent", "charge", "limit"})
        disputes = [d for d in self.disputes.values() if d["payment_intent"] == params.get("payment_intent")]
        return _page(disputes[::-1], params, "/v1/disputes")

    def create_customer(self, params: Json) -> Json:
        _known(params, {"metadata"})  # no more is told of a customer
        return self.wallets.add_customer(self.next(), _metadata(params))

    def retrieve_method(self, method_id: str, params: Json) -> Json:
        return deepcopy(_found(self.wallets.methods, method_id, "payment_method"))

    def detach_method(self, method_id: str, params: Json) -> Json:
        result = _found(self.wallets.methods, method_id, "payment_method")
        if result["customer"] is None:
            message = "The payment method you provided is not attached to a customer so detachment is impossible."
            raise StripeError(400, "payment_method_unexpected_state", message)
        result["customer"] = None
        self._tell("payment_method.detached", result)
        return deepcopy(result)

    def renew_card(self, method_id: str, **card: Any) -> None:
        """The bank sent a new card, and told Stripe."""
        self.wallets.methods[method_id]["card"].update(card)
        self._tell("payment_method.automatically_updated", self.wallets.methods[method_id])

    # --- what the customer, the bank and time do ----------------------------------------------------------------------

    def confirm(self, intent_id: str, method: str = "pm_card_visa", return_url: str = "") -> Json:
        """The customer pays with the Payment Element."""
        intent = self._intent(intent_id)
        self._need(intent, {"requires_payment_method", "requires_confirmation"}, "confirm")
        self._confirm(intent, method, return_url, by_customer=True)
        return deepcopy(intent)

    def authenticate(self, intent_id: str, *, passed: bool = True) -> Json:
        """The customer answers the bank's question (3-D Secure)."""
        intent = self._intent(intent_id)
        self._need(intent, {"requires_action"}, "authenticate")
        intent["next_action"] = None
        if passed:
            self._charge(intent)
        else:
            self._fail(intent, "payment_intent_authentication_failure", None)
        return deepcopy(intent)

    def finish(self, intent_id: str, *, paid: bool = True) -> Json:
        """A bank debit that was processing comes through, or doesn't."""
        intent = self._intent(intent_id)
        self._need(intent, {"processing"}, "finish")
        if paid:
            self._charge(intent)
        else:
            self._fail(intent, "payment_intent_payment_attempt_failed", None)
        return deepcopy(intent)

    def lapse(self, intent_id: str) -> Json:
        """An authorisation is over after seven days."""
        intent = self._intent(intent_id)
        self._need(intent, {"requires_capture"}, "lapse")
        self._cancel(intent, "automatic")
        return deepcopy(intent)

    def fail_refund(self, refund_id: str) -> Json:
        """The customer's bank sends the refund back."""
        refund = self.refunds[refund_id]
        refund.update(status="failed", failure_reason="lost_or_stolen_card")
        charge = self.charges[refund["charge"]]
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
        self._tell("refund.failed", refund)
        return deepcopy(refund)

    def refund_in_dashboard(self, intent_id: str, amount: int) -> Json:
        """Staff refund in Stripe's dashboard, past the shop."""
        return self.create_refund({"payment_intent": intent_id, "amount": str(amount)})

    def dispute(self, intent_id: str, amount: int | None = None, status: str = "needs_response") -> Json:
        """The customer's bank takes money back; an inquiry (``warning_needs_response``) doesn't yet."""
        charge = self.charges[self._intent(intent_id)["latest_charge"]]
        record: Json = {
            "id": f"du_{self.next()}",
            "object": "dispute",
            "amount": amount or charge["amount_captured"],
            "charge": charge["id"],
            "created": int(time.time()),
            "currency": charge["currency"],
            "evidence_details": {"due_by": int(time.time()) + 7 * 86_400, "has_evidence": False, "submission_count": 0},
            "livemode": False,
            "metadata": {},
            "payment_intent": intent_id,
            "reason": "fraudulent",
            "status": status,
        }
        self.disputes[record["id"]] = record
        charge["disputed"] = True
        self._tell("charge.dispute.created", record)
        return deepcopy(record)

    def close_dispute(self, dispute_id: str, *, won: bool) -> Json:
        """The bank decides."""
        result = self.disputes[dispute_id]
        result["status"] = "won" if won else "lost"
        self._tell("charge.dispute.closed", result)
        return deepcopy(result)

    def sums(self) -> dict[str, Sums]:
        """The sums of each reference of the shop; to be compared with the shop's ledger."""
        values: dict[str, Sums] = {}
        for intent in self.intents.values():
            reference = intent["metadata"].get("reference", intent["id"])
            before = values.get(reference, Sums())
            charge = self.charges.get(intent["latest_charge"] or "")
            charge = charge if charge and charge["status"] == "succeeded" else None
            taken = charge["amount_captured"] if charge else 0
            let_go = charge["amount"] - taken if charge and intent["status"] in {"succeeded", "canceled"} else 0
            disputes = [d for d in self.disputes.values() if d["payment_intent"] == intent["id"]]
            values[reference] = Sums(
                payments=before.payments + 1,
                authorised=before.authorised + intent["amount_capturable"],
                captured=before.captured + taken,
                refunded=before.refunded + (charge["amount_refunded"] - let_go if charge else 0),
                disputed=before.disputed
                + sum(d["amount"] for d in disputes if d["status"] in {"needs_response", "lost"}),
            )
        return values

    # --- inside -------------------------------------------------------------------------------------------------------

    def _check_owner(self, params: Json) -> None:
        """A kept method is its customer's only; and nothing is kept for nobody."""
        customer, method = params.get("customer"), params.get("payment_method", "pm_card_visa")
        if customer and customer not in self.wallets.customers:
            raise StripeError(400, "resource_missing", f"No such customer: '{customer}'", param="customer")
        kept = self.wallets.methods.get(method)
        if kept is None and method not in METHODS:
            raise StripeError(400, "resource_missing", f"No such PaymentMethod: '{method}'")
        if kept is not None and (customer is None or kept["customer"] != customer):
            raise StripeError(400, "", "The PaymentMethod doesn't belong to the Customer of this PaymentIntent.")
        if "setup_future_usage" in params:
            _one_of("setup_future_usage", params["setup_future_usage"], {"on_session", "off_session"})
            if not customer:
                raise StripeError(400, "parameter_missing", "Nothing is kept without a customer.", param="customer")

    def _confirm(self, intent: Json, method: str, return_url: str, *, by_customer: bool) -> None:
        intent["payment_method"] = method
        intent["last_payment_error"] = None
        method = self.wallets.behaviour.get(method, method)
        if method in DECLINES:
            code, decline_code = DECLINES[method]
            self._fail(intent, code, decline_code)
            if not by_customer:
                error = intent["last_payment_error"]
                more = {"decline_code": decline_code, "payment_intent": deepcopy(intent)}
                raise StripeError(402, code, error["message"], kind="card_error", **more)
        elif method == "pm_card_authenticationRequired":
            url = f"https://hooks.stripe.test/authenticate/{intent['id']}"
            redirect = {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": return_url}}
            intent["next_action"] = redirect if return_url else {"type": "use_stripe_sdk", "use_stripe_sdk": {}}
            intent["status"] = "requires_action"
            self._tell("payment_intent.requires_action", intent)
        elif method == "pm_usBankAccount":
            intent["status"] = "processing"
            self._tell("payment_intent.processing", intent)
        else:
            self._charge(intent)

    def _charge(self, intent: Json) -> None:
        manual = intent["capture_method"] == "manual"
        taken = 0 if manual else intent["amount"]
        charge: Json = {
            "id": f"ch_{self.next()}",
            "object": "charge",
            "amount": intent["amount"],
            "amount_captured": taken,
            "amount_refunded": 0,
            "captured": not manual,
            "created": int(time.time()),
            "currency": intent["currency"],
            "disputed": False,
            "livemode": False,
            "metadata": dict(intent["metadata"]),
            "payment_intent": intent["id"],
            "refunded": False,
            "status": "succeeded",
        }
        self.charges[charge["id"]] = charge
        if intent["setup_future_usage"]:
            intent["payment_method"] = self.wallets.keep(self.next(), intent["customer"], intent["payment_method"])
        intent.update(latest_charge=charge["id"], amount_received=taken, amount_capturable=intent["amount"] - taken)
        intent["status"] = "requires_capture" if manual else "succeeded"
        self._tell("charge.succeeded", charge)
        self._tell("payment_intent.amount_capturable_updated" if manual else "payment_intent.succeeded", intent)

    def _fail(self, intent: Json, code: str, decline_code: str | None) -> None:
        message = "Your card was declined." if code == "card_declined" else "The payment failed."
        error = {"type": "card_error", "code": code, "decline_code": decline_code, "message": message}
        charge = {"id": f"ch_{self.next()}", "object": "charge", "amount": intent["amount"], "status": "failed"}
        charge |= {"amount_captured": 0, "amount_refunded": 0, "captured": False, "currency": intent["currency"]}
        charge |= {"disputed": False, "payment_intent": intent["id"], "metadata": dict(intent["metadata"])}
        self.charges[charge["id"]] = charge
        intent.update(status="requires_payment_method", last_payment_error=error, latest_charge=charge["id"])
        self._tell("payment_intent.payment_failed", intent)

    def _cancel(self, intent: Json, reason: str | None) -> None:
        charge = self.charges.get(intent["latest_charge"] or "")
        if charge and intent["status"] == "requires_capture":
            self._let_go(charge, intent["amount_capturable"])
        intent.update(status="canceled", cancellation_reason=reason, canceled_at=int(time.time()), amount_capturable=0)
        intent["next_action"] = None
        self._tell("payment_intent.canceled", intent)

    def _let_go(self, charge: Json, rest: int) -> None:
        """Stripe books what was authorised and not taken as a refund, without a balance transaction."""
        if rest:
            self._refund(charge, rest, metadata={}, reason=None)["balance_transaction"] = None

    def _refund(self, charge: Json, amount: int, *, metadata: Json, reason: str | None) -> Json:
        number = self.next()
        refund: Json = {
            "id": f"re_{number}",
            "object": "refund",
            "amount": amount,
            "balance_transaction": f"txn_{number}",
            "charge": charge["id"],
            "created": int(time.time()),
            "currency": charge["currency"],
            "metadata": metadata,
            "payment_intent": charge["payment_intent"],
            "reason": reason,
            "status": "succeeded",
        }
        self.refunds[refund["id"]] = refund
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        return refund

    def _refunds_of(self, intent_id: str) -> list[Json]:
        return [refund for refund in self.refunds.values() if refund["payment_intent"] == intent_id]

    def _intent(self, intent_id: str) -> Json:
        return _found(self.intents, intent_id, "payment_intent")

    def _need(self, intent: Json, statuses: set[str], call: str) -> None:
        if intent["status"] not in statuses:
            message = f"You cannot {call} this PaymentIntent because it has a status of {intent['status']}."
            raise StripeError(400, "payment_intent_unexpected_state", message, payment_intent=deepcopy(intent))

    def _shown(self, intent: Json, params: Json) -> Json:
        shown = deepcopy(intent)
        for path in params.get("expand", {}).values():
            if path not in {"latest_charge", "payment_method"}:
                raise StripeError(400, "parameter_invalid", f"This property cannot be expanded ({path}).")
            if path == "payment_method" and intent["payment_method"]:
                shown["payment_method"] = self.wallets.shown(intent["payment_method"])
            elif path == "latest_charge" and intent["latest_charge"]:
                shown["latest_charge"] = deepcopy(self.charges[intent["latest_charge"]])
        return shown

    def _tell(self, what: str, thing: Json) -> None:
        event = {
            "id": f"evt_{self.next()}",
            "object": "event",
            "api_version": API_VERSION,
            "created": int(time.time()),
            "type": what,
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "data": {"object": deepcopy(thing)},
        }
        self.events.append(event)


def _known(params: Mapping[str, Any], names: set[str]) -> None:
    for name in params:
        if name not in names:
            raise StripeError(400, "parameter_unknown", f"Received unknown parameter: {name}", param=name)


def _one_of(name: str, value: str, values: set[str]) -> None:
    if value not in values:
        raise StripeError(400, "parameter_invalid", f"Invalid {name}: must be one of {sorted(values)}", param=name)


def _amount(params: Json, name: str) -> int:
    text = params.get(name)
    if text is None:
        raise StripeError(400, "parameter_missing", f"Missing required param: {name}.", param=name)
    if not re.fullmatch(r"\d{1,12}", text, re.ASCII) or int(text) < 1:
        raise StripeError(400, "parameter_invalid_integer", f"Invalid integer: {text}", param=name)
    if int(text) > MOST:
        raise StripeError(400, "amount_too_large", "Amount must be no more than 999,999.99.", param=name)
    return int(text)


def _check_amount(amount: int, currency: str) -> None:
    if not re.fullmatch(r"[a-z]{3}", currency):
        raise StripeError(400, "parameter_invalid", f"Invalid currency: {currency}.", param="currency")
    if currency == "isk" and amount % 100:
        raise StripeError(400, "invalid_charge_amount_no_decimal_compatible", "ISK has no decimals.", param="amount")
    if currency in THREE_DECIMAL and amount % 10:
        raise StripeError(400, "parameter_invalid_integer", "The last digit must be 0.", param="amount")
    if amount < LEAST.get(currency, 1):
        raise StripeError(400, "amount_too_small", "Amount must be at least 50 cents.", param="amount")


def _metadata(params: Json) -> Json:
    given = params.get("metadata", {})
    if len(given) > 50 or any(len(key) > 40 or len(value) > 500 for key, value in given.items()):
        raise StripeError(400, "parameter_invalid", "Metadata: 50 keys of 40 characters, values of 500.")
    return dict(given)


def _found(rows: dict[str, Json], key: str, name: str) -> Json:
    if key not in rows:
        raise StripeError(404, "resource_missing", f"No such {name}: '{key}'", param="id")
    return rows[key]


def _page(rows: list[Json], params: Json, url: str) -> Json:
    limit = int(params.get("limit", 10))
    if not 1 <= limit <= 100:
        raise StripeError(400, "parameter_invalid_integer", "A limit is from 1 to 100.", param="limit")
    return {"object": "list", "url": url, "has_more": len(rows) > limit, "data": deepcopy(rows[:limit])}

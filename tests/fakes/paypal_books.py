"""PayPal's records, and its refusals: orders, authorisations, captures, refunds, disputes, events. No HTTP here.

Written from PayPal's documentation, stricter where that finds mistakes: fields that it doesn't know are refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from decimal import Decimal
from typing import Any

from .loopback import Books, FakeError, Json, Route, Sums

WHOLE = frozenset({"HUF", "JPY", "TWD"})
CURRENCIES = WHOLE | {"EUR", "GBP", "USD", "BRL", "CHF", "PLN"}
TAKEN = frozenset({"COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"})
OPEN = frozenset({"CREATED", "PARTIALLY_CAPTURED"})
ZERO = Decimal(0)


class PayPalError(FakeError):
    """An answer with an error in it."""

    def __init__(
        self, issue: str, description: str = "", *, status: int = 422, name: str = "UNPROCESSABLE_ENTITY"
    ) -> None:
        details = {"details": [{"issue": issue, "description": description}]} if issue else {}
        super().__init__(status, {"name": name, "message": description, "debug_id": "f00d", **details})


def not_found() -> PayPalError:
    return PayPalError(
        "INVALID_RESOURCE_ID", "Specified resource ID does not exist.", status=404, name="RESOURCE_NOT_FOUND"
    )


class PayPalBooks(Books):
    """One PayPal account."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: dict[str, Json] = {}
        self.authorizations: dict[str, Json] = {}
        self.captures: dict[str, Json] = {}
        self.refunds: dict[str, Json] = {}
        self.disputes: dict[str, Json] = {}
        self.invoices: set[str] = set()
        self.instrument = "good"  # or declined, review: what the next capture or authorisation meets
        self.refund_status = "COMPLETED"

    def routes(self) -> Sequence[Route]:
        return (
            ("POST", r"/v2/checkout/orders", self.create_order),
            ("GET", r"/v2/checkout/orders/(\w+)", self.get_order),
            ("POST", r"/v2/checkout/orders/(\w+)/capture", self.capture_order),
            ("POST", r"/v2/checkout/orders/(\w+)/authorize", self.authorize_order),
            ("POST", r"/v2/payments/authorizations/(\w+)/capture", self.capture_authorization),
            ("POST", r"/v2/payments/authorizations/(\w+)/void", self.void_authorization),
            ("GET", r"/v2/payments/captures/(\w+)", self.get_capture),
            ("POST", r"/v2/payments/captures/(\w+)/refund", self.refund_capture),
            ("GET", r"/v2/payments/refunds/(\w+)", self.get_refund),
            ("GET", r"/v1/customer/disputes", self.list_disputes),
            ("GET", r"/v1/customer/disputes/([\w-]+)", self.get_dispute),
        )

    def refuse(self, status: int, message: str) -> FakeError:
        if status == 404:
            return not_found()
        names = {400: "INVALID_REQUEST", 429: "RATE_LIMIT_REACHED", 500: "INTERNAL_SERVER_ERROR"}
        return PayPalError("", message, status=status, name=names[status])

    # --- calls of the API ---------------------------------------------------------------------------------------------

    def create_order(self, params: Json) -> Json:
        _known(params, {"intent", "purchase_units", "payment_source"})
        if params.get("intent") not in {"CAPTURE", "AUTHORIZE"}:
            raise _invalid("intent")
        [unit] = params["purchase_units"]
        _known(unit, {"reference_id", "custom_id", "invoice_id", "description", "amount"})
        _check_amount(unit["amount"])
        context = params["payment_source"]["paypal"]["experience_context"]
        _known(context, {"user_action", "shipping_preference", "return_url", "cancel_url"})
        if ("return_url" in context) != ("cancel_url" in context) or len(unit.get("description", "")) > 127:
            raise _invalid("experience_context")
        order_id = f"ORD{self.next()}"
        url = self.page.format(order_id) or f"https://www.sandbox.paypal.test/checkoutnow?token={order_id}"
        order: Json = {
            "id": order_id,
            "intent": params["intent"],
            "status": "PAYER_ACTION_REQUIRED",
            "create_time": self._now(),
            "purchase_units": [deepcopy(unit)],
            "links": [{"href": url, "rel": "payer-action", "method": "GET"}],
        }
        self.orders[order_id] = order
        return self.get_order(order_id, {})

    def get_order(self, order_id: str, params: Json) -> Json:
        order = deepcopy(_found(self.orders, order_id))
        if order["status"] in {"APPROVED", "COMPLETED", "VOIDED"}:
            order["links"] = []
        kept = {"authorizations": self.authorizations, "captures": self.captures, "refunds": self.refunds}
        for kind, rows in kept.items():
            if parts := [deepcopy(row["shown"]) for row in rows.values() if row["order"] == order_id]:
                order["purchase_units"][0].setdefault("payments", {})[kind] = parts
        return order

    def capture_order(self, order_id: str, params: Json) -> Json:
        order = self._approved(order_id, "CAPTURE", "ORDER_ALREADY_CAPTURED", params)
        unit = order["purchase_units"][0]
        self._invoice(unit["invoice_id"])
        self._capture(order_id, unit["amount"], unit["invoice_id"], final=True)
        order["status"] = "COMPLETED"
        return self.get_order(order_id, {})

    def authorize_order(self, order_id: str, params: Json) -> Json:
        order = self._approved(order_id, "AUTHORIZE", "ORDER_ALREADY_AUTHORIZED", params)
        unit = order["purchase_units"][0]
        self._invoice(unit["invoice_id"])
        status = "PENDING" if self.instrument == "review" else "CREATED"
        held = self._part("AUTH", order_id, unit["amount"], status, unit["invoice_id"])
        self.authorizations[held["id"]] = {"order": order_id, "shown": held}
        order["status"] = "COMPLETED"
        self._tell("PAYMENT.AUTHORIZATION.CREATED", held)
        return self.get_order(order_id, {})

    def capture_authorization(self, held_id: str, params: Json) -> Json:
        _known(params, {"amount", "final_capture", "invoice_id"})
        row = _found(self.authorizations, held_id)
        held = row["shown"]
        if held["status"] == "VOIDED":
            raise PayPalError("PREVIOUSLY_VOIDED")
        if held["status"] not in OPEN:
            raise PayPalError("AUTHORIZATION_ALREADY_CAPTURED")
        _check_amount(params["amount"])
        taken = sum((_value(c["shown"]) for c in self.captures.values() if c["order"] == row["order"]), ZERO)
        rest = _value(held) - taken
        if _amount(params["amount"]) > rest:
            raise PayPalError("MAX_CAPTURE_AMOUNT_EXCEEDED")
        self._invoice(params["invoice_id"])
        whole = _amount(params["amount"]) == rest
        created = self._capture(row["order"], params["amount"], params["invoice_id"], final=params["final_capture"])
        held["status"] = "CAPTURED" if whole else "PARTIALLY_CAPTURED"
        return deepcopy(created)

    def void_authorization(self, held_id: str, params: Json) -> Json:
        held = _found(self.authorizations, held_id)["shown"]
        if held["status"] == "VOIDED":
            raise PayPalError("PREVIOUSLY_VOIDED")
        of = self.authorizations[held_id]["order"]
        done = any(c["shown"]["final_capture"] for c in self.captures.values() if c["order"] == of)
        if done or held["status"] not in OPEN:
            raise PayPalError("CANNOT_BE_VOIDED")
        held["status"] = "VOIDED"
        self._tell("PAYMENT.AUTHORIZATION.VOIDED", held)
        return deepcopy(held)

    def refund_capture(self, capture_id: str, params: Json) -> Json:
        _known(params, {"amount", "custom_id", "invoice_id"})
        row = _found(self.captures, capture_id)
        taken = row["shown"]
        rest = _value(taken) - self._given(capture_id)
        if taken["status"] not in TAKEN:
            raise PayPalError("CAPTURE_STATUS_NOT_VALID")
        if not rest:
            raise PayPalError("CAPTURE_FULLY_REFUNDED")
        _check_amount(params["amount"])
        if _amount(params["amount"]) > rest:
            raise PayPalError("REFUND_AMOUNT_EXCEEDED")
        if params.get("invoice_id"):
            self._invoice(params["invoice_id"])
        refund = self._part("REF", row["order"], params["amount"], self.refund_status, params.get("invoice_id"))
        refund.pop("supplementary_data")
        refund["custom_id"] = params.get("custom_id")
        refund["links"] = [
            {"href": f"https://api.paypal.test/v2/payments/refunds/{refund['id']}", "rel": "self"},
            {"href": f"https://api.paypal.test/v2/payments/captures/{capture_id}", "rel": "up"},
        ]
        self.refunds[refund["id"]] = {"order": row["order"], "of": capture_id, "shown": refund}
        taken["status"] = "REFUNDED" if self._given(capture_id) == _value(taken) else "PARTIALLY_REFUNDED"
        self._tell("PAYMENT.CAPTURE.REFUNDED", refund)
        return deepcopy(refund)

    def get_capture(self, capture_id: str, params: Json) -> Json:
        return deepcopy(_found(self.captures, capture_id)["shown"])

    def get_refund(self, refund_id: str, params: Json) -> Json:
        return deepcopy(_found(self.refunds, refund_id)["shown"])

    def list_disputes(self, params: Json) -> Json:
        _known(params, {"disputed_transaction_id"})
        of = [d for d in self.disputes.values() if _disputed(d) == params["disputed_transaction_id"]]
        return {"items": [{key: entry[key] for key in entry if key in _LISTED} for entry in of]}

    def get_dispute(self, dispute_id: str, params: Json) -> Json:
        return deepcopy(_found(self.disputes, dispute_id))

    # --- what the customer, the bank and time do ----------------------------------------------------------------------

    def approve(self, order_id: str) -> Json:
        """The customer agrees at PayPal; no money is moved by it."""
        order = _found(self.orders, order_id)
        assert order["status"] in {"PAYER_ACTION_REQUIRED", "APPROVED"}, order["status"]
        order.update(status="APPROVED", update_time=self._now())
        self._tell("CHECKOUT.ORDER.APPROVED", order)
        return deepcopy(order)

    def forget(self, order_id: str) -> None:
        """Nobody approved it in time."""
        del self.orders[order_id]

    def finish(self, capture_id: str, *, paid: bool = True) -> None:
        """A capture that was under review comes through, or doesn't."""
        taken = self.captures[capture_id]["shown"]
        taken["status"] = "COMPLETED" if paid else "DECLINED"
        self._tell(f"PAYMENT.CAPTURE.{taken['status']}", taken)

    def lapse(self, held_id: str) -> None:
        """An authorisation is over after 29 days."""
        self.void_authorization(held_id, {})

    def refund_in_dashboard(self, capture_id: str, amount: str) -> Json:
        """Staff refund at PayPal, past the shop."""
        currency = self.captures[capture_id]["shown"]["amount"]["currency_code"]
        return self.refund_capture(capture_id, {"amount": {"currency_code": currency, "value": amount}})

    def finish_refund(self, refund_id: str, *, fail: bool = False) -> None:
        """A pending refund comes through, or doesn't."""
        row = self.refunds[refund_id]
        row["shown"]["status"] = "FAILED" if fail else "COMPLETED"
        taken = self.captures[row["of"]]["shown"]
        given = self._given(row["of"])
        taken["status"] = "PARTIALLY_REFUNDED" if given else "COMPLETED"
        if given == _value(taken):
            taken["status"] = "REFUNDED"
        self._tell("PAYMENT.REFUND.FAILED" if fail else "PAYMENT.CAPTURE.REFUNDED", row["shown"])

    def dispute(self, capture_id: str, amount: str, *, names_us: bool = True) -> Json:
        """The customer complains; nothing is taken yet."""
        row = self.captures[capture_id]
        money = {"currency_code": row["shown"]["amount"]["currency_code"], "value": amount}
        about = {"seller_transaction_id": capture_id}
        record: Json = {
            "dispute_id": f"PP-D-{self.next()}",
            "create_time": self._now(),
            "reason": "MERCHANDISE_OR_SERVICE_NOT_RECEIVED",
            "seller_response_due_date": "2027-01-10T12:00:00Z",
            "status": "OPEN",
            "dispute_amount": money,
            "disputed_transactions": [{**about, "custom": row["shown"]["custom_id"]} if names_us else about],
        }
        self.disputes[record["dispute_id"]] = record
        self._tell("CUSTOMER.DISPUTE.CREATED", record)
        return deepcopy(record)

    def close_dispute(self, dispute_id: str, *, won: bool) -> None:
        """PayPal decides."""
        result = self.disputes[dispute_id]
        outcome: Json = {"outcome_code": "RESOLVED_SELLER_FAVOUR" if won else "RESOLVED_BUYER_FAVOUR"}
        if not won:
            outcome["amount_refunded"] = result["dispute_amount"]
        result.update(status="RESOLVED", dispute_outcome=outcome)
        self._tell("CUSTOMER.DISPUTE.RESOLVED", result)

    def sums(self) -> dict[str, Sums]:
        """The sums of each reference of the shop; to be compared with the shop's ledger."""
        values: dict[str, Sums] = {}
        for order_id, order in self.orders.items():
            reference = order["purchase_units"][0]["custom_id"]
            before = values.get(reference, Sums())
            taken = {
                key: row["shown"]
                for key, row in self.captures.items()
                if row["order"] == order_id and row["shown"]["status"] in TAKEN
            }
            captured = sum((_value(entry) for entry in taken.values()), ZERO)
            closed = any(item["final_capture"] for item in taken.values())
            held = [row["shown"] for row in self.authorizations.values() if row["order"] == order_id]
            total = sum(
                (_value(element) - captured for element in held if element["status"] in OPEN and not closed), ZERO
            )
            lost = [d for d in self.disputes.values() if _disputed(d) in taken and "dispute_outcome" in d]
            outcomes = [d["dispute_outcome"].get("amount_refunded") for d in lost]
            values[reference] = Sums(
                payments=before.payments + 1,
                authorised=before.authorised + total,
                captured=before.captured + captured,
                refunded=before.refunded + sum((self._given(key, "COMPLETED") for key in taken), ZERO),
                disputed=before.disputed + sum((_amount(outcome) for outcome in outcomes if outcome), ZERO),
            )
        return values

    # --- inside -------------------------------------------------------------------------------------------------------

    def _approved(self, order_id: str, intent: str, done: str, params: Json) -> Json:
        _known(params, set())
        order = _found(self.orders, order_id)
        if order["intent"] != intent:
            raise PayPalError("ACTION_DOES_NOT_MATCH_INTENT")
        if order["status"] == "COMPLETED":
            raise PayPalError(done)
        if order["status"] != "APPROVED":
            raise PayPalError("ORDER_NOT_APPROVED")
        if self.instrument == "declined":
            order.update(status="PAYER_ACTION_REQUIRED", update_time=self._now())
            raise PayPalError("INSTRUMENT_DECLINED", "The instrument presented was either declined.")
        if self.instrument == "restricted":
            raise PayPalError("PAYEE_ACCOUNT_RESTRICTED", "The merchant account is restricted.")
        return order

    def _capture(self, order_id: str, amount: Json, invoice_id: str, *, final: bool) -> Json:
        status = "PENDING" if self.instrument == "review" else "COMPLETED"
        created = self._part("CAP", order_id, amount, status, invoice_id)
        created["final_capture"] = final
        self.captures[created["id"]] = {"order": order_id, "shown": created}
        self._tell(f"PAYMENT.CAPTURE.{status}", created)
        return created

    def _part(self, kind: str, order_id: str, amount: Json, status: str, invoice_id: str | None) -> Json:
        return {
            "id": f"{kind}{self.next()}",
            "status": status,
            "amount": dict(amount),
            "custom_id": self.orders[order_id]["purchase_units"][0]["custom_id"],
            "invoice_id": invoice_id,
            "supplementary_data": {"related_ids": {"order_id": order_id}},
            "create_time": self._now(),
        }

    def _given(self, capture_id: str, *statuses: str) -> Decimal:
        expected = statuses or ("COMPLETED", "PENDING")
        of = [row["shown"] for row in self.refunds.values() if row["of"] == capture_id]
        return sum((_value(entry) for entry in of if entry["status"] in expected), ZERO)

    def _invoice(self, invoice_id: str) -> None:
        if invoice_id in self.invoices:
            raise PayPalError("DUPLICATE_INVOICE_ID", "Duplicate Invoice ID detected.")
        self.invoices.add(invoice_id)

    def _tell(self, what: str, thing: Json) -> None:
        self.events.append(
            {
                "id": f"WH-{self.next()}",
                "event_version": "1.0",
                "create_time": self._now(),
                "event_type": what,
                "resource": deepcopy(thing),
            }
        )

    def _now(self) -> str:
        number = self.next()
        return f"2026-11-20T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z"


def _invalid(field: str) -> PayPalError:
    return PayPalError("INVALID_PARAMETER_VALUE", field, status=400, name="INVALID_REQUEST")


def _known(params: Mapping[str, Any], names: set[str]) -> None:
    for name in params:
        if name not in names:
            raise _invalid(name)


def _check_amount(amount: Json) -> None:
    _known(amount, {"currency_code", "value"})
    currency, value = amount["currency_code"], amount["value"]
    if currency not in CURRENCIES:
        raise PayPalError("CURRENCY_NOT_SUPPORTED")
    if not isinstance(value, str) or not re.fullmatch(r"\d+(\.\d+)?", value, re.ASCII) or not Decimal(value):
        raise _invalid("value")
    places = len(value.partition(".")[2])
    if currency in WHOLE and places:
        raise PayPalError("DECIMALS_NOT_SUPPORTED")
    if places not in (0, 2):
        raise PayPalError("DECIMAL_PRECISION")


def _amount(money: Json) -> Decimal:
    return Decimal(money["value"])


def _value(part: Json) -> Decimal:
    return _amount(part["amount"])


_LISTED = frozenset(
    {
        "dispute_id",
        "create_time",
        "reason",
        "status",
        "dispute_amount",
        "seller_response_due_date",
    }
)


def _disputed(dispute: Json) -> str:
    return str(dispute["disputed_transactions"][0]["seller_transaction_id"])


def _found(rows: dict[str, Json], key: str) -> Json:
    if key not in rows:
        raise not_found()
    return rows[key]

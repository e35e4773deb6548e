"""Razorpay's records, and its refusals: orders, payments, refunds, disputes, events. No HTTP here.

Written from Razorpay's documentation, stricter where that finds mistakes: parameters that it doesn't know are refused.
Amounts are Razorpay's smallest units.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from .loopback import Books, FakeError, Json, Route, Sums

LEAST = {"INR": 100}
THREE_DECIMAL = frozenset({"KWD", "BHD", "OMR"})
REASONS = {"payment_failed", "payment_cancelled", "insufficient_funds", "authentication_failed", "payment_timed_out"}


class RazorpayError(FakeError):
    """An answer with an error in it."""

    def __init__(
        self, description: str, *, status: int = 400, code: str = "BAD_REQUEST_ERROR", reason: str = "NA"
    ) -> None:
        error = {"code": code, "description": description, "source": "NA", "step": "NA", "reason": reason}
        super().__init__(status, {"error": error})


class RazorpayBooks(Books):
    """One Razorpay account."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: dict[str, Json] = {}
        self.payments: dict[str, Json] = {}
        self.refunds: dict[str, Json] = {}
        self.disputes: dict[str, Json] = {}
        self.kept: dict[str, tuple[str, Json]] = {}
        self.refund_status = "processed"
        self._automatic: dict[str, bool] = {}

    def routes(self) -> Sequence[Route]:
        return (
            ("POST", r"/v1/orders", self.create_order),
            ("GET", r"/v1/orders", self.list_orders),
            ("GET", r"/v1/orders/(order_\w+)", self.fetch_order),
            ("GET", r"/v1/orders/(order_\w+)/payments", self.list_payments),
            ("PATCH", r"/v1/payments/(pay_\w+)", self.edit_payment),
            ("POST", r"/v1/payments/(pay_\w+)/capture", self.capture_payment),
            ("POST", r"/v1/payments/(pay_\w+)/refund", self.create_refund),
            ("GET", r"/v1/payments/(pay_\w+)/refunds", self.list_refunds),
            ("GET", r"/v1/refunds/(rfnd_\w+)", self.fetch_refund),
            ("GET", r"/v1/disputes/?", self.list_disputes),
        )

    def refuse(self, status: int, message: str) -> FakeError:
        return RazorpayError(message, status=status, code="SERVER_ERROR" if status == 500 else "BAD_REQUEST_ERROR")

    # --- calls of the API ---------------------------------------------------------------------------------------------

    def create_order(self, params: Json) -> Json:
        _known(params, {"amount", "currency", "receipt", "notes", "payment", "partial_payment"})
        amount, currency = _amount(params), params.get("currency", "")
        _check_amount(amount, currency)
        how = params.get("payment", {"capture": "automatic"})
        _known(how, {"capture", "capture_options"})
        if how.get("capture") not in {"automatic", "manual"}:
            raise RazorpayError("The capture field is invalid.")
        options = how.get("capture_options", {})
        _known(options, {"automatic_expiry_period", "manual_expiry_period", "refund_speed"})
        if options and how["capture"] == "automatic" and not 12 <= options.get("automatic_expiry_period", 0) <= 7200:
            raise RazorpayError("The automatic expiry period field is required when capture is automatic.")
        if len(params.get("receipt") or "") > 40:
            raise RazorpayError("The receipt may not be greater than 40 characters.")
        number = self.next()
        order: Json = {
            "id": f"order_{number}",
            "entity": "order",
            "amount": amount,
            "amount_paid": 0,
            "amount_due": amount,
            "attempts": 0,
            "created_at": self._now(),
            "currency": currency,
            "notes": _notes(params),
            "receipt": params.get("receipt"),
            "status": "created",
        }
        self.orders[order["id"]] = order
        self._automatic[order["id"]] = how["capture"] == "automatic"
        return deepcopy(order)

    def list_orders(self, params: Json) -> Json:
        _known(params, {"receipt", "count", "skip", "from", "to"})
        expected = params.get("receipt")
        return _page([order for order in self.orders.values() if expected in (None, order["receipt"])], params)

    def fetch_order(self, order_id: str, params: Json) -> Json:
        _known(params, set())
        return deepcopy(self._order(order_id))

    def list_payments(self, order_id: str, params: Json) -> Json:
        _known(params, set())
        items = deepcopy(
            [payment for payment in self.payments.values() if payment["order_id"] == self._order(order_id)["id"]]
        )
        return {"entity": "collection", "count": len(items), "items": items[::-1]}

    def edit_payment(self, payment_id: str, params: Json) -> Json:
        _known(params, {"notes"})
        payment = self._payment(payment_id)
        payment["notes"] = _notes(params)
        return deepcopy(payment)

    def capture_payment(self, payment_id: str, params: Json) -> Json:
        _known(params, {"amount", "currency"})
        payment = self._payment(payment_id)
        if payment["captured"]:
            raise RazorpayError("This payment has already been captured")
        if payment["status"] != "authorized":
            raise RazorpayError("Only payments which have been authorized and not yet captured can be captured")
        if _amount(params) != payment["amount"] or params.get("currency", "INR") != payment["currency"]:
            raise RazorpayError("Capture amount must be equal to the amount authorized")
        self._capture(payment)
        return deepcopy(payment)

    def create_refund(self, payment_id: str, params: Json, key: str) -> Json:
        _known(params, {"amount", "speed", "notes", "receipt"})
        if key and not re.fullmatch(r"[A-Za-z0-9_-]{10,}", key, re.ASCII):
            raise RazorpayError("The idempotency key is invalid.")
        expected = json.dumps([payment_id, params], sort_keys=True)
        if key in self.kept:
            if self.kept[key][0] != expected:
                raise RazorpayError("Different request was sent with the same idempotency key")
            return deepcopy(self.kept[key][1])
        if params.get("speed", "normal") not in {"normal", "optimum"}:
            raise RazorpayError("The speed is invalid.")
        payment = self._payment(payment_id)
        if not payment["captured"]:
            raise RazorpayError("The payment status should be captured for action to be taken")
        rest = payment["amount"] - payment["amount_refunded"]
        if not rest:
            raise RazorpayError("The payment has been fully refunded already")
        amount = _amount(params) if "amount" in params else rest
        if amount > rest:
            raise RazorpayError("The total refund amount is greater than the refund payment amount")
        refund = self._refund(payment, amount, _notes(params), params.get("receipt"))
        if key:
            self.kept[key] = (expected, deepcopy(refund))
        return deepcopy(refund)

    def list_refunds(self, payment_id: str, params: Json) -> Json:
        _known(params, {"count", "skip", "from", "to"})
        return _page([refund for refund in self.refunds.values() if refund["payment_id"] == payment_id], params)

    def fetch_refund(self, refund_id: str, params: Json) -> Json:
        _known(params, set())
        return deepcopy(_found(self.refunds, refund_id))

    def list_disputes(self, params: Json) -> Json:
        _known(params, {"count", "skip", "from", "to"})
        since = int(params.get("from", 0))
        return _page([dispute for dispute in self.disputes.values() if dispute["created_at"] >= since], params)

    # --- what the customer, the bank and time do ----------------------------------------------------------------------

    def pay(self, order_id: str, *, fail: str = "", late: bool = False, amount: int = 0) -> Json:
        """The customer pays in Razorpay's checkout.

        Args:
            order_id: What.
            fail: Reason why it is declined.
            late: The bank doesn't answer yet: see :meth:`answer_late`.
            amount: Another one than the order's, as if Razorpay had been mistaken.
        """
        order = self._order(order_id)
        if order["status"] == "paid":
            raise RazorpayError("Order has already been paid")
        assert not fail or fail in REASONS, fail
        order.update(attempts=order["attempts"] + 1, status="attempted")
        payment: Json = {
            "id": f"pay_{self.next()}",
            "entity": "payment",
            "amount": amount or order["amount"],
            "amount_refunded": 0,
            "captured": False,
            "created_at": self._now(),
            "currency": order["currency"],
            "error_code": None,
            "error_description": None,
            "error_reason": None,
            "method": "upi",
            "notes": [],
            "order_id": order_id,
            "refund_status": None,
            "status": "created",
        }
        self.payments[payment["id"]] = payment
        if fail:
            payment.update(status="failed", error_code="BAD_REQUEST_ERROR", error_reason=fail)
            payment["error_description"] = "Payment processing failed."
            self._tell("payment.failed", payment=payment)
        elif not late:
            self._authorise(payment)
        return deepcopy(payment)

    def answer_late(self, payment_id: str) -> None:
        """The bank answers at last, perhaps after the attempt was told as failed."""
        self._authorise(self._payment(payment_id))

    def lapse(self, payment_id: str) -> None:
        """It wasn't captured in time, and goes back to the customer."""
        payment = self._payment(payment_id)
        assert payment["status"] == "authorized"
        refund = self._refund(payment, payment["amount"], [], None)
        self._tell("refund.processed", refund=refund, payment=payment)

    def refund_in_dashboard(self, payment_id: str, amount: int) -> Json:
        """Staff refund in Razorpay's dashboard, past the shop."""
        return self.create_refund(payment_id, {"amount": amount}, "")

    def finish_refund(self, refund_id: str, *, fail: bool = False) -> None:
        """A refund that was pending reaches the customer's bank, or comes back from it."""
        refund = self.refunds[refund_id]
        payment = self._payment(refund["payment_id"])
        refund["status"] = "failed" if fail else "processed"
        if fail:
            payment["amount_refunded"] -= refund["amount"]
            payment.update(status="captured", refund_status="partial" if payment["amount_refunded"] else None)
        self._tell(f"refund.{refund['status']}", refund=refund, payment=payment)

    def dispute(self, payment_id: str, amount: int) -> Json:
        """The customer's bank asks; nothing is taken yet."""
        payment = self._payment(payment_id)
        record: Json = {
            "id": f"disp_{self.next()}",
            "entity": "dispute",
            "amount": amount,
            "amount_deducted": 0,
            "created_at": self._now(),
            "currency": payment["currency"],
            "payment_id": payment_id,
            "phase": "chargeback",
            "reason_code": "goods_or_services_not_received",
            "respond_by": self._now() + 7 * 86_400,
            "status": "open",
        }
        self.disputes[record["id"]] = record
        self._tell("payment.dispute.created", payment=payment, dispute=record)
        return deepcopy(record)

    def close_dispute(self, dispute_id: str, *, won: bool) -> None:
        """The bank decides."""
        result = self.disputes[dispute_id]
        result.update(status="won" if won else "lost", amount_deducted=0 if won else result["amount"])
        self._tell(f"payment.dispute.{result['status']}", payment=self._payment(result["payment_id"]), dispute=result)

    def sums(self) -> dict[str, Sums]:
        """The sums of each reference of the shop; to be compared with the shop's ledger."""
        values: dict[str, Sums] = {}
        for order in self.orders.values():
            before = values.get(order["receipt"], Sums())
            payments = [payment for payment in self.payments.values() if payment["order_id"] == order["id"]]
            taken = [entry for entry in payments if entry["captured"]]
            ids = {item["id"] for item in taken}
            values[order["receipt"]] = Sums(
                payments=before.payments + 1,
                authorised=before.authorised + sum(p["amount"] for p in payments if p["status"] == "authorized"),
                captured=before.captured + sum(p["amount"] for p in taken),
                refunded=before.refunded + sum(p["amount_refunded"] for p in taken),
                disputed=before.disputed
                + sum(d["amount_deducted"] for d in self.disputes.values() if d["payment_id"] in ids),
            )
        return values

    # --- inside -------------------------------------------------------------------------------------------------------

    def _authorise(self, payment: Json) -> None:
        payment.update(status="authorized", error_code=None, error_description=None, error_reason=None)
        self._tell("payment.authorized", payment=payment)
        if self._automatic[payment["order_id"]]:
            self._capture(payment)

    def _capture(self, payment: Json) -> None:
        order = self._order(payment["order_id"])
        if order["status"] == "paid":
            raise RazorpayError("Order has already been paid")
        payment.update(status="captured", captured=True)
        order.update(status="paid", amount_paid=order["amount"], amount_due=0)
        self._tell("payment.captured", payment=payment)
        self._tell("order.paid", payment=payment, order=order)

    def _refund(self, payment: Json, amount: int, notes: Any, receipt: str | None) -> Json:
        refund: Json = {
            "id": f"rfnd_{self.next()}",
            "entity": "refund",
            "amount": amount,
            "created_at": self._now(),
            "currency": payment["currency"],
            "notes": notes,
            "payment_id": payment["id"],
            "receipt": receipt,
            "speed_processed": "normal",
            "status": self.refund_status,
        }
        self.refunds[refund["id"]] = refund
        payment["amount_refunded"] += amount
        whole = payment["amount_refunded"] == payment["amount"]
        payment.update(refund_status="full" if whole else "partial", status="refunded" if whole else payment["status"])
        self._tell("refund.created", refund=refund, payment=payment)
        return refund

    def _order(self, order_id: str) -> Json:
        return _found(self.orders, order_id)

    def _payment(self, payment_id: str) -> Json:
        return _found(self.payments, payment_id)

    def _tell(self, what: str, **things: Json) -> None:
        payload = {name: {"entity": deepcopy(thing)} for name, thing in things.items()}
        self.events.append(
            {
                "entity": "event",
                "account_id": "acc_fake",
                "event": what,
                "contains": list(things),
                "created_at": self._now(),
                "payload": payload,
            }
        )

    def _now(self) -> int:
        return int(time.time())


def _known(params: Mapping[str, Any], names: set[str]) -> None:
    for name in params:
        if name not in names:
            raise RazorpayError(f"{name} is/are not required and should not be sent", reason="input_validation_failed")


def _amount(params: Json) -> int:
    amount = params.get("amount")
    if type(amount) is not int or amount < 1:
        raise RazorpayError("The amount must be an integer.", reason="input_validation_failed")
    return amount


def _check_amount(amount: int, currency: str) -> None:
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise RazorpayError("Currency is not supported", reason="input_validation_failed")
    if currency in THREE_DECIMAL and amount % 10:
        raise RazorpayError("The last digit of the amount must be 0.", reason="input_validation_failed")
    if amount < LEAST.get(currency, 1):
        raise RazorpayError("Order amount less than minimum amount allowed", reason="input_validation_failed")


def _notes(params: Json) -> Any:
    given = params.get("notes") or {}
    if len(given) > 15 or any(len(key) > 256 or len(value) > 256 for key, value in given.items()):
        raise RazorpayError("Notes: 15 of them, of 256 characters.")
    return dict(given) or []


def _found(rows: dict[str, Json], key: str) -> Json:
    if key not in rows:
        raise RazorpayError("The id provided does not exist")
    return rows[key]


def _page(rows: list[Json], params: Json) -> Json:
    count, skip = int(params.get("count", 10)), int(params.get("skip", 0))
    if not 1 <= count <= 100:
        raise RazorpayError("The count may not be greater than 100.")
    items = deepcopy(rows[::-1][skip : skip + count])
    return {"entity": "collection", "count": len(items), "items": items}

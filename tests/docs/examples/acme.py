"""A gateway of a provider with a payment page of its own."""

from __future__ import annotations

from typing import Any

import requests

from tradepost.payments.interface import (
    Capabilities,
    Entry,
    EntryKind,
    Gateway,
    NextAction,
    OutcomeUnknown,
    PaymentRef,
    Price,
    Rejected,
    Result,
    StartRequest,
    Status,
)

STATUSES = {
    "open": Status.REQUIRES_ACTION,
    "paid": Status.CAPTURED,
    "refused": Status.FAILED,
}


class AcmeGateway(Gateway):
    """Sends the customer to Acme's page, and asks Acme when they come back."""

    code = "acme"
    capabilities = Capabilities(currencies=frozenset({"EUR", "USD"}))

    def __init__(
        self, *, secret_key: str, base_url: str = "https://api.acme.example"
    ) -> None:
        self.secret_key, self.base_url = secret_key, base_url

    def start(self, request: StartRequest) -> Result:
        """Make a payment at Acme; the same key gives the same one."""
        body = {
            "reference": request.reference,
            "amount": request.price.minor(),  # exactly, or Rejected
            "currency": request.price.currency,
            "return_url": request.return_url,
        }
        return self._result(self._call("POST", "/payments", json=body, key=request.key))

    def fetch(self, payment: PaymentRef) -> Result:
        """Acme's record of the payment now."""
        return self._result(self._call("GET", f"/payments/{payment.provider_ref}"))

    def _call(
        self, method: str, path: str, *, json: Any = None, key: str = ""
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.secret_key}"}
        if key:
            headers["Idempotency-Key"] = key
        try:
            url = f"{self.base_url}{path}"
            answer = requests.request(
                method, url, json=json, headers=headers, timeout=10
            )
            body: dict[str, Any] = answer.json()
        except (requests.RequestException, ValueError) as error:
            # it may have arrived all the same
            raise OutcomeUnknown(str(error)) from error
        if answer.status_code >= 500 or answer.status_code == 429:
            raise OutcomeUnknown(f"Acme answered {answer.status_code}.")
        if answer.status_code >= 400:
            raise Rejected(body.get("code", "refused"))  # certainly nothing happened
        return body

    def _result(self, answer: dict[str, Any]) -> Result:
        price = Price.from_minor(answer["amount"], answer["currency"])
        paid = Entry(
            kind=EntryKind.CAPTURE,
            provider_ref=answer["charge"] or "",
            amount=price.amount,
            currency=price.currency,
        )
        page = NextAction(kind="redirect", url=answer["page"])
        return Result(
            status=STATUSES.get(answer["status"], Status.PENDING),
            provider_ref=answer["id"],
            reference=answer["reference"],
            amount=price.amount,
            currency=price.currency,
            entries=[paid] if answer["charge"] else [],  # money is booked from these
            next_action=page if answer["status"] == "open" else None,
            error_code="declined" if answer["status"] == "refused" else "",
        )

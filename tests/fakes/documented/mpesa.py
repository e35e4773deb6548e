"""M-Pesa by Daraja's pages "M-Pesa Express" and "M-Pesa Express Query", and by its list of errors.

What those pages say, and the older fake didn't: the messages beside a code are for people and change; a query may say for ever
that it is still processing; one code stands for several things.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.fakes.loopback import Books, Call, FakeError, Json, LoopbackServer, Route, Sums

__all__ = ["DocumentedMpesa"]


class _Books(Books):
    """One shortcode.

    Attributes:
        unfinished: What a query says while nothing is known: an error (500) with this message, or a result with this code.
        busy: What a push is answered with while the phone is asked for something else.
    """

    def __init__(self) -> None:
        super().__init__()
        self.pushes: dict[str, Json] = {}
        self.unfinished = "The transaction is being processed"
        self.busy = ""

    def routes(self) -> Sequence[Route]:
        return (
            (
                "GET",
                "/oauth/v1/generate",
                lambda params: {"access_token": "c9SQxWWhmdVRlyh0zh8g", "expires_in": "3599"},
            ),
            ("POST", "/mpesa/stkpush/v1/processrequest", self.push),
            ("POST", "/mpesa/stkpushquery/v1/query", self.query),
        )

    def refuse(self, status: int, message: str) -> FakeError:
        event = {"requestId": "16813-1590513-1", "errorCode": "500.001.1001", "errorMessage": message}
        return FakeError(status, event)

    def push(self, params: Json) -> Json:
        if self.busy:
            raise self.refuse(500, self.busy)
        checkout = f"ws_CO_19122026102036{self.next()}"
        self.pushes[checkout] = {"to": params["CallBackURL"], "amount": params["Amount"], "code": ""}
        return {
            "MerchantRequestID": "29115-34620561-1",
            "CheckoutRequestID": checkout,
            "ResponseCode": "0",
            "ResponseDescription": "Success. Request accepted for processing",
            "CustomerMessage": "Success. Request accepted for processing",
        }

    def query(self, params: Json) -> Json:
        code = self.pushes[params["CheckoutRequestID"]]["code"] or self.unfinished
        if not code.isdigit():
            raise self.refuse(500, code)
        return {
            "ResponseCode": "0",
            "ResponseDescription": "The service request has been accepted successfully",
            "CheckoutRequestID": params["CheckoutRequestID"],
            "ResultCode": code,
            "ResultDesc": "The transaction is still under processing" if code == "4999" else "",
        }

    def pay(self, checkout: str) -> Json:
        """The customer enters the PIN; the body of the callback."""
        push = self.pushes[checkout]
        push["code"] = "0"
        items = [{"Name": "Amount", "Value": push["amount"]}, {"Name": "MpesaReceiptNumber", "Value": "NLJ7RT61SV"}]
        event = {
            "MerchantRequestID": "29115-34620561-1",
            "CheckoutRequestID": checkout,
            "ResultCode": 0,
            "ResultDesc": "",
        }
        return {"Body": {"stkCallback": {**event, "CallbackMetadata": {"Item": items}}}}

    def sums(self) -> dict[str, Sums]:
        return {}


class DocumentedMpesa(LoopbackServer[_Books]):
    """The shortcode behind a port."""

    def __init__(self) -> None:
        super().__init__(_Books())

    def admit(self, call: Call) -> None:
        """Any token is good here."""

    def signed(self, event: Any) -> tuple[bytes, dict[str, str]]:
        raise NotImplementedError("The test delivers by itself.")

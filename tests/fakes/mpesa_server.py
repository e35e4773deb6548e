"""A strict fake of Safaricom's Daraja API: tokens, pushes that know no key, one callback each, nothing signed.

Amounts are whole shillings. ::

    with MpesaServer() as mpesa:
        gateway = MpesaGateway(base_url=mpesa.url, **mpesa.books.options())
        …
        mpesa.books.pay(checkout)                   # what the customer does on the phone
        mpesa.deliver(take)                         # take(body, query): the query of the address that the shop gave
        assert mpesa.books.sums() == {…}
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .loopback import Books, Call, FakeError, Json, LoopbackServer, Route, Sums, basic

PUSH = {
    "BusinessShortCode",
    "Password",
    "Timestamp",
    "TransactionType",
    "Amount",
    "PartyA",
    "PartyB",
    "PhoneNumber",
    "CallBackURL",
    "AccountReference",
    "TransactionDesc",
}
QUERY = {"BusinessShortCode", "Password", "Timestamp", "CheckoutRequestID"}


class MpesaBooks(Books):
    """One paybill number.

    Attributes:
        pushes: By CheckoutRequestID.
        tokens: Those that are let in; clear it, and they have run out.
        locked: Phones that are asked for something else.
    """

    def __init__(self) -> None:
        super().__init__()
        self.key, self.secret = "consumer-key-fake", "consumer-secret-fake"
        self.shortcode, self.passkey = "174379", "passkey-fake"
        self.pushes: dict[str, Json] = {}
        self.tokens: set[str] = set()
        self.locked: set[str] = set()

    def options(self) -> Json:
        """The options of a gateway."""
        return {
            "consumer_key": self.key,
            "consumer_secret": self.secret,
            "shortcode": self.shortcode,
            "passkey": self.passkey,
            "callback_url": "https://shop.example/api/v1/webhooks/mobile/",
            "webhook_secrets": ["a-secret-of-the-shop"],
        }

    def routes(self) -> Sequence[Route]:
        return (
            ("GET", "/oauth/v1/generate", self.generate),
            ("POST", "/mpesa/stkpush/v1/processrequest", self.push),
            ("POST", "/mpesa/stkpushquery/v1/query", self.query),
        )

    def refuse(self, status: int, message: str, code: str = "500.003.02") -> FakeError:
        return FakeError(status, {"requestId": "1-2", "errorCode": code, "errorMessage": message})

    # --- calls of the API ---------------------------------------------------------------------------------------------

    def generate(self, params: Json) -> Json:
        if params != {"grant_type": "client_credentials"}:
            raise self.refuse(400, "Invalid grant type passed", "400.008.02")
        token = f"token-{self.next()}"
        self.tokens.add(token)
        return {"access_token": token, "expires_in": "3599"}

    def push(self, params: Json) -> Json:
        self._check(params, PUSH)
        phone = str(params["PhoneNumber"])
        rules = {
            "TransactionType": params["TransactionType"] in {"CustomerPayBillOnline", "CustomerBuyGoodsOnline"},
            "Amount": isinstance(params["Amount"], int) and 1 <= params["Amount"] <= 250_000,
            "PhoneNumber": re.fullmatch(r"254[17]\d{8}", phone) and params["PartyA"] == params["PhoneNumber"],
            "CallBackURL": str(params["CallBackURL"]).startswith("https://"),
            "AccountReference": 1 <= len(params["AccountReference"]) <= 12,
            "TransactionDesc": 1 <= len(params["TransactionDesc"]) <= 13,
        }
        for name, good in rules.items():
            if not good:
                raise self.refuse(400, f"Bad Request - Invalid {name}", "400.002.02")
        if phone in self.locked:
            message = "Unable to lock subscriber, a transaction is already in process for the current subscriber"
            raise self.refuse(500, message, "500.001.1001")
        checkout = f"ws_CO_{self.next()}"
        self.pushes[checkout] = {**params, "code": ""}
        return {
            "MerchantRequestID": f"m-{checkout}",
            "CheckoutRequestID": checkout,
            "ResponseCode": "0",
            "ResponseDescription": "Success. Request accepted for processing",
            "CustomerMessage": "Success. Request accepted for processing",
        }

    def query(self, params: Json) -> Json:
        self._check(params, QUERY)
        result = self.pushes.get(params["CheckoutRequestID"])
        if result is None:
            raise self.refuse(400, "Bad Request - Invalid CheckoutRequestID", "400.002.02")
        if not result["code"]:
            raise self.refuse(500, "The transaction is being processed", "500.001.1001")
        return {
            "ResponseCode": "0",
            "ResponseDescription": "The service request has been accepted successsfully",
            "MerchantRequestID": f"m-{params['CheckoutRequestID']}",
            "CheckoutRequestID": params["CheckoutRequestID"],
            "ResultCode": result["code"],
            "ResultDesc": f"Result {result['code']}",
        }

    # --- what the customer does ---------------------------------------------------------------------------------------

    def pay(self, checkout: str, *, stated: int | None = None) -> None:
        """The customer enters the PIN; ``stated`` is another amount in the callback."""
        result = self._end(checkout, "0")
        items = [
            {"Name": "MpesaReceiptNumber", "Value": f"NLJ{checkout[6:]}"},
            {"Name": "Balance"},
            {"Name": "Amount", "Value": float(stated or result["Amount"])},
            {"Name": "PhoneNumber", "Value": int(result["PhoneNumber"])},
        ]
        self._tell(checkout, {"ResultCode": 0, "ResultDesc": "Processed.", "CallbackMetadata": {"Item": items}})

    def end(self, checkout: str, code: int = 1032) -> None:
        """The customer cancels, or anything else goes wrong."""
        self._end(checkout, str(code))
        self._tell(checkout, {"ResultCode": code, "ResultDesc": f"Result {code}"})

    def sums(self) -> dict[str, Sums]:
        values: dict[str, Sums] = {}
        for push in self.pushes.values():
            reference = _query(push["CallBackURL"])["reference"]
            before = values.get(reference, Sums())
            taken = push["Amount"] if push["code"] == "0" else 0
            values[reference] = Sums(payments=before.payments + 1, captured=before.captured + taken)
        return values

    # --- inside -------------------------------------------------------------------------------------------------------

    def _check(self, params: Json, allowed: set[str]) -> None:
        if wrong := set(params) ^ allowed:
            raise self.refuse(400, f"Bad Request - Invalid {', '.join(sorted(wrong))}", "400.002.02")
        stamp = str(params["Timestamp"])
        password = b64decode(params["Password"]).decode()
        if not re.fullmatch(r"20\d{12}", stamp) or password != f"{self.shortcode}{self.passkey}{stamp}":
            raise self.refuse(500, "[MerchantValidate] - Wrong credentials", "500.001.1001")

    def _end(self, checkout: str, code: str) -> Json:
        result = self.pushes[checkout]
        assert not result["code"], result["code"]
        result["code"] = code
        return result

    def _tell(self, checkout: str, facts: Json) -> None:
        event = {"MerchantRequestID": f"m-{checkout}", "CheckoutRequestID": checkout, **facts}
        self.events.append({"to": self.pushes[checkout]["CallBackURL"], "body": {"Body": {"stkCallback": event}}})


class MpesaServer(LoopbackServer[MpesaBooks]):
    """The books behind a port."""

    def __init__(self) -> None:
        super().__init__(MpesaBooks())

    def admit(self, call: Call) -> None:
        given, books = call.headers.get("authorization", ""), self.books
        if call.path == "/oauth/v1/generate":
            if given != basic(books.key, books.secret):
                raise books.refuse(400, "Invalid Authentication passed", "400.008.01")
        elif given.removeprefix("Bearer ") not in books.tokens:
            raise books.refuse(404, "Invalid Access Token", "404.001.03")

    def signed(self, event: Any) -> tuple[bytes, dict[str, str]]:
        """The body, and the query of the address that it goes to: there are no headers that prove anything."""
        return json.dumps(event["body"]).encode(), _query(event["to"])


def _query(url: str) -> dict[str, str]:
    result: Mapping[str, str] = dict(parse_qsl(urlsplit(url).query))
    return dict(result)

"""A strict fake of a tax service: it estimates baskets, books sales and refunds once for each reference, and calls sales off.

Amounts are texts with the decimals of their currency, on the wire and in the books. ::

    with TaxServer() as service:
        engine = TaxService(api_key=service.books.api_key, base_url=service.url)
        …
        assert service.booked() == {reference: Decimal("1.78")}
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .loopback import Books, Call, FakeError, Json, LoopbackServer, Route

DOCUMENT = {"currency", "includes_tax", "date", "exempt", "tax_id", "to", "lines"}
PLACES = {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3}


class TaxBooks(Books):
    """One account of the service.

    Attributes:
        rates: Name and rate of each tax, by country and region; goods of the code ``exempt`` have none.
        nonsense: Set to answer estimates with amounts that can't be right.
        names: Of whom tax ids are, by the id; a register of its own, which needs no key.
    """

    def __init__(self) -> None:
        super().__init__()
        self.api_key = "tax_key"
        self.rates: dict[tuple[str, str], list[tuple[str, str]]] = {
            ("US", "NY"): [("New York State", "0.04"), ("New York City", "0.04875")],
            ("US", "OR"): [],
            ("DE", ""): [("USt", "0.19")],
        }
        self.sales: dict[str, Json] = {}
        self.refunds: dict[str, Json] = {}
        self.voided: set[str] = set()
        self.nonsense = False
        self.names = {"DE136695976": "Analytical Engines"}

    def routes(self) -> Sequence[Route]:
        return (
            ("POST", "/v1/estimates", self.estimate),
            ("PUT", "/v1/sales/([^/]+)", self.sell),
            ("POST", "/v1/sales/([^/]+)/void", self.void),
            ("PUT", "/v1/refunds/([^/]+)", self.refund),
            ("GET", "/ids", self.look_up),
        )

    def refuse(self, status: int, message: str) -> FakeError:
        return FakeError(status, {"error": message})

    # --- calls of the API ---------------------------------------------------------------------------------------------

    def estimate(self, params: Json) -> Json:
        self._known(params, DOCUMENT)
        rates = self.rates.get((params["to"]["country"], params["to"]["region"]))
        if rates is None:
            raise self.refuse(422, "No such place.")
        return {"lines": [self._taxed(line, params, [] if params["exempt"] else rates) for line in params["lines"]]}

    def sell(self, reference: str, params: Json) -> Json:
        self._known(params, DOCUMENT | {"number"})
        if self.sales.setdefault(reference, params) != params:
            raise self.refuse(409, "This reference has another sale.")
        return {"status": "voided" if reference in self.voided else "booked"}

    def void(self, reference: str, params: Json) -> Json:
        if reference not in self.sales:
            raise self.refuse(404, "No such sale.")
        if any(refund["sale"] == reference for refund in self.refunds.values()):
            raise self.refuse(409, "Part of this sale was refunded.")
        self.voided.add(reference)
        return {"status": "voided"}

    def refund(self, reference: str, params: Json) -> Json:
        self._known(params, DOCUMENT | {"number", "sale"})
        if params["sale"] not in self.sales or params["sale"] in self.voided:
            raise self.refuse(409, "There is no such sale to be refunded.")
        if self.refunds.setdefault(reference, params) != params:
            raise self.refuse(409, "This reference has another refund.")
        return {"status": "booked"}

    def look_up(self, params: Json) -> Json:
        if params.keys() != {"country", "id"}:
            raise self.refuse(400, "A country and an id are wanted.")
        return {
            "valid": params["id"] in self.names,
            "reference": f"R{self.next()}",
            "name": self.names.get(params["id"], ""),
        }

    # --- what tests ask -----------------------------------------------------------------------------------------------

    def booked(self) -> dict[str, Decimal]:
        """Tax by reference; refunds below zero, nothing for what was called off."""
        sales = {key: _tax(sale) for key, sale in self.sales.items() if key not in self.voided}
        return {**sales, **{key: -_tax(refund) for key, refund in self.refunds.items()}}

    def _known(self, params: Json, keys: set[str]) -> None:
        if params.keys() != keys:
            raise self.refuse(400, f"Unknown or missing: {sorted(params.keys() ^ keys)}")
        for line in params["lines"]:
            for name in ("amount", "net", "tax"):
                if name in line and -Decimal(line[name]).as_tuple().exponent != PLACES[params["currency"]]:
                    raise self.refuse(400, f"{line[name]} isn't an amount in {params['currency']}.")

    def _taxed(self, line: Json, params: Json, rates: list[tuple[str, str]]) -> Json:
        step = Decimal(1).scaleb(-PLACES[params["currency"]])
        amount = Decimal(line["amount"])
        rates = [] if line["code"] == "exempt" else rates
        whole = sum((Decimal(rate) for _name, rate in rates), Decimal(0))
        net = amount
        if params["includes_tax"]:
            net = (amount / (1 + whole)).quantize(step, ROUND_HALF_UP)
        taxes = [(net * Decimal(rate)).quantize(step, ROUND_HALF_UP) for _name, rate in rates]
        if params["includes_tax"] and taxes:
            taxes[-1] = amount - net - sum(taxes[:-1])
        if self.nonsense:
            net += step
        return {
            "id": line["id"],
            "net": str(net),
            "taxes": [
                {"name": name, "rate": rate, "amount": str(tax)} for (name, rate), tax in zip(rates, taxes, strict=True)
            ],
        }


class TaxServer(LoopbackServer[TaxBooks]):
    """The service behind a port."""

    def __init__(self) -> None:
        super().__init__(TaxBooks())

    def admit(self, call: Call) -> None:
        if call.path != "/ids" and call.headers.get("authorization") != f"Bearer {self.books.api_key}":
            raise self.books.refuse(401, "The key is wrong.")

    def signed(self, event: Any) -> tuple[bytes, dict[str, str]]:
        raise NotImplementedError("It tells nothing by itself.")


def _tax(document: Json) -> Decimal:
    return sum((Decimal(line["tax"]) for line in document["lines"]), Decimal(0))

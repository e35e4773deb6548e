"""A carrier on the loopback interface: two services, priced by the kilogram; strict about what it is asked."""

from __future__ import annotations

from collections.abc import Sequence

from .loopback import Books, Call, FakeError, Json, LoopbackServer, Route

KEY = "swift-key"


class SwiftBooks(Books):
    """``economy`` is 4.00 a parcel and 1.00 for each kilogram begun; ``express`` twice that, at home only."""

    def routes(self) -> Sequence[Route]:
        """One."""
        return [("POST", "/rates", self.rates)]

    def refuse(self, status: int, message: str) -> FakeError:
        """In its own words."""
        return FakeError(status, {"error": message})

    def rates(self, asked: Json) -> Json:
        """The rates of its services."""
        if asked.keys() != {"to", "currency", "parcels"} or asked["to"].keys() != {"country", "postcode"}:
            raise self.refuse(400, "to, currency, parcels")
        country, parcels = asked["to"]["country"], asked["parcels"]
        if not (isinstance(country, str) and len(country) == 2 and country.isupper()):
            raise self.refuse(400, "country")
        if not parcels or any(parcel.keys() != {"grams", "mm3"} for parcel in parcels):
            raise self.refuse(400, "parcels")
        if asked["currency"] != "EUR":
            return {"rates": []}
        cents = sum(400 + 100 * -(-parcel["grams"] // 1000) for parcel in parcels)
        services = [("economy", cents, [2, 4])]
        if country == "DE":
            services.append(("express", 2 * cents, [1, 1]))
        return {
            "rates": [
                {"service": name, "price": f"{units // 100}.{units % 100:02}", "currency": "EUR", "days": days}
                for name, units, days in services
            ]
        }

    def sums(self) -> dict[str, object]:  # type: ignore[override]
        """It takes no money."""
        return {}


class SwiftServer(LoopbackServer[SwiftBooks]):
    """Its books, behind a key."""

    def __init__(self) -> None:
        super().__init__(SwiftBooks())

    def admit(self, call: Call) -> None:
        """By a header."""
        if call.headers.get("x-key") != KEY:
            raise self.books.refuse(401, "key")

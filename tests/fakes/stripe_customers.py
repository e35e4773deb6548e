"""Customers of Stripe's, and the payment methods that it keeps for them."""

from __future__ import annotations

from copy import deepcopy

from .loopback import Json

CARD = {"brand": "visa", "last4": "4242", "exp_month": 8, "exp_year": 2030, "fingerprint": "FpOfTheVisaCard"}
# What a card that asks for a second proof is known by.
ASKING_CARD = {**CARD, "last4": "3184", "fingerprint": "FpOfTheAskingCard"}


class Wallets:
    """Customers with their methods. A method that was detached is never attached again."""

    def __init__(self) -> None:
        self.customers: dict[str, Json] = {}
        self.methods: dict[str, Json] = {}
        self.behaviour: dict[str, str] = {}  # by method: the test card that it was made of

    def add_customer(self, number: int, metadata: Json) -> Json:
        """A new customer."""
        record = {"id": f"cus_{number}", "object": "customer", "email": None, "livemode": False, "metadata": metadata}
        self.customers[str(record["id"])] = record
        return deepcopy(record)

    def keep(self, number: int, customer: str, test_card: str) -> str:
        """Attach what was paid with; its id."""
        card = ASKING_CARD if test_card == "pm_card_authenticationRequired" else CARD
        record = {"id": f"pm_{number}", "object": "payment_method", "type": "card", "customer": customer}
        self.methods[str(record["id"])] = {**record, "card": dict(card), "livemode": False, "metadata": {}}
        self.behaviour[str(record["id"])] = test_card
        return str(record["id"])

    def shown(self, method: str) -> Json:
        """A method as an expanded field; of a test card that isn't kept, what is known."""
        unkept = {"id": method, "object": "payment_method", "type": "card", "customer": None, "card": dict(CARD)}
        return deepcopy(self.methods.get(method, unkept))

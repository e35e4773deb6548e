"""The project's models of orders: add fields, constraints and behaviour to them."""

from __future__ import annotations

from django.db import models

from tradepost.core.actors import Actor
from tradepost.core.fsm import transition
from tradepost.orders import base
from tradepost.orders.states import Allows, End, guards


class Order(base.AbstractOrder):
    gift_message = models.CharField(max_length=200, blank=True)

    @transition(
        field="status",
        source="confirmed",
        target="checked",
        conditions=[guards.no_hold],
        custom={
            "actors": {Actor.STAFF},
            "label": "Checked by two people",
            "verb": "Check",
            "allows": Allows(can_ship=True, can_cancel_units=True, can_cancel=True, can_complete=True),
        },
    )
    def check_twice(self) -> None:
        """Two people have looked at it."""

    @transition(
        field="status",
        source="checked",
        target="processing",
        custom={"actors": {Actor.STAFF, Actor.SYSTEM}, "verb": "Start processing"},
    )
    def process_checked(self) -> None:
        """It goes on as any order."""

    @transition(
        field="status",
        source="pending",
        target="quoted",
        custom={
            "actors": {Actor.STAFF},
            "label": "Quoted",
            "verb": "Quote",
            "allows": Allows(awaits_payment=True, can_cancel=True),
        },
    )
    def quote(self) -> None:
        """Its price was sent to the customer, who has still to pay."""

    @transition(
        field="status",
        source=["confirmed", "checked"],
        target="rejected",
        conditions=[guards.nothing_shipped],
        custom={"actors": {Actor.STAFF}, "label": "Rejected", "verb": "Reject", "allows": Allows(end=End.CANCELLED)},
    )
    def reject(self) -> None:
        """We don't sell to this customer: all is given back, as of any order that is called off."""


class OrderLine(base.AbstractOrderLine):
    pass


class OrderCharge(base.AbstractOrderCharge):
    pass


class OrderAdjustment(base.AbstractOrderAdjustment):
    pass


class OrderTax(base.AbstractOrderTax):
    pass


class OrderEvent(base.AbstractOrderEvent):
    pass


class Credit(base.AbstractCredit):
    pass


class CreditLine(base.AbstractCreditLine):
    pass

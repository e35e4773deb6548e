"""The project's models of orders: add fields, constraints and behaviour to them."""

from __future__ import annotations

from django.db import models

from tradepost.core.actors import Actor
from tradepost.core.fsm import transition
from tradepost.orders import base, guards


class Order(base.AbstractOrder):
    gift_message = models.CharField(max_length=200, blank=True)

    @transition(
        field="status",
        source="confirmed",
        target="checked",
        conditions=[guards.no_hold],
        custom={"actors": {Actor.STAFF}, "label": "Checked by two people", "verb": "Check"},
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

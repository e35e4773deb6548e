"""Models of orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradepost.core.extending.late_models import replaced, stock

from . import base

if TYPE_CHECKING or stock(__name__):

    class Order(base.AbstractOrder): ...

    class OrderLine(base.AbstractOrderLine): ...

    class OrderCharge(base.AbstractOrderCharge): ...

    class OrderAdjustment(base.AbstractOrderAdjustment): ...

    class OrderTax(base.AbstractOrderTax): ...

    class OrderEvent(base.AbstractOrderEvent): ...

    class Credit(base.AbstractCredit): ...

    class CreditLine(base.AbstractCreditLine): ...

else:
    __getattr__ = replaced(__name__)

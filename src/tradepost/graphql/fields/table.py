"""All fields of the library."""

from __future__ import annotations

from .account import ACCOUNT
from .goods import GOODS
from .orders import ORDERS
from .purchase import PURCHASE
from .staff import STAFF

__all__ = ["FIELDS"]

FIELDS = (*GOODS, *PURCHASE, *ORDERS, *ACCOUNT, *STAFF)

"""Models of checkout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradepost.core.extending.late_models import replaced, stock

from . import base

if TYPE_CHECKING or stock(__name__):

    class Checkout(base.AbstractCheckout): ...

    class Draft(base.AbstractDraft): ...

else:
    __getattr__ = replaced(__name__)

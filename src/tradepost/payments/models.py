"""Models of payments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradepost.core.extending.late_models import replaced, stock

from . import base

if TYPE_CHECKING or stock(__name__):

    class Payment(base.AbstractPayment): ...

    class Transaction(base.AbstractTransaction): ...

    class WebhookReceipt(base.AbstractWebhookReceipt): ...

    class Discrepancy(base.AbstractDiscrepancy): ...

    class SavedMethod(base.AbstractSavedMethod): ...

    class Dispute(base.AbstractDispute): ...

    class PaymentCall(base.AbstractPaymentCall): ...

else:
    __getattr__ = replaced(__name__)

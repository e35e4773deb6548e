"""Why an order is held: codes that services keep, and words for people. Other systems hold by codes of their own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

__all__ = ["HOLDS"]

HOLDS = [
    ("address", _("Check the address")),
    ("fraud", _("May be fraud")),
    ("stock", _("Out of stock")),
    ("payment", _("Check the payment")),
    ("customer", _("The customer asked for it")),
    ("other", _("Another reason")),
]

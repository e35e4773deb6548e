"""Models of prices and discounts that staff set by hand."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradepost.core.db.fields import AmountField

__all__ = ["AbstractManualPrice"]


class AbstractManualPrice(models.Model):
    """The price of a line of a draft, or a discount on it, as staff decided.

    ``value`` is an amount in the basket's currency and on the shop's basis, or a percentage, by the ``kind``. The line is named
    by its UUID, and not pointed at, so that lines of customers' baskets are removed without a look here. A row that names the
    basket's own UUID instead is a discount on all its goods together.
    """

    SOURCE = "manual"
    """Source of such a price, and kind of such a discount, in an order."""

    class Kind(models.TextChoices):
        PRICE = "price", _("Unit price")
        PERCENT = "percent", _("Percent off")
        AMOUNT = "amount", _("Amount off the line")

    basket = models.ForeignKey("tradepost_basket.Basket", models.CASCADE, related_name="manual_prices")
    line = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    value = AmountField()
    reason = models.CharField(max_length=200)
    actor_label = models.CharField(max_length=150, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        verbose_name = _("manual price")
        verbose_name_plural = _("manual prices")
        constraints = [
            models.CheckConstraint(condition=Q(value__gte=0), name="%(app_label)s_%(class)s_not_negative"),
            models.CheckConstraint(
                condition=~Q(kind="percent") | Q(value__lte=100), name="%(app_label)s_%(class)s_percent"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="%(app_label)s_%(class)s_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.value}"

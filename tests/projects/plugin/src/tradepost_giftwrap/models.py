from __future__ import annotations

from django.db import models


class GiftWrap(models.Model):
    """One line of an order that is wrapped, all its units alike."""

    line = models.OneToOneField("tradepost_orders.OrderLine", models.CASCADE, related_name="gift_wrap")
    card = models.CharField(max_length=100, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.line_id}: {self.card}"

"""Goods: what the list, search and product page of our benchmark show, in one table."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.http import HttpRequest


class Product(models.Model):
    """One article; django-salesman asks for ``name``, ``code`` and ``get_price``."""

    name = models.CharField(max_length=200)
    code = models.SlugField(unique=True)
    summary = models.CharField(max_length=500)
    brand = models.CharField(max_length=100)
    price = models.DecimalField(max_digits=19, decimal_places=4)
    image = models.URLField()
    on_hand = models.IntegerField(default=1_000_000)

    def get_price(self, request: HttpRequest) -> Decimal:
        """The price for whoever asks."""
        return self.price

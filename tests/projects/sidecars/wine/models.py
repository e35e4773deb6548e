"""A wine shop's facts of a product, a customer, a basket and an order."""

from __future__ import annotations

from django.db import models


class Wine(models.Model):
    product = models.OneToOneField("tradepost_catalogue.Product", models.CASCADE, related_name="wine")
    vintage = models.PositiveSmallIntegerField()
    region = models.CharField(max_length=50, blank=True)
    barrel = models.PositiveIntegerField(null=True, blank=True, unique=True)
    alcohol = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.region} {self.vintage}"


class Taste(models.Model):
    customer = models.OneToOneField("tradepost_customers.Customer", models.CASCADE, related_name="taste")
    likes = models.CharField(max_length=50, blank=True)

    def __str__(self) -> str:
        return self.likes


class Crate(models.Model):
    basket = models.OneToOneField("tradepost_basket.Basket", models.CASCADE, related_name="crate")
    is_gift = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.is_gift)


class Wish(models.Model):
    line = models.OneToOneField("tradepost_basket.BasketLine", models.CASCADE, related_name="wish")
    text = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.text


class AgeCheck(models.Model):
    order = models.OneToOneField("tradepost_orders.Order", models.CASCADE, related_name="age_check")
    is_adult = models.BooleanField(default=False)
    checked_by = models.CharField(max_length=50, blank=True)

    def __str__(self) -> str:
        return self.checked_by


class Label(models.Model):
    line = models.OneToOneField("tradepost_orders.OrderLine", models.CASCADE, related_name="label")
    text = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.text

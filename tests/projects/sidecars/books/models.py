"""A bookshop's facts of a product, and of its editions."""

from __future__ import annotations

from django.db import models


class Book(models.Model):
    product = models.OneToOneField("tradepost_catalogue.Product", models.CASCADE, related_name="book")
    author = models.CharField(max_length=100, blank=True)
    pages = models.PositiveIntegerField(null=True, blank=True)
    isbn = models.CharField("ISBN", max_length=13, blank=True)
    shelf = models.CharField(max_length=20, blank=True, help_text="In the store room.")

    def __str__(self) -> str:
        return self.author


class Edition(models.Model):
    class Binding(models.TextChoices):
        HARD = "hard", "Hardcover"
        SOFT = "soft", "Paperback"

    variant = models.OneToOneField("tradepost_catalogue.Variant", models.CASCADE, related_name="edition")
    binding = models.CharField(max_length=4, choices=Binding.choices, default=Binding.SOFT)

    def __str__(self) -> str:
        return self.get_binding_display()

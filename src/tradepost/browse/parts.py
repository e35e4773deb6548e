"""The parts of a product that a caller shows, so that the others are neither fetched nor computed."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["EVERYTHING", "Parts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Parts of a product beside its own columns and its variants' units; those that aren't needed are empty.

    Attributes:
        prices: Of products and their variants.
        badges: Of promotions that name the product.
        pictures: All of a product's page; a list has its main one in any case.
    """

    prices: bool = True
    badges: bool = True
    pictures: bool = True


EVERYTHING = Parts()

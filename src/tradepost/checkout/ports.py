"""Ports of the checkout."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tradepost.basket.base import AbstractBasket
    from tradepost.pricing.document import Totals
    from tradepost.shipping.base import AbstractPickupPoint
    from tradepost.shipping.ports import Quote

    from .base import AbstractCheckout

__all__ = ["Requirement", "Situation", "Step"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something that is still missing before an order can be placed.

    Attributes:
        code: Stable, as in ``email_missing``.
        message: For the customer.
        attr: The field that it is about, as the API names it.
    """

    code: str
    message: str
    attr: str = ""

    def as_dict(self) -> dict[str, str]:
        """For ``context`` and the API."""
        return {"code": self.code, "message": self.message, "attr": self.attr}


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """The checkout as a step sees it.

    ``payment_methods`` maps each alias to the reason why it isn't on offer, empty where it is; ``point`` is the chosen pickup
    point, if it is one of the chosen method.
    """

    basket: AbstractBasket
    checkout: AbstractCheckout
    totals: Totals
    shipping: Sequence[Quote]
    point: AbstractPickupPoint | None = None
    payment_methods: dict[str, str]
    needs_payment: bool
    ships: bool


class Step(Protocol):
    """One requirement of a checkout, or several of a kind.

    Called at each look at a checkout and once more when the order is placed, there inside its transaction; so it computes, may
    read the database, and asks nobody else. For what changes the price use a stage or a promotion instead.
    """

    def __call__(self, situation: Situation, /) -> Iterable[Requirement]:
        """Report what is missing; nothing where all is well."""

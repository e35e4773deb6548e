"""``TRADEPOST_CHECKOUT``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from tradepost.core.conf import Backend, instance, load, settings_class
from tradepost.core.extending.port_checks import Port
from tradepost.core.inputs.bounds import MayBeZero

from .ports import Step

__all__ = ["CheckoutSettings", "settings", "steps"]


@settings_class("TRADEPOST_CHECKOUT")
@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutSettings:
    """``TRADEPOST_CHECKOUT``.

    Attributes:
        STEPS: Paths of the requirements of a checkout, in order (:class:`~tradepost.checkout.ports.Step`).
        MAX_PENDING_ORDERS: Unpaid orders that one customer, or one guest's session, may have at once.
        MAX_PENDING_ORDERS_OF_ADDRESS: Unpaid orders of guests that one IP address may place within an hour; many people may
            stand behind it, so it is far higher. 0 counts none.
        EXPIRES_AFTER: Time to pay, where no payment method says another.
        TERMS_VERSION: Of the terms that must be accepted; empty for none.
    """

    STEPS: Annotated[Sequence[str], Port(Step)] = (
        "tradepost.checkout.steps.has_items",
        "tradepost.checkout.steps.has_contact",
        "tradepost.checkout.steps.has_address",
        "tradepost.checkout.steps.has_known_tax",
        "tradepost.checkout.steps.has_delivery",
        "tradepost.checkout.steps.has_payment",
        "tradepost.checkout.steps.has_consent",
    )
    MAX_PENDING_ORDERS: int = 3
    MAX_PENDING_ORDERS_OF_ADDRESS: Annotated[int, MayBeZero()] = 60
    EXPIRES_AFTER: timedelta = timedelta(minutes=60)
    TERMS_VERSION: str = ""


def settings() -> CheckoutSettings:
    """The project's settings over the defaults."""
    return load("TRADEPOST_CHECKOUT", CheckoutSettings)


def steps() -> list[Step]:
    """The requirements of a checkout, in order."""
    return [instance(Backend(path)) for path in settings().STEPS]

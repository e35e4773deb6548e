"""Models of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradepost.core.extending.late_models import replaced, stock

from . import base

if TYPE_CHECKING or stock(__name__):

    class CustomerGroup(base.AbstractCustomerGroup): ...

    class Customer(base.AbstractCustomer): ...

    class Address(base.AbstractAddress): ...

    class Consent(base.AbstractConsent): ...

    class Tier(base.AbstractTier): ...

    class TierMembership(base.AbstractTierMembership): ...

else:
    __getattr__ = replaced(__name__)

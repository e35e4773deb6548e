"""Contracts of all ports, as test classes to inherit from.

They work under pytest and, beside ``django.test.TestCase``, under unittest. Five lines are enough::

    class TestNearest(AllocatorContract):
        def make_allocator(self) -> Nearest:
            return Nearest()
"""

from __future__ import annotations

from .accounts import UserStoreContract
from .basket import MergePolicyContract, StageContract, TermsSourceContract
from .catalogue_files import CatalogueFormatContract
from .checkout import StepContract
from .core import DispatcherContract
from .dashboard import ActionContract, ColumnContract
from .gateways import GatewayContract
from .inventory import AllocatorContract
from .kinds import BenefitContract, ConditionContract, ShippingKindContract
from .orders import NumbersContract
from .pricing import PricerContract, RateSourceContract, TaxEngineContract
from .promotions import ChoiceContract, OrderHistoryContract
from .shipping import CarrierContract, PackerContract, ShippingRatesContract
from .storefront import CheckoutPageContract
from .taxes import TaxIdCheckerContract, TaxReporterContract

__all__ = [
    "ActionContract",
    "AllocatorContract",
    "BenefitContract",
    "CarrierContract",
    "CatalogueFormatContract",
    "CheckoutPageContract",
    "ChoiceContract",
    "ColumnContract",
    "ConditionContract",
    "DispatcherContract",
    "GatewayContract",
    "MergePolicyContract",
    "NumbersContract",
    "OrderHistoryContract",
    "PackerContract",
    "PricerContract",
    "RateSourceContract",
    "ShippingKindContract",
    "ShippingRatesContract",
    "StageContract",
    "StepContract",
    "TaxEngineContract",
    "TaxIdCheckerContract",
    "TaxReporterContract",
    "TermsSourceContract",
    "UserStoreContract",
]

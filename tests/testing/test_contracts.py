"""The library's own classes keep the contracts that it publishes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import TestCase

from tests.docs.examples.phone import has_phone
from tests.docs.examples.small_orders import small_order_fee
from tradepost.basket import merge_policies, stages
from tradepost.basket.ports import MergePolicy, Stage
from tradepost.checkout import steps
from tradepost.checkout.buyer import CheckoutTerms
from tradepost.checkout.ports import Step
from tradepost.core.events.dispatchers import CeleryDispatcher, InProcess
from tradepost.core.extending.port_map import port_settings
from tradepost.core.ports import Dispatcher
from tradepost.orders.order_history import EarlierOrders
from tradepost.pricing.ports import PriceContext, PriceQuote, Pricer, PriceRequest, TaxEngine
from tradepost.pricing.tax.ports import TaxIdChecker
from tradepost.pricing.tax.tax_ids import FormatChecker
from tradepost.pricing.tax.zone_taxes import ListPricer, ZoneTaxes
from tradepost.promotions.lane_choices import BestForCustomer, HighestPriority
from tradepost.promotions.ports import Choice, OrderHistory
from tradepost.shipping.backends import ModelRates
from tradepost.shipping.models import FlatRate
from tradepost.shipping.ports import ShippingRates
from tradepost.testing import contracts
from tradepost.testing.contracts import (
    ChoiceContract,
    DispatcherContract,
    MergePolicyContract,
    OrderHistoryContract,
    PricerContract,
    ShippingRatesContract,
    StageContract,
    StepContract,
    TaxEngineContract,
    TaxIdCheckerContract,
    TermsSourceContract,
)


@pytest.mark.django_db
class TestListPricer(PricerContract):
    """Prices from price lists."""

    def make_pricer(self) -> Pricer:
        return ListPricer()


class TestUnderUnittest(PricerContract, TestCase):
    """The same with Django's own test case."""

    def make_pricer(self) -> Pricer:
        return ListPricer()


@pytest.mark.django_db
class TestZoneTaxes(TaxEngineContract):
    """Rates by zone."""

    def make_engine(self) -> TaxEngine:
        return ZoneTaxes()


class TestFormatOfTaxIds(TaxIdCheckerContract):
    """Nobody is asked."""

    def make_checker(self) -> TaxIdChecker:
        return FormatChecker()


@pytest.mark.django_db
class TestModelRates(ShippingRatesContract):
    """Methods from the database."""

    def make_rates(self) -> ShippingRates:
        return ModelRates()

    def arrange(self) -> None:
        FlatRate.objects.get_or_create(
            code="parcel", defaults={"name": "Parcel", "currency": "EUR", "amount": Decimal(5)}
        )


@pytest.mark.django_db
class TestCheckoutTerms(TermsSourceContract):
    """The checkout's terms keep the contract."""

    def make_source(self) -> CheckoutTerms:
        return CheckoutTerms()


@pytest.mark.parametrize("policy", [merge_policies.Add(), merge_policies.Maximum(), merge_policies.KeepTheirs()])
class TestPolicies(MergePolicyContract):
    """Those for sign-in."""

    @pytest.fixture(autouse=True)
    def _policy(self, policy: MergePolicy) -> None:
        self.policy = policy

    def make_policy(self) -> MergePolicy:
        return self.policy


@pytest.mark.parametrize(
    "stage",
    [
        stages.line_promotions,
        stages.order_promotions,
        stages.shipping,
        stages.shipping_promotions,
        stages.fees,
        stages.taxes,
        small_order_fee,
    ],
)
class TestStages(StageContract):
    """The stock ones, and the one of the documentation."""

    @pytest.fixture(autouse=True)
    def _stage(self, stage: Stage) -> None:
        self.stage = stage

    def make_stage(self) -> Stage:
        return self.stage


class TestPrices(StageContract):
    """The first of all."""

    is_first = True

    def make_stage(self) -> Stage:
        return stages.prices


@pytest.mark.django_db
@pytest.mark.parametrize(
    "step",
    [
        steps.has_items,
        steps.has_contact,
        steps.has_address,
        steps.has_known_tax,
        steps.has_delivery,
        steps.has_payment,
        steps.has_consent,
        has_phone,
    ],
)
class TestSteps(StepContract):
    """The stock ones, and the one of the documentation."""

    @pytest.fixture(autouse=True)
    def _step(self, step: Step) -> None:
        self.step = step

    def make_step(self) -> Step:
        return self.step


@pytest.mark.django_db
class TestInProcess(DispatcherContract):
    """Delivers at once."""

    def make_dispatcher(self) -> Dispatcher:
        return InProcess()


@pytest.mark.django_db
class TestCeleryWithoutBroker(DispatcherContract):
    """Leaves what it can't tell to the relay job."""

    def make_dispatcher(self) -> Dispatcher:
        return CeleryDispatcher()

    @pytest.fixture(autouse=True)
    def _no_broker(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from tradepost.core.tasks import run_job

        def refuse(**kwargs: Any) -> None:
            raise ConnectionError("no broker")

        monkeypatch.setattr(run_job, "apply_async", refuse)


class TestBestForCustomer(ChoiceContract):
    """The stock one."""

    def make_choice(self) -> Choice:
        return BestForCustomer()


class TestHighestPriority(ChoiceContract):
    """The other one."""

    def make_choice(self) -> Choice:
        return HighestPriority()


@pytest.mark.django_db
class TestEarlierOrders(OrderHistoryContract):
    """Orders of this shop."""

    def make_history(self) -> OrderHistory:
        return EarlierOrders()


def test_every_port_has_a_contract() -> None:
    """A setting that lets a project plug something in comes with a class that tries it."""
    entries = port_settings()
    ports = {path.rpartition(".")[2] for entry in entries for path in (entry.port, *(path for path, _ in entry.may))}

    assert {f"{port}Contract" for port in ports} - set(contracts.__all__) == set()


class Asking:
    """A pricer that asks the database for each request: what the contract is there to find."""

    def quote(self, requests: list[PriceRequest], context: PriceContext) -> list[PriceQuote]:
        """One query each."""
        return [quote for request in requests for quote in ListPricer().quote([request], context)]


@pytest.mark.django_db
def test_a_control_the_contract_finds_a_query_for_each_line() -> None:
    """It fails, and says why."""

    class Slow(PricerContract):
        def make_pricer(self) -> Any:
            return Asking()

    with pytest.raises(AssertionError, match="whole page at once"):
        Slow().test_the_number_of_queries_is_constant()

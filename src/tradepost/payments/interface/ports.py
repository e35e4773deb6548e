"""The port of gateways."""

from __future__ import annotations

import abc
from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

from . import refusals
from .capabilities import Capabilities
from .errors import (
    NotSupported,
)
from .values import (
    Event,
    InputField,
    PaymentRef,
    Price,
    RefundResult,
    Result,
    SavedInfo,
    SavedRef,
    StartRequest,
    WebhookRequest,
)

__all__ = ["Gateway"]


class Gateway(abc.ABC):
    """A payment provider, under an alias in ``TRADEPOST_PAYMENTS["GATEWAYS"]``.

    Made once in a process with the setting's ``OPTIONS``, and called from many threads. For rules about who may pay how
    use a checkout step; a gateway says only what its provider can't do.
    """

    code: ClassVar[str]
    capabilities: Capabilities = Capabilities()  # of the class, unless an option says that the account can more

    def unavailable(self, price: Price, *, country: str = "") -> str:
        """Say why it can't take this amount, in a sentence for customers; empty where it can. Called often; makes no call.

        Args:
            price: What is to be paid.
            country: Of the buyer, ISO 3166-1 alpha-2; empty while it isn't known, which is no reason against it.
        """
        currencies, countries = self.capabilities.currencies, self.capabilities.countries
        if currencies is not None and price.currency not in currencies:
            return refusals.other_currency(price.currency)
        if countries is not None and country and country not in countries:
            return refusals.other_country()
        return refusals.refusal_of(Price.minor, price)

    @property
    def fields(self) -> Sequence[InputField]:
        """The fields that customers fill in where they choose the method, in their language; none by default."""
        return ()

    @property
    def input_names(self) -> Collection[str]:
        """Names of what ``client_input`` may hold; the rest is dropped before anything is stored. By default the ``fields``."""
        return [input_field.name for input_field in self.fields]

    def wrong_input(self, client_input: Mapping[str, Any], *, phone: str = "") -> Mapping[str, str]:
        """Check a customer's input in the method's ``fields``: sentences by name. Makes no call.

        Called when a method is chosen, and before an order is made.

        Args:
            client_input: Untrusted.
            phone: The order's, where it is known.
        """
        return {}

    def problem(self) -> str:
        """Describe what is wrong with the settings, for staff; empty where nothing is. Used by a system check; makes no call."""
        return ""

    def advice(self) -> str:
        """Describe what should be fixed in options that work, for a system check's warning; empty where all is well."""
        return ""

    @abc.abstractmethod
    def start(self, request: StartRequest) -> Result:
        """Begin a payment; called once for each attempt, and again only with the same key."""

    @abc.abstractmethod
    def fetch(self, payment: PaymentRef) -> Result:
        """Fetch the current state of a payment; called by the return page, by jobs, and for untrusted webhooks.

        Where a question besides (refunds, disputes) isn't answered, what is known is told, and ``Result.missing`` names it.
        """

    def complete(self, payment: PaymentRef, data: Mapping[str, str]) -> Result:
        """The customer's browser came back; ``data`` is untrusted. By default the provider is asked."""
        return self.fetch(payment)

    def capture(self, payment: PaymentRef, price: Price, key: str, *, final: bool = True) -> Result:
        """Take money that was authorised; ``final`` lets the rest go, else it may be captured later (``multi_capture``)."""
        raise NotSupported("capture")

    def cancel(self, payment: PaymentRef, key: str) -> Result:
        """Let an authorisation or an unpaid payment go."""
        raise NotSupported("cancel")

    def refund(self, payment: PaymentRef, price: Price, key: str, reason: str = "") -> RefundResult:
        """Give money back."""
        raise NotSupported("refund")

    def fetch_refund(self, payment: PaymentRef, provider_ref: str) -> RefundResult:
        """Fetch the outcome of a refund."""
        raise NotSupported("fetch_refund")

    def find_refund(self, payment: PaymentRef, key: str, price: Price) -> RefundResult | None:
        """After an unknown outcome: the refund that was asked for under a key, or ``None`` if it wasn't made."""
        raise NotSupported("find_refund")

    def forget(self, saved: SavedRef, key: str) -> None:
        """Have the provider forget a saved method. One that it has forgotten already is no error."""
        raise NotSupported("forget")

    def fetch_saved(self, saved: SavedRef) -> SavedInfo | None:
        """A saved method as the provider has it now; ``None`` where it has let it go."""
        raise NotSupported("fetch_saved")

    def parse_webhook(self, request: WebhookRequest) -> Sequence[Event]:
        """Verify a delivery and read its events.

        Raises:
            InvalidWebhook: It isn't the provider's.
        """
        raise NotSupported("webhooks")

"""The interface of payment gateways: plain values, no Django object crosses it.

A gateway implements :meth:`Gateway.start` and :meth:`Gateway.fetch`, and what else its provider can, declared by
``capabilities``. It is called outside any transaction. Money is in major units.

A decline is a ``Result(status=FAILED)``, not an exception. Three kinds of error, and the difference matters more than
anything else here:

* :class:`Rejected`: the provider refused, nothing happened;
* :class:`OutcomeUnknown`: money may have moved (a time-out, a dropped connection, 5xx, an unreadable answer). The payment
  stays pending; the same call may be repeated with the same key only, else the provider is asked;
* :class:`Misconfigured`: keys or account are wrong; staff are told.
"""

from __future__ import annotations

import abc
import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from tradepost.core.money import exponent

__all__ = [
    "Capabilities",
    "Entry",
    "EntryKind",
    "EntryState",
    "Event",
    "EventKind",
    "Gateway",
    "GatewayError",
    "InvalidWebhook",
    "Misconfigured",
    "NextAction",
    "NotSupported",
    "OutcomeUnknown",
    "PaymentRef",
    "Price",
    "RefundResult",
    "Rejected",
    "Result",
    "StartRequest",
    "Status",
    "WebhookRequest",
]


class Status(str, enum.Enum):
    """What the provider says of a payment as a whole."""

    PENDING = "pending"  # the provider has it, or the outcome is unknown: ask again
    REQUIRES_ACTION = "requires_action"  # the customer must do something: see next_action
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    FAILED = "failed"
    CANCELLED = "cancelled"  # voided or lapsed, too


class EntryKind(str, enum.Enum):
    """What an object at the provider did with money."""

    AUTHORISE = "authorise"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"
    CHARGEBACK = "chargeback"
    CHARGEBACK_REVERSAL = "chargeback_reversal"


class EntryState(str, enum.Enum):
    """How far it is; a state only moves forward, but a refund may go from succeeded to failed."""

    REQUESTED = "requested"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Price:
    """An amount in major units with its ISO 4217 code; the only form in which money crosses the interface."""

    amount: Decimal
    currency: str

    def minor(self, places: int | None = None) -> int:
        """As a count of the smallest unit, exactly.

        Args:
            places: Decimal places at this provider, where they differ from ISO 4217's.

        Raises:
            Rejected: The amount has more decimal places; it is never rounded.
        """
        places = exponent(self.currency) if places is None else places
        units = self.amount.scaleb(places)
        if units != units.to_integral_value():
            raise Rejected("amount_precision", f"{self.amount} {self.currency} has more than {places} decimal places.")
        return int(units)

    @classmethod
    def from_minor(cls, units: int | str, currency: str, places: int | None = None) -> Price:
        """From a provider's count of the smallest unit."""
        currency = currency.upper()
        return cls(Decimal(units).scaleb(-(exponent(currency) if places is None else places)), currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class NextAction:
    """What the customer does next.

    Attributes:
        kind: ``redirect`` (send the browser to ``url``), ``sdk`` (the provider's script takes ``client_data``),
            ``phone_prompt`` or ``instructions`` (show ``message``).
        client_data: Publishable values only; it goes to the browser.
    """

    kind: str
    url: str = ""
    client_data: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One object at the provider. Told twice, or in another order, it is the same entry.

    Attributes:
        provider_ref: Its id there; unique for gateway and kind.
        amount: In major units; for one whose amount the provider states cumulatively, the greatest counts.
        key: Our idempotency key, where the entry answers a request of ours.
    """

    kind: EntryKind
    provider_ref: str
    amount: Decimal
    currency: str
    state: EntryState = EntryState.SUCCEEDED
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a call or a webhook says of a payment.

    Attributes:
        provider_ref: The id to use for later calls.
        reference: Our own reference, as the provider echoes it; empty where it doesn't.
        amount: The payment's whole amount as the provider has it; compared with ours.
        currency: Likewise.
        entries: All that the provider knows, each with its own reference. Money is booked from these alone.
        error_code: Normalised: ``declined``, ``insufficient_funds``, ``authentication_failed``, ``expired``,
            ``cancelled_by_customer``.
        error_message: For staff; never shown to the customer as it is.
        state: Small JSON that is kept and handed back in :class:`PaymentRef`.
        raw: The provider's answer, redacted; for audit only.
    """

    status: Status
    provider_ref: str = ""
    reference: str = ""
    amount: Decimal | None = None
    currency: str = ""
    entries: Sequence[Entry] = ()
    next_action: NextAction | None = None
    error_code: str = ""
    error_message: str = ""
    state: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundResult:
    """What a call or a webhook says of one refund."""

    state: EntryState
    provider_ref: str
    price: Price | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRequest:
    """What a payment is started with.

    Attributes:
        reference: Ours, unique for the attempt; letters, digits and ``-``, 8 to 40 of them.
        key: Idempotency key, committed before the call.
        capture: False to authorise only.
        return_url: Where the customer's browser comes back to.
        client_input: What the customer's form posted for this method (untrusted).
    """

    reference: str
    key: str
    price: Price
    capture: bool = True
    description: str = ""
    email: str = ""
    phone: str = ""
    name: str = ""
    return_url: str = ""
    cancel_url: str = ""
    webhook_url: str = ""
    client_input: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRef:
    """What we keep of a payment, for later calls."""

    reference: str
    provider_ref: str
    price: Price
    state: Mapping[str, Any] = field(default_factory=dict)


class EventKind(str, enum.Enum):
    """What a webhook is about."""

    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event out of a webhook.

    Attributes:
        id: For de-duplication; unique for the gateway.
        reference: Our reference, or empty.
        provider_ref: The payment's id at the provider, or empty.
        result: What it says of the payment, where it says enough.
        trusted: False where the delivery isn't proof: the provider is asked before anything is booked.
    """

    id: str
    kind: EventKind
    reference: str = ""
    provider_ref: str = ""
    result: Result | None = None
    trusted: bool = True
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRequest:
    """A delivery as it came: the raw body, and header names in small letters."""

    body: bytes
    headers: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    remote_addr: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a gateway can do; what it can't is refused before it is called.

    Attributes:
        currencies: ISO codes; ``None`` for any.
        repeatable: A start may be made again with its key. Where the provider has nothing to know it by, one that was never
            answered is only asked for, and left to staff at last.
        retryable: The customer may pay a declined payment after all, until it is cancelled at the provider.
        poll: ``fetch`` reaches the provider.
        offline: Money comes outside the shop, and ``capture`` books what staff say that came.
    """

    currencies: frozenset[str] | None = None
    authorise: bool = False
    partial_capture: bool = False
    multi_capture: bool = False
    void: bool = False
    refund: bool = False
    partial_refund: bool = False
    webhooks: bool = False
    repeatable: bool = True
    retryable: bool = False
    poll: bool = True
    offline: bool = False


class GatewayError(Exception):
    """Base of what a gateway raises."""


class NotSupported(GatewayError):
    """The provider has no such call; see ``capabilities``."""


class Misconfigured(GatewayError):
    """Keys or account are wrong; nothing happened, and staff must act."""


class Rejected(GatewayError):
    """The provider refused the request: certainly nothing happened."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


class OutcomeUnknown(GatewayError):
    """No answer that can be read: money may have moved."""


class InvalidWebhook(GatewayError):
    """The delivery isn't the provider's, or can't be read: answered 400, nothing is booked."""


class Gateway(abc.ABC):
    """A payment provider, under an alias in ``TRADEPOST_PAYMENTS["GATEWAYS"]``.

    Made once in a process with the setting's ``OPTIONS``, and called from many threads. For rules about who may pay how
    use a checkout step; a gateway says only what its provider can't do.
    """

    code: ClassVar[str]
    capabilities: ClassVar[Capabilities] = Capabilities()

    def unavailable(self, price: Price, *, country: str = "") -> str:
        """Why it can't take this amount, for people; empty where it can. Called for each look at a checkout; asks nobody."""
        wanted = self.capabilities.currencies
        if wanted is not None and price.currency not in wanted:
            return f"Not available for payments in {price.currency}."
        return ""

    def problem(self) -> str:
        """What is wrong with the settings, for staff; empty where nothing is. Told by a system check; asks nobody."""
        return ""

    def advice(self) -> str:
        """What should be mended in its options although it works, for a system check's warning; empty where all is well."""
        return ""

    @abc.abstractmethod
    def start(self, request: StartRequest) -> Result:
        """Begin a payment; called once for each attempt, and again only with the same key."""

    @abc.abstractmethod
    def fetch(self, payment: PaymentRef) -> Result:
        """What the provider knows of a payment now; called by the return page, by jobs, and for untrusted webhooks."""

    def complete(self, payment: PaymentRef, data: Mapping[str, str]) -> Result:
        """The customer's browser came back; ``data`` is untrusted. By default the provider is asked."""
        return self.fetch(payment)

    def capture(self, payment: PaymentRef, price: Price, key: str, *, final: bool = True) -> Result:
        """Take money that was authorised; ``final`` lets the rest go."""
        raise NotSupported("capture")

    def cancel(self, payment: PaymentRef, key: str) -> Result:
        """Let an authorisation or an unpaid payment go."""
        raise NotSupported("cancel")

    def refund(self, payment: PaymentRef, price: Price, key: str, reason: str = "") -> RefundResult:
        """Give money back."""
        raise NotSupported("refund")

    def fetch_refund(self, payment: PaymentRef, provider_ref: str) -> RefundResult:
        """What became of a refund."""
        raise NotSupported("fetch_refund")

    def find_refund(self, payment: PaymentRef, key: str, price: Price) -> RefundResult | None:
        """After an unknown outcome: the refund that was asked for under a key, or ``None`` if it wasn't made."""
        raise NotSupported("find_refund")

    def parse_webhook(self, request: WebhookRequest) -> Sequence[Event]:
        """Verify a delivery and read its events.

        Raises:
            InvalidWebhook: It isn't the provider's.
        """
        raise NotSupported("webhooks")

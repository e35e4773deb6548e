"""The plain values that cross the interface of gateways; they are public by :mod:`tradepost.payments.interface`."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from tradepost.core.money import exponent

from .errors import Rejected

__all__ = [
    "DisputeInfo",
    "DisputeStatus",
    "Entry",
    "EntryKind",
    "EntryState",
    "Event",
    "EventKind",
    "InputField",
    "NextAction",
    "PaymentRef",
    "Price",
    "RefundResult",
    "Result",
    "SavedInfo",
    "SavedRef",
    "StartRequest",
    "Status",
    "WebhookRequest",
]


class Status(str, enum.Enum):
    """The state of a payment as a whole, as the provider reports it."""

    PENDING = "pending"  # the provider has it, or the outcome is unknown: ask again
    REQUIRES_ACTION = "requires_action"  # the customer must do something: see next_action
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    FAILED = "failed"
    CANCELLED = "cancelled"  # voided or lapsed, too


class EntryKind(str, enum.Enum):
    """The effect on money of an object at the provider."""

    AUTHORISE = "authorise"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"
    CHARGEBACK = "chargeback"
    CHARGEBACK_REVERSAL = "chargeback_reversal"


class EntryState(str, enum.Enum):
    """The progress of an entry; a state only moves forward, but a refund may go from succeeded to failed."""

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
    """The customer's next step.

    Attributes:
        kind: ``redirect`` (send the browser to ``url``), ``sdk`` (the provider's script takes ``client_data``),
            ``phone_prompt`` or ``instructions`` (show ``message``).
        client_data: Publishable values only; it goes to the browser.
    """

    kind: str
    url: str = ""
    client_data: Mapping[str, Any] = field(default_factory=dict, repr=False)
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


class DisputeStatus(str, enum.Enum):
    """The state of a dispute."""

    NEEDS_RESPONSE = "needs_response"  # the shop is to send evidence, or to accept it
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"  # accepted by the shop, too
    CLOSED = "closed"  # over without a decision: withdrawn by the customer, or prevented


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeInfo:
    """A dispute as the provider has it. The money that it takes is in the entries (``chargeback``), never here.

    Attributes:
        provider_ref: Its id there; unique for the gateway.
        amount: What is disputed, in major units.
        reason: The provider's word, as in ``fraudulent``.
        evidence_due: Until when the shop may answer, aware.
        inquiry: The bank only asks; the payment can still be refunded.
    """

    provider_ref: str
    amount: Decimal
    currency: str
    status: DisputeStatus
    reason: str = ""
    evidence_due: datetime | None = None
    opened_at: datetime | None = None
    inquiry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedRef:
    """The reference of a saved method, for later calls.

    Attributes:
        provider_ref: The method's id at the provider.
        customer_ref: The id of the customer there, where the provider has customers.
    """

    provider_ref: str
    customer_ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedInfo:
    """A method that the provider keeps for a customer, as far as people may know it. Never a card's number.

    Attributes:
        ref: To use it, and to have it forgotten.
        fingerprint: The same for the same card, so that one that is saved again takes the other's place.
        label: What people read where it isn't a card.
    """

    ref: SavedRef
    brand: str = ""
    last4: str = ""
    exp_month: int | None = None
    exp_year: int | None = None
    fingerprint: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The state of a payment, by a call or a webhook.

    Attributes:
        provider_ref: The id to use for later calls.
        reference: Our own reference, as the provider echoes it; empty where it doesn't.
        amount: The payment's whole amount as the provider has it; compared with ours.
        currency: Likewise.
        entries: All that the provider knows, each with its own reference. Money is booked from these alone.
        disputes: All that the provider tells of, won and lost ones too.
        error_code: Normalised: ``declined``, ``insufficient_funds``, ``authentication_failed``, ``expired``,
            ``cancelled_by_customer``.
        error_message: For staff; never shown to the customer as it is.
        saved: What the provider keeps from now on, because the start asked for it.
        missing: What the provider couldn't be asked for besides, as in ``refunds`` or ``disputes``. What is here is booked,
            and the provider is asked again soon; silence on a side question never keeps known money from being booked.
        state: Small JSON that is kept and handed back in :class:`PaymentRef`.
        raw: The provider's answer, redacted; for audit only.
    """

    status: Status
    provider_ref: str = ""
    reference: str = ""
    amount: Decimal | None = None
    currency: str = ""
    entries: Sequence[Entry] = ()
    disputes: Sequence[DisputeInfo] = ()
    next_action: NextAction | None = None
    error_code: str = ""
    error_message: str = ""
    saved: SavedInfo | None = None
    missing: Sequence[str] = ()
    state: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundResult:
    """The state of one refund, by a call or a webhook.

    Attributes:
        more: The others, of one that the provider makes in parts; each has its own reference and price, and ``price`` is
            that of the first.
    """

    state: EntryState
    provider_ref: str
    price: Price | None = None
    more: Sequence[RefundResult] = ()
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRequest:
    """The parameters that a payment is started with.

    Attributes:
        reference: Ours, unique for the attempt; letters, digits and ``-``, 8 to 40 of them.
        key: Idempotency key, committed before the call.
        capture: False to authorise only.
        return_url: Where the customer's browser comes back to.
        client_input: What the customer's form posted for this method (untrusted).
        customer: Our id of a customer who is signed in, where a method is to be saved or a saved one to be used.
        customer_ref: Their id at the provider, where it gave one before.
        save: The customer agreed that the provider keeps what they pay with now.
        saved: To pay with this; the customer is there, and may be asked for more.
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
    client_input: Mapping[str, Any] = field(default_factory=dict, repr=False)
    customer: str = ""
    customer_ref: str = ""
    save: bool = False
    saved: SavedRef | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRef:
    """The reference of a payment, for later calls.

    Attributes:
        refunds: What the ledger has of its refunds, for a provider that doesn't list them. One whose answer was lost has our
            key and no reference; what staff booked by hand isn't among them.
    """

    reference: str
    provider_ref: str
    price: Price
    state: Mapping[str, Any] = field(default_factory=dict)
    refunds: Sequence[Entry] = ()


class EventKind(str, enum.Enum):
    """The subject of a webhook."""

    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"
    SAVED = "saved"  # a saved method changed, or was let go: provider_ref is the method's
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
class InputField:
    """One thing that customers are asked for where they choose a method; it is posted as ``client_input[name]``.

    Attributes:
        hint: A sentence below it.
        kind: Of the input, as in HTML: ``text``, ``tel``, ``email``.
        autocomplete: As in HTML, so that browsers fill it in.
    """

    name: str
    label: str
    hint: str = ""
    kind: str = "text"
    autocomplete: str = ""

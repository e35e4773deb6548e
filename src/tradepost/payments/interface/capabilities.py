"""The abilities of a gateway, by which the core decides what it may ask it for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

__all__ = ["Capabilities"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """The abilities of a gateway; what it can't do is refused before it is called.

    Attributes:
        currencies: ISO codes; ``None`` for any.
        countries: Of buyers, ISO 3166-1 alpha-2; ``None`` for any.
        partial_capture: Less than was authorised may be captured; what is left is let go.
        multi_capture: The rest may be kept for another capture (``final=False``).
        repeatable: A start may be made again with its key. Where the provider has nothing to know it by, one that was never
            answered is only asked for.
        unanswered: Where it isn't repeatable: how long an answer is waited for. Then the payment is given up, staff are told,
            and the customer may pay again; what is told of it after all is booked.
        retryable: The customer may pay a declined payment after all, until it is cancelled at the provider.
        keyed_refunds: Two refunds under one key are one at the provider. Where they aren't, a refund whose answer was lost
            is looked for before it is asked for again; one that can't be looked for is left to staff.
        keyed_captures: Two captures under one key are one at the provider, or it captures once. Where they aren't, a capture
            whose answer was lost may be running there still: nobody asks for it again before the lease of its call is over.
        redelivers: A delivery that is answered with 503 comes again. Where it doesn't, or a provider shuts an address that
            fails, 202 is answered; either way our own job processes it soon.
        poll: ``fetch`` reaches the provider.
        saved_methods: Customers may let the provider keep what they pay with, and pay with it again.
        offline: Money comes outside the shop, and ``capture`` books what staff say that came. Its methods ask nobody, least of
            all over the network: ``start`` is called inside the transaction that places the order.
    """

    currencies: frozenset[str] | None = None
    countries: frozenset[str] | None = None
    authorise: bool = False
    partial_capture: bool = False
    multi_capture: bool = False
    void: bool = False
    refund: bool = False
    partial_refund: bool = False
    webhooks: bool = False
    repeatable: bool = True
    unanswered: timedelta = timedelta(hours=20)
    retryable: bool = False
    keyed_refunds: bool = True
    keyed_captures: bool = True
    redelivers: bool = True
    poll: bool = True
    saved_methods: bool = False
    offline: bool = False

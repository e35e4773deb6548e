"""The contract of payment gateways, as a test class to inherit from.

For one that is paid on the provider's page::

    class TestPaystack(GatewayContract):
        def make_gateway(self) -> PaystackGateway:
            return PaystackGateway(secret_key="sk_test", base_url=FAKE_URL)

        def pay(self, payment: PaymentRef) -> None:
            fake.pay(payment.reference)          # as the customer would, at the provider's fake or sandbox
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar
from uuid import uuid4

from tradepost.core.money import ZERO
from tradepost.payments.interface import (
    Entry,
    EntryKind,
    EntryState,
    Gateway,
    InvalidWebhook,
    NotSupported,
    PaymentRef,
    Price,
    RefundResult,
    Rejected,
    Result,
    SavedRef,
    StartRequest,
    Status,
    WebhookRequest,
)

__all__ = ["GatewayContract"]


class GatewayContract:
    """The contract of a gateway. Methods that its capabilities don't declare must raise ``NotSupported``.

    Attributes:
        price: What is paid; at least 10 major units.
        too_fine: An amount that the provider can't take exactly.
        client_input: What the customer's form posts for a payment that succeeds.
        declined_input: Likewise for one that is declined; ``None`` where a start can't be declined.
        secrets: Texts that no answer may hold.
    """

    price: ClassVar[Price] = Price(Decimal("120.50"), "EUR")
    too_fine: ClassVar[Price] = Price(Decimal("120.505"), "EUR")
    client_input: ClassVar[Mapping[str, Any]] = {}
    declined_input: ClassVar[Mapping[str, Any] | None] = None
    secrets: ClassVar[tuple[str, ...]] = ()

    def make_gateway(self) -> Gateway:
        """The gateway, made as a project's settings would."""
        raise NotImplementedError

    def pay(self, payment: PaymentRef) -> None:
        """Act as the customer after the start; nothing where the start is enough."""

    def deliver(self, payment: PaymentRef) -> WebhookRequest:
        """A delivery that the provider would make for a paid payment; needed where webhooks are declared."""
        raise NotImplementedError

    def test_a_start_says_what_it_started(self) -> None:
        """Reference, amount and currency come back, and an id for later calls."""
        request = self._request()

        result = self.make_gateway().start(request)

        assert result.provider_ref
        assert (result.reference, result.amount, result.currency) == (
            request.reference,
            self.price.amount,
            self.price.currency,
        )

    def test_a_start_with_the_same_key_is_the_same_payment(self) -> None:
        """Nothing is charged twice."""
        gateway, request = self.make_gateway(), self._request()
        if not gateway.capabilities.repeatable:
            return

        first, second = gateway.start(request), gateway.start(request)

        assert (first.provider_ref, list(first.entries)) == (second.provider_ref, list(second.entries))

    def test_a_paid_payment_is_told_the_same_each_time(self) -> None:
        """The captures sum to the amount, each entry has a reference of its own, and asking again adds none."""
        gateway = self.make_gateway()
        payment = self._paid(gateway)
        if gateway.capabilities.offline:
            assert gateway.fetch(payment).entries == ()
            return

        first, second = gateway.fetch(payment), gateway.fetch(payment)

        assert first.status is Status.CAPTURED
        assert _sum(first, EntryKind.CAPTURE) == self.price.amount
        assert len({(entry.kind, entry.provider_ref) for entry in first.entries}) == len(first.entries)
        assert list(first.entries) == list(second.entries)

    def test_two_payments_share_no_entry(self) -> None:
        """The money of one payment is never taken for the other's."""
        gateway = self.make_gateway()
        if gateway.capabilities.offline:
            return
        first, second = gateway.fetch(self._paid(gateway)), gateway.fetch(self._paid(gateway))

        assert first.provider_ref != second.provider_ref
        assert not {(e.kind, e.provider_ref) for e in first.entries} & {
            (e.kind, e.provider_ref) for e in second.entries
        }

    def test_an_amount_that_does_not_fit_is_refused(self) -> None:
        """It is never rounded, and customers are told before they choose."""
        gateway = self.make_gateway()

        assert gateway.unavailable(self.too_fine)
        _refused(Rejected, lambda: gateway.start(replace(self._request(), price=self.too_fine)))

    def test_an_unknown_currency_is_not_on_offer(self) -> None:
        """Where the capabilities name currencies, only those are taken."""
        gateway = self.make_gateway()
        if gateway.capabilities.currencies is not None:
            assert gateway.unavailable(Price(self.price.amount, "XTS"))
        assert gateway.unavailable(self.price) == ""

    def test_a_decline_is_a_result(self) -> None:
        """Nothing is raised and no money is moved."""
        if self.declined_input is None:
            return

        result = self.make_gateway().start(self._request(client_input=self.declined_input))

        assert result.status is Status.FAILED
        assert result.error_code
        assert _sum(result, EntryKind.CAPTURE) == _sum(result, EntryKind.AUTHORISE) == ZERO

    def test_an_authorisation_is_captured_in_part(self) -> None:
        """The rest of a final capture is let go, so that nothing stays authorised."""
        gateway = self.make_gateway()
        if not (gateway.capabilities.authorise and gateway.capabilities.partial_capture):
            return
        payment = self._paid(gateway, capture=False)
        assert gateway.fetch(payment).status is Status.AUTHORISED
        part = Price(self.price.amount - 10, self.price.currency)

        gateway.capture(payment, part, _key())
        result = gateway.fetch(payment)

        assert result.status is Status.CAPTURED
        assert _sum(result, EntryKind.CAPTURE) == part.amount
        assert _sum(result, EntryKind.AUTHORISE) == self.price.amount
        assert _sum(result, EntryKind.VOID) == Decimal(10)
        assert _sum(result, EntryKind.REFUND) == ZERO

    def test_an_authorisation_is_captured_in_several_parts(self) -> None:
        """Each part is an entry of its own, asked for again it is the same one, and nothing is let go before the last."""
        gateway = self.make_gateway()
        if not (gateway.capabilities.authorise and gateway.capabilities.multi_capture):
            return
        payment, first, key = self._paid(gateway, capture=False), Price(Decimal(4), self.price.currency), _key()

        gateway.capture(payment, first, key, final=False)
        gateway.capture(payment, first, key, final=False)
        parts = gateway.fetch(payment)
        gateway.capture(payment, Price(Decimal(3), self.price.currency), _key())
        result = gateway.fetch(payment)

        assert (_sum(parts, EntryKind.CAPTURE), _sum(parts, EntryKind.VOID)) == (Decimal(4), ZERO)
        assert sorted(e.amount for e in result.entries if e.kind is EntryKind.CAPTURE) == [Decimal(3), Decimal(4)]
        assert _sum(result, EntryKind.VOID) == self.price.amount - 7
        assert {e for e in parts.entries if e.kind is EntryKind.CAPTURE} <= set(result.entries)

    def test_the_rest_of_a_part_is_let_go(self) -> None:
        """The part that was taken stays; it is neither refunded nor called a void."""
        gateway = self.make_gateway()
        able = gateway.capabilities
        if not (able.authorise and able.multi_capture and able.void):
            return
        payment = self._paid(gateway, capture=False)
        gateway.capture(payment, Price(Decimal(4), self.price.currency), _key(), final=False)

        gateway.cancel(payment, _key())
        result = gateway.fetch(payment)

        assert (_sum(result, EntryKind.CAPTURE), _sum(result, EntryKind.REFUND)) == (Decimal(4), ZERO)
        assert _sum(result, EntryKind.VOID) == self.price.amount - 4

    def test_more_than_was_authorised_is_not_captured(self) -> None:
        """It is refused, and nothing is taken."""
        gateway = self.make_gateway()
        if not gateway.capabilities.authorise:
            return
        payment = self._paid(gateway, capture=False)

        _refused(Rejected, lambda: gateway.capture(payment, Price(self.price.amount + 1, self.price.currency), _key()))

        assert _sum(gateway.fetch(payment), EntryKind.CAPTURE) == ZERO

    def test_an_authorisation_is_let_go(self) -> None:
        """All of it is a void; a refund it is not, for nothing was taken."""
        gateway = self.make_gateway()
        if not gateway.capabilities.void:
            _refused(NotSupported, lambda: gateway.cancel(self._paid(gateway), _key()))
            return
        if not gateway.capabilities.authorise:
            return
        payment = self._paid(gateway, capture=False)

        gateway.cancel(payment, _key())
        result = gateway.fetch(payment)

        assert result.status is Status.CANCELLED
        assert _sum(result, EntryKind.VOID) == self.price.amount
        assert _sum(result, EntryKind.REFUND) == _sum(result, EntryKind.CAPTURE) == ZERO

    def test_a_refund_is_made_once_for_each_key(self) -> None:
        """The same key again gives the same refund."""
        gateway = self.make_gateway()
        payment, part, key = self._paid(gateway), Price(Decimal(10), self.price.currency), _key()
        if not gateway.capabilities.refund:
            _refused(NotSupported, lambda: gateway.refund(payment, part, key))
            return
        if not gateway.capabilities.partial_refund:
            part = self.price

        first, second = gateway.refund(payment, part, key), gateway.refund(payment, part, key)

        assert first.state in {EntryState.PENDING, EntryState.SUCCEEDED}
        assert first.provider_ref == second.provider_ref
        assert first.price == part
        if not gateway.capabilities.offline:
            assert _sum(gateway.fetch(_with_refund(payment, first, key)), EntryKind.REFUND) == part.amount

    def test_no_more_is_refunded_than_was_taken(self) -> None:
        """The provider knows the rest, and refuses more."""
        gateway = self.make_gateway()
        if not gateway.capabilities.refund or gateway.capabilities.offline:
            return
        payment, key = self._paid(gateway), _key()
        payment = _with_refund(payment, gateway.refund(payment, self.price, key), key)

        _refused(Rejected, lambda: gateway.refund(payment, Price(Decimal(1), self.price.currency), _key()))

        assert _sum(gateway.fetch(payment), EntryKind.REFUND) == self.price.amount

    def test_a_refund_is_found_again(self) -> None:
        """By the provider's id; and by our key, where the gateway can tell."""
        gateway = self.make_gateway()
        if not gateway.capabilities.refund or gateway.capabilities.offline:
            return
        payment, key = self._paid(gateway), _key()
        refund = gateway.refund(payment, self.price, key)

        assert gateway.fetch_refund(payment, refund.provider_ref).price == self.price
        try:
            again = gateway.find_refund(payment, key, self.price)
        except NotSupported:
            return
        assert again is not None
        assert again.provider_ref == refund.provider_ref
        assert gateway.find_refund(payment, _key(), self.price) is None

    def test_nothing_is_saved_unasked(self) -> None:
        """Without the customer's consent the provider keeps nothing."""
        gateway = self.make_gateway()

        assert gateway.fetch(self._paid(gateway)).saved is None

    def test_a_method_is_saved_and_pays_again(self) -> None:
        """Its name for people is given, the same when asked again; it pays without being typed in again."""
        gateway = self.make_gateway()
        if not gateway.capabilities.saved_methods:
            _refused(NotSupported, lambda: gateway.forget(SavedRef(provider_ref="m1"), _key()))
            _refused(NotSupported, lambda: gateway.fetch_saved(SavedRef(provider_ref="m1")))
            return
        payment = self._paid(gateway, save=True)

        saved = gateway.fetch(payment).saved

        assert saved is not None
        assert saved.ref.provider_ref
        assert saved.last4 or saved.label
        assert gateway.fetch(payment).saved == gateway.fetch_saved(saved.ref) == saved
        again = self._request(client_input={})
        result = gateway.start(replace(again, customer="customer-1", saved=saved.ref))
        assert result.status is Status.CAPTURED
        assert _sum(result, EntryKind.CAPTURE) == self.price.amount

    def test_a_saved_method_is_forgotten(self) -> None:
        """It can't pay any more, and to forget it twice is no error."""
        gateway = self.make_gateway()
        if not gateway.capabilities.saved_methods:
            return
        payment = self._paid(gateway, save=True)
        saved = gateway.fetch(payment).saved
        assert saved is not None

        gateway.forget(saved.ref, _key())
        gateway.forget(saved.ref, _key())

        assert gateway.fetch_saved(saved.ref) is None
        assert gateway.fetch(payment).saved is None
        again = replace(self._request(client_input={}), customer="customer-1", saved=saved.ref)
        _refused(Rejected, lambda: gateway.start(again))

    def test_a_delivery_is_verified(self) -> None:
        """The provider's is read, the same each time; an altered, an unsigned and an unreadable one are refused."""
        gateway = self.make_gateway()
        if not gateway.capabilities.webhooks:
            _refused(NotSupported, lambda: gateway.parse_webhook(WebhookRequest(body=b"{}", headers={})))
            return
        payment = self._paid(gateway)
        delivery = self.deliver(payment)

        first, second = gateway.parse_webhook(delivery), gateway.parse_webhook(delivery)

        assert [event.id for event in first] == [event.id for event in second]
        assert all(event.id for event in first)
        assert (first[0].reference, first[0].provider_ref) in {
            (payment.reference, payment.provider_ref),
            ("", payment.provider_ref),
            (payment.reference, ""),
        }
        for bad in (
            replace(delivery, body=delivery.body.replace(b":", b": ", 1)),
            replace(delivery, body=b"\xff\xfe\x00"),
            replace(delivery, headers={}),
            replace(delivery, headers=dict.fromkeys(delivery.headers, "ä=1,t=x")),
        ):
            _refused(InvalidWebhook, partial(gateway.parse_webhook, bad))

    def test_no_secret_is_shown(self) -> None:
        """Neither by the gateway nor by its answers."""
        gateway = self.make_gateway()

        shown = repr(gateway) + repr(gateway.start(self._request())) + repr(gateway.fetch(self._paid(gateway)))

        assert not [secret for secret in self.secrets if secret in shown]

    def _request(self, *, capture: bool = True, client_input: Mapping[str, Any] | None = None) -> StartRequest:
        reference = uuid4().hex
        return StartRequest(
            reference=reference,
            key=f"start-{reference}",
            price=self.price,
            capture=capture,
            email="customer@shop.example",
            return_url="https://shop.example/return/",
            client_input=self.client_input if client_input is None else client_input,
        )

    def _paid(self, gateway: Gateway, *, capture: bool = True, save: bool = False) -> PaymentRef:
        request = self._request(capture=capture)
        if save:
            request = replace(request, save=True, customer="customer-1")
        started = gateway.start(request)
        payment = PaymentRef(
            reference=request.reference,
            provider_ref=started.provider_ref,
            price=self.price,
            state=started.state,
        )
        self.pay(payment)
        return payment


def _key() -> str:
    return uuid4().hex


def _sum(result: Result, kind: EntryKind) -> Decimal:
    """Of what was moved and didn't fail."""
    return sum((e.amount for e in result.entries if e.kind is kind and e.state is not EntryState.FAILED), ZERO)


def _with_refund(payment: PaymentRef, done: RefundResult, key: str) -> PaymentRef:
    """As the library calls from now on: with what its ledger has of the refunds."""
    price, ref = done.price or payment.price, done.provider_ref
    kept = Entry(
        kind=EntryKind.REFUND, provider_ref=ref, amount=price.amount, currency=price.currency, state=done.state, key=key
    )
    return replace(payment, refunds=[*payment.refunds, kept])


def _refused(error: type[Exception], call: Callable[[], object]) -> None:
    try:
        answer = call()
    except error:
        return
    raise AssertionError(f"{error.__name__} was to be raised, but the answer was {answer!r}")

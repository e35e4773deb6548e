"""The shop's side of the dummy gateway: its scenarios."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path
from urllib.parse import urljoin

from django.conf import settings
from django.utils.crypto import salted_hmac

from tradepost.payments.interface import (
    Capabilities,
    Entry,
    EntryKind,
    EntryState,
    Event,
    EventKind,
    Gateway,
    Misconfigured,
    NextAction,
    OutcomeUnknown,
    PaymentRef,
    Price,
    RefundResult,
    Rejected,
    Result,
    SavedInfo,
    SavedRef,
    StartRequest,
    Status,
    WebhookRequest,
)

from . import webhooks
from .ledger import (
    Card,
    Charge,
    Move,
)
from .provider import Provider

__all__ = ["SCENARIOS", "DummyGateway"]

SCENARIOS = (
    "success",
    "authorise_only",
    "requires_redirect",
    "decline",
    "insufficient_funds",
    "timeout_after_charge",
    "pending_then_success",
    "refund_fails",
)
_CARD = "card-"


class DummyGateway(Gateway):
    """Takes no money. What happens is told by ``client_input["scenario"]``, one of :data:`SCENARIOS`.

    ``requires_redirect`` sends the customer to ``page``; what is decided there goes to ``gateway.provider.decide``, and the
    customer to ``gateway.provider.look(reference).return_url``. A saved card pays at once where the form names no scenario.

    Args:
        scenario: Where the customer's form names none.
        page: The provider's page, with ``{reference}`` in it; a path is joined to the return URL.
        path: File of the provider's books. A folder for temporary files is the default; a demonstration that should
            outlive a restart of the machine gives one that stays. Processes of one shop must share it.
        allow: Use it although ``DEBUG`` is off: anybody can then order without paying.
    """

    code = "dummy"
    capabilities = Capabilities(
        authorise=True,
        partial_capture=True,
        multi_capture=True,
        void=True,
        refund=True,
        partial_refund=True,
        webhooks=True,
        saved_methods=True,
    )

    def __init__(
        self,
        *,
        scenario: str = "success",
        page: str = "/dummy/{reference}/",
        path: str | Path = "",
        allow: bool = False,
    ) -> None:
        self.scenario = scenario
        self.page = page
        self.allow = allow
        self.provider = Provider(Path(path) if path else _own_path())

    def problem(self) -> str:
        """It would sell for nothing."""
        if not (settings.DEBUG or self.allow):
            return "The dummy gateway takes no money: with DEBUG off it is refused, unless its options hold allow=True."
        return "" if self.scenario in SCENARIOS else f"The dummy gateway has no scenario {self.scenario!r}."

    @property
    def input_names(self) -> Collection[str]:
        """The input that chooses the scenario."""
        return ("scenario",)

    def start(self, request: StartRequest) -> Result:
        """Play the scenario. The same key again changes nothing."""
        if problem := self.problem():
            raise Misconfigured(problem)
        request.price.minor()  # refuses what can't be paid exactly
        scenario = self._scenario(request)
        requested = Charge(
            reference=request.reference,
            key=request.key,
            price=request.price,
            scenario=scenario,
            capture=request.capture and scenario != "authorise_only",
            return_url=request.return_url,
            status=Status.REQUIRES_ACTION if scenario == "requires_redirect" else Status.PENDING,
            challenged=False,
            error_code="",
        )
        charge = self.provider.open(requested, keep_for=request.customer if request.save else "")
        if charge.status is not Status.PENDING:
            return self._result(charge)
        return self._result(self._play(charge))

    def _scenario(self, request: StartRequest) -> str:
        if request.saved and self.fetch_saved(request.saved) is None:
            raise Rejected("card_forgotten", "The dummy provider doesn't keep this card.")
        usual = "success" if request.saved and self.scenario == "requires_redirect" else self.scenario
        scenario = str(request.client_input.get("scenario") or usual)
        if scenario not in SCENARIOS:
            raise Rejected("no_such_scenario", f"The dummy gateway has no scenario {scenario!r}.")
        return scenario

    def fetch(self, payment: PaymentRef) -> Result:
        """Read the provider's books; a payment of ``pending_then_success`` succeeds when it is first asked for."""
        charge = self.provider.look(payment.reference)
        if charge.status is Status.PENDING:
            charge = self.provider.decide(charge.reference, "pay")
        return self._result(charge)

    def capture(self, payment: PaymentRef, price: Price, key: str, *, final: bool = True) -> Result:
        """Take all or a part, several times if it isn't final."""
        return self._result(self.provider.capture(payment.reference, price, key, final=final))

    def cancel(self, payment: PaymentRef, key: str) -> Result:
        """Let it go, or what is left of it; refused once all was taken."""
        return self._result(self.provider.cancel(payment.reference, key))

    def refund(self, payment: PaymentRef, price: Price, key: str, reason: str = "") -> RefundResult:
        """Give all or a part back; in ``refund_fails`` the bank sends it back at once."""
        charge = self.provider.look(payment.reference)
        state = EntryState.FAILED if charge.scenario == "refund_fails" else EntryState.SUCCEEDED
        return _refund(charge, self.provider.refund(payment.reference, price, key, state))

    def fetch_refund(self, payment: PaymentRef, provider_ref: str) -> RefundResult:
        """By the provider's id."""
        charge = self.provider.look(payment.reference)
        for move in charge.moves:
            if move.kind is EntryKind.REFUND and move.provider_ref == provider_ref:
                return _refund(charge, move)
        raise Rejected("no_such_refund", f"The dummy provider has no refund {provider_ref}.")

    def find_refund(self, payment: PaymentRef, key: str, price: Price) -> RefundResult | None:
        """By our key."""
        charge = self.provider.look(payment.reference)
        refunds = (move for move in charge.moves if move.kind is EntryKind.REFUND and move.key == key)
        return next((_refund(charge, move) for move in refunds), None)

    def forget(self, saved: SavedRef, key: str) -> None:
        """Keep the card no longer."""
        self.provider.forget_card(saved.provider_ref.removeprefix(_CARD))

    def fetch_saved(self, saved: SavedRef) -> SavedInfo | None:
        """The card, unless it is forgotten."""
        return _saved(self.provider.card(saved.provider_ref.removeprefix(_CARD)))

    def webhook(self, reference: str) -> WebhookRequest:
        """The delivery that the provider would make now: signed, and with the same id until something changes."""
        return webhooks.delivery(self.provider.look(reference))

    def parse_webhook(self, request: WebhookRequest) -> Sequence[Event]:
        """Verify the signature. The event holds no money: the provider is asked."""
        event = webhooks.verified(request)
        reference = event["reference"]
        return [
            Event(
                id=event["id"], kind=EventKind.PAYMENT, reference=reference, provider_ref=_ref(reference), trusted=False
            )
        ]

    def _play(self, charge: Charge) -> Charge:
        if charge.scenario in {"decline", "insufficient_funds"}:
            return self.provider.decline(charge.reference, charge.scenario.replace("decline", "declined"))
        if charge.scenario == "pending_then_success":
            return charge
        paid = self.provider.decide(charge.reference, "pay")
        if charge.scenario == "timeout_after_charge":
            raise OutcomeUnknown("The dummy provider took the money, and didn't say so.")
        return paid

    def _result(self, charge: Charge) -> Result:
        action = None
        if charge.status is Status.REQUIRES_ACTION:
            url = urljoin(charge.return_url, self.page.format(reference=charge.reference))
            action = NextAction(kind="redirect", url=url)
        return Result(
            status=charge.status,
            provider_ref=_ref(charge.reference),
            reference=charge.reference,
            amount=charge.price.amount,
            currency=charge.price.currency,
            entries=[_entry(charge, move) for move in charge.moves],
            next_action=action,
            error_code=charge.error_code,
            saved=_saved(self.provider.card(charge.reference)),
            raw={"scenario": charge.scenario, "status": charge.status.value},
        )


def _own_path() -> Path:
    """A folder of this project and user among the temporary files."""
    name = salted_hmac(webhooks.SALT, "path", algorithm="sha256").hexdigest()[:24]
    return Path(tempfile.gettempdir()) / f"tradepost-dummy-{name}" / "books.sqlite3"


def _ref(reference: str) -> str:
    return f"dummy-{reference}"


def _saved(card: Card | None) -> SavedInfo | None:
    if card is None:
        return None
    ref = SavedRef(provider_ref=f"{_CARD}{card.reference}", customer_ref=f"customer-{card.customer}")
    return SavedInfo(ref=ref, brand="visa", last4="4242", exp_month=12, exp_year=2034, label="Card")


def _entry(charge: Charge, move: Move) -> Entry:
    return Entry(
        kind=move.kind,
        provider_ref=move.provider_ref,
        amount=move.amount,
        currency=charge.price.currency,
        state=move.state,
        key=move.key,
    )


def _refund(charge: Charge, move: Move) -> RefundResult:
    return RefundResult(
        state=move.state, provider_ref=move.provider_ref, price=Price(move.amount, charge.price.currency)
    )

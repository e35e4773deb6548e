"""The other side of the dummy gateway: its own books, in a file of their own.

A real provider forgets nothing when the shop's transaction is rolled back, and knows nothing of the shop's tables. So this one
keeps a small SQLite file, whatever database or cache the project has: several processes may use it at once, and there is
nothing to migrate.
"""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from pathlib import Path

from tradepost.core.money import ZERO
from tradepost.payments.interface import (
    EntryKind,
    EntryState,
    Price,
    Rejected,
    Status,
)

from .ledger import (
    Card,
    Charge,
    Move,
    add_move,
    opened,
    read,
    read_card,
    set_status,
)

__all__ = ["DECISIONS", "Card", "Charge", "Move", "Provider"]

DECISIONS = ("pay", "decline", "challenge", "leave")
_OPEN = (Status.REQUIRES_ACTION, Status.PENDING)


class Provider:
    """The books of the dummy provider.

    Args:
        path: Of its file; made with its folder, for this user only, when it is first needed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self, charge: Charge, *, keep_for: str = "") -> Charge:
        """Begin a payment; the same reference and key again give the one that there is.

        Args:
            charge: As it begins.
            keep_for: The shop's id of a customer whose card is kept once it is paid; empty to keep none.

        Raises:
            Rejected: The reference is taken by another payment.
        """
        with opened(self.path) as books:
            books.execute(
                "INSERT OR IGNORE INTO charge (reference, key, amount, currency, scenario, capture, return_url, status)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(charge.reference, charge.key, str(charge.price.amount), charge.price.currency, charge.scenario),
                    *(int(charge.capture), charge.return_url, charge.status.value),
                ),
            )
            if keep_for:
                card = (charge.reference, keep_for)
                books.execute("INSERT OR IGNORE INTO card (reference, customer) VALUES (?, ?)", card)
            stored = read(books, charge.reference)
        if (stored.key, stored.price) != (charge.key, charge.price):
            raise Rejected("reference_taken", "Another payment has this reference.")
        return stored

    def look(self, reference: str) -> Charge:
        """A payment.

        Raises:
            Rejected: There is none.
        """
        with opened(self.path) as books:
            return read(books, reference)

    def decide(self, reference: str, decision: str) -> Charge:
        """Apply the customer's decision on the provider's page.

        Args:
            reference: Of a payment that waits; one that doesn't is left as it is.
            decision: ``pay``, ``decline``, ``challenge`` (asked for a second proof, then decide again) or ``leave``.

        Raises:
            Rejected: There is no such payment or decision.
        """
        if decision not in DECISIONS:
            raise Rejected("no_such_decision", f"There is no decision {decision!r}.")
        with opened(self.path) as books:
            charge = read(books, reference)
            if charge.status in _OPEN and decision != "leave":
                if decision == "pay":
                    _pay(books, charge)
                elif decision == "decline":
                    set_status(
                        books, charge, Status.FAILED, "authentication_failed" if charge.challenged else "declined"
                    )
                else:
                    books.execute("UPDATE charge SET challenged = 1 WHERE reference = ?", (reference,))
            return read(books, reference)

    def decline(self, reference: str, error_code: str) -> Charge:
        """The bank says no."""
        with opened(self.path) as books:
            charge = read(books, reference)
            if charge.status in _OPEN:
                set_status(books, charge, Status.FAILED, error_code)
            return read(books, reference)

    def capture(self, reference: str, price: Price, key: str, *, final: bool) -> Charge:
        """Take a part of what was authorised, or all; ``final`` lets the rest go."""
        with opened(self.path) as books:
            charge = read(books, reference)
            if _is_new(charge, EntryKind.CAPTURE, price, key, most=charge.authorised):
                add_move(books, charge, EntryKind.CAPTURE, price.amount, key)
                rest = charge.authorised - price.amount
                if final and rest:
                    add_move(books, charge, EntryKind.VOID, rest)
                set_status(books, charge, Status.CAPTURED)
            return read(books, reference)

    def cancel(self, reference: str, key: str) -> Charge:
        """Let it go, or what is left of it.

        Raises:
            Rejected: All of it was taken.
        """
        with opened(self.path) as books:
            charge = read(books, reference)
            if charge.status is Status.CAPTURED and not charge.authorised:
                raise Rejected("already_captured", "Money was taken: refund it.")
            if charge.authorised:
                add_move(books, charge, EntryKind.VOID, charge.authorised, key)
            if charge.status not in (Status.FAILED, Status.CAPTURED):
                set_status(books, charge, Status.CANCELLED)
            return read(books, reference)

    def refund(self, reference: str, price: Price, key: str, state: EntryState) -> Move:
        """Give back a part of what was taken, or all."""
        with opened(self.path) as books:
            charge = read(books, reference)
            if _is_new(charge, EntryKind.REFUND, price, key, most=charge.refundable):
                add_move(books, charge, EntryKind.REFUND, price.amount, key, state=state)
            moves = read(books, reference).moves
        return next(move for move in moves if move.kind is EntryKind.REFUND and move.key == key)

    def card(self, reference: str) -> Card | None:
        """The card that was saved with a payment, if it is paid and the card isn't forgotten."""
        with opened(self.path) as books:
            card = read_card(books, reference)
            if card is None or card.forgotten:
                return None
            return card if read(books, reference).status in (Status.AUTHORISED, Status.CAPTURED) else None

    def forget_card(self, reference: str) -> None:
        """Keep it no longer; one that isn't kept is no error."""
        with opened(self.path) as books:
            books.execute("UPDATE card SET forgotten = 1 WHERE reference = ?", (reference,))


def _pay(books: sqlite3.Connection, charge: Charge) -> None:
    if not charge.capture:
        add_move(books, charge, EntryKind.AUTHORISE, charge.price.amount)
        set_status(books, charge, Status.AUTHORISED)
    else:
        add_move(books, charge, EntryKind.CAPTURE, charge.price.amount)
        set_status(books, charge, Status.CAPTURED)


def _is_new(charge: Charge, kind: EntryKind, price: Price, key: str, *, most: Decimal) -> bool:
    """Whether a request is to be carried out; False for one that was, under this key."""
    earlier = next((move for move in charge.moves if move.kind is kind and move.key == key), None)
    if earlier is not None and earlier.amount == price.amount:
        return False
    if earlier is not None:
        raise Rejected("key_taken", "The key was used with another amount.")
    if price.currency != charge.price.currency or not ZERO < price.amount <= most:
        raise Rejected("amount_too_large", f"At most {most} {charge.price.currency}.")
    return True

"""The other side of the dummy gateway: its own books, in a file of their own.

A real provider forgets nothing when the shop's transaction is rolled back, and knows nothing of the shop's tables. So this one
keeps a small SQLite file, whatever database or cache the project has: several processes may use it at once, and there is
nothing to migrate.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from tradepost.core.money import ZERO
from tradepost.payments.ports import EntryKind, EntryState, Price, Rejected, Status

__all__ = ["DECISIONS", "Charge", "Move", "Provider"]

DECISIONS = ("pay", "decline", "challenge", "leave")
_OPEN = (Status.REQUIRES_ACTION, Status.PENDING)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS charge (
    reference TEXT PRIMARY KEY, key TEXT NOT NULL, amount TEXT NOT NULL, currency TEXT NOT NULL,
    scenario TEXT NOT NULL, capture INTEGER NOT NULL, return_url TEXT NOT NULL,
    status TEXT NOT NULL, challenged INTEGER NOT NULL DEFAULT 0, error_code TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS move (
    id INTEGER PRIMARY KEY, reference TEXT NOT NULL REFERENCES charge, kind TEXT NOT NULL, key TEXT,
    amount TEXT NOT NULL, state TEXT NOT NULL, UNIQUE (reference, kind, key)
);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One object in the provider's books.

    Attributes:
        key: Of the request that it answers; empty for what a start or the end of an authorisation moved.
    """

    provider_ref: str
    kind: EntryKind
    key: str
    amount: Decimal
    state: EntryState


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A payment as the provider has it.

    Attributes:
        challenged: The customer was asked for a second proof (3-D Secure) and hasn't given it yet.
    """

    reference: str
    key: str
    price: Price
    scenario: str
    capture: bool
    return_url: str
    status: Status
    challenged: bool
    error_code: str
    moves: tuple[Move, ...] = ()

    def sum(self, kind: EntryKind) -> Decimal:
        """What was moved and didn't fail."""
        return sum((m.amount for m in self.moves if m.kind is kind and m.state is not EntryState.FAILED), ZERO)

    @property
    def authorised(self) -> Decimal:
        """What may still be captured."""
        return self.sum(EntryKind.AUTHORISE) - self.sum(EntryKind.CAPTURE) - self.sum(EntryKind.VOID)

    @property
    def refundable(self) -> Decimal:
        """What was taken and not given back."""
        return self.sum(EntryKind.CAPTURE) - self.sum(EntryKind.REFUND)


class Provider:
    """The books of the dummy provider.

    Args:
        path: Of its file; made with its folder, for this user only, when it is first needed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self, charge: Charge) -> Charge:
        """Begin a payment; the same reference and key again give the one that there is.

        Raises:
            Rejected: The reference is taken by another payment.
        """
        with self._books() as books:
            books.execute(
                "INSERT OR IGNORE INTO charge (reference, key, amount, currency, scenario, capture, return_url, status)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(charge.reference, charge.key, str(charge.price.amount), charge.price.currency, charge.scenario),
                    *(int(charge.capture), charge.return_url, charge.status.value),
                ),
            )
            found = _read(books, charge.reference)
        if (found.key, found.price) != (charge.key, charge.price):
            raise Rejected("reference_taken", "Another payment has this reference.")
        return found

    def look(self, reference: str) -> Charge:
        """A payment.

        Raises:
            Rejected: There is none.
        """
        with self._books() as books:
            return _read(books, reference)

    def decide(self, reference: str, decision: str) -> Charge:
        """What the customer decides on the provider's page.

        Args:
            reference: Of a payment that waits; one that doesn't is left as it is.
            decision: ``pay``, ``decline``, ``challenge`` (asked for a second proof, then decide again) or ``leave``.

        Raises:
            Rejected: There is no such payment or decision.
        """
        if decision not in DECISIONS:
            raise Rejected("no_such_decision", f"There is no decision {decision!r}.")
        with self._books() as books:
            found = _read(books, reference)
            if found.status in _OPEN and decision != "leave":
                if decision == "pay":
                    _pay(books, found)
                elif decision == "decline":
                    _set(books, found, Status.FAILED, "authentication_failed" if found.challenged else "declined")
                else:
                    books.execute("UPDATE charge SET challenged = 1 WHERE reference = ?", (reference,))
            return _read(books, reference)

    def decline(self, reference: str, error_code: str) -> Charge:
        """The bank says no."""
        with self._books() as books:
            found = _read(books, reference)
            if found.status in _OPEN:
                _set(books, found, Status.FAILED, error_code)
            return _read(books, reference)

    def capture(self, reference: str, price: Price, key: str, *, final: bool) -> Charge:
        """Take a part of what was authorised, or all; ``final`` lets the rest go."""
        with self._books() as books:
            found = _read(books, reference)
            if _is_new(found, EntryKind.CAPTURE, price, key, most=found.authorised):
                _move(books, found, EntryKind.CAPTURE, price.amount, key)
                rest = found.authorised - price.amount
                if final and rest:
                    _move(books, found, EntryKind.VOID, rest)
                _set(books, found, Status.CAPTURED)
            return _read(books, reference)

    def cancel(self, reference: str, key: str) -> Charge:
        """Let it go.

        Raises:
            Rejected: Money was taken.
        """
        with self._books() as books:
            found = _read(books, reference)
            if found.status is Status.CAPTURED:
                raise Rejected("already_captured", "Money was taken: refund it.")
            if found.authorised:
                _move(books, found, EntryKind.VOID, found.authorised, key)
            if found.status is not Status.FAILED:
                _set(books, found, Status.CANCELLED)
            return _read(books, reference)

    def refund(self, reference: str, price: Price, key: str, state: EntryState) -> Move:
        """Give back a part of what was taken, or all."""
        with self._books() as books:
            found = _read(books, reference)
            if _is_new(found, EntryKind.REFUND, price, key, most=found.refundable):
                _move(books, found, EntryKind.REFUND, price.amount, key, state=state)
            moves = _read(books, reference).moves
        return next(move for move in moves if move.kind is EntryKind.REFUND and move.key == key)

    @contextmanager
    def _books(self) -> Iterator[sqlite3.Connection]:
        """One transaction; writers queue up."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with closing(sqlite3.connect(self.path, timeout=20, isolation_level=None)) as books:
            books.row_factory = sqlite3.Row
            books.executescript(_SCHEMA)
            books.execute("BEGIN IMMEDIATE")
            try:
                yield books
            except BaseException:
                books.execute("ROLLBACK")
                raise
            books.execute("COMMIT")


def _read(books: sqlite3.Connection, reference: str) -> Charge:
    row = books.execute("SELECT * FROM charge WHERE reference = ?", (reference,)).fetchone()
    if row is None:
        raise Rejected("no_such_payment", f"The dummy provider has no payment {reference}.")
    moves = books.execute("SELECT * FROM move WHERE reference = ? ORDER BY id", (reference,)).fetchall()
    return Charge(
        reference=reference,
        key=row["key"],
        price=Price(Decimal(row["amount"]), row["currency"]),
        scenario=row["scenario"],
        capture=bool(row["capture"]),
        return_url=row["return_url"],
        status=Status(row["status"]),
        challenged=bool(row["challenged"]),
        error_code=row["error_code"],
        # The reference makes it unique for ever, even if the file is lost and the numbers begin anew.
        moves=tuple(
            Move(
                provider_ref=f"{reference}-{number}",
                kind=EntryKind(move["kind"]),
                key=move["key"] or "",
                amount=Decimal(move["amount"]),
                state=EntryState(move["state"]),
            )
            for number, move in enumerate(moves, start=1)
        ),
    )


def _pay(books: sqlite3.Connection, found: Charge) -> None:
    if not found.capture:
        _move(books, found, EntryKind.AUTHORISE, found.price.amount)
        _set(books, found, Status.AUTHORISED)
    else:
        _move(books, found, EntryKind.CAPTURE, found.price.amount)
        _set(books, found, Status.CAPTURED)


def _is_new(found: Charge, kind: EntryKind, price: Price, key: str, *, most: Decimal) -> bool:
    """Whether a request is to be carried out; False for one that was, under this key."""
    earlier = next((move for move in found.moves if move.kind is kind and move.key == key), None)
    if earlier is not None and earlier.amount == price.amount:
        return False
    if earlier is not None:
        raise Rejected("key_taken", "The key was used with another amount.")
    if price.currency != found.price.currency or not ZERO < price.amount <= most:
        raise Rejected("amount_too_large", f"At most {most} {found.price.currency}.")
    return True


def _move(
    books: sqlite3.Connection,
    found: Charge,
    kind: EntryKind,
    amount: Decimal,
    key: str | None = None,
    *,
    state: EntryState = EntryState.SUCCEEDED,
) -> None:
    books.execute(
        "INSERT INTO move (reference, kind, key, amount, state) VALUES (?, ?, ?, ?, ?)",
        (found.reference, kind.value, key, str(amount), state.value),
    )


def _set(books: sqlite3.Connection, found: Charge, status: Status, error_code: str = "") -> None:
    books.execute(
        "UPDATE charge SET status = ?, challenged = 0, error_code = ? WHERE reference = ?",
        (status.value, error_code, found.reference),
    )

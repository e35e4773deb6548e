"""The dummy provider's ledger: payments, their movements, and saved cards."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
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

__all__ = ["Card", "Charge", "Move", "add_move", "opened", "read", "read_card", "set_status"]

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
CREATE TABLE IF NOT EXISTS card (
    reference TEXT PRIMARY KEY REFERENCES charge, customer TEXT NOT NULL, forgotten INTEGER NOT NULL DEFAULT 0
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
        """Sum the movements that didn't fail."""
        return sum((m.amount for m in self.moves if m.kind is kind and m.state is not EntryState.FAILED), ZERO)

    @property
    def authorised(self) -> Decimal:
        """The amount that can still be captured."""
        return max(ZERO, self.sum(EntryKind.AUTHORISE) - self.sum(EntryKind.CAPTURE) - self.sum(EntryKind.VOID))

    @property
    def refundable(self) -> Decimal:
        """The amount that was taken and not given back."""
        return self.sum(EntryKind.CAPTURE) - self.sum(EntryKind.REFUND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card that the provider keeps.

    Attributes:
        reference: Of the payment that it was saved with.
        customer: The shop's id of whose it is.
    """

    reference: str
    customer: str
    forgotten: bool


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """One transaction; writers queue up."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as books:
        books.row_factory = sqlite3.Row
        books.executescript(_SCHEMA)
        books.execute("BEGIN IMMEDIATE")
        try:
            yield books
        except BaseException:
            books.execute("ROLLBACK")
            raise
        books.execute("COMMIT")


def read(books: sqlite3.Connection, reference: str) -> Charge:
    """A payment.

    Raises:
        Rejected: There is none.
    """
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


def read_card(books: sqlite3.Connection, reference: str) -> Card | None:
    """The card that was saved with a payment."""
    row = books.execute("SELECT * FROM card WHERE reference = ?", (reference,)).fetchone()
    if row is None:
        return None
    return Card(reference=reference, customer=row["customer"], forgotten=bool(row["forgotten"]))


def add_move(
    books: sqlite3.Connection,
    charge: Charge,
    kind: EntryKind,
    amount: Decimal,
    key: str | None = None,
    *,
    state: EntryState = EntryState.SUCCEEDED,
) -> None:
    """Write one object down."""
    books.execute(
        "INSERT INTO move (reference, kind, key, amount, state) VALUES (?, ?, ?, ?, ?)",
        (charge.reference, kind.value, key, str(amount), state.value),
    )


def set_status(books: sqlite3.Connection, charge: Charge, status: Status, error_code: str = "") -> None:
    """Set the payment's status."""
    books.execute(
        "UPDATE charge SET status = ?, challenged = 0, error_code = ? WHERE reference = ?",
        (status.value, error_code, charge.reference),
    )

"""Forms of actions on several rows of a list: what can't be done is said before anything is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tradepost.core import db
from tradepost.core.actors import By
from tradepost.core.errors import TradepostError
from tradepost.core.pages.action_forms import ActionForm

__all__ = ["BulkForm", "Change", "Refused"]


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that can't, and why."""

    row: Any
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is another one afterwards, in words."""

    label: Any
    before: str
    after: str


class BulkForm(ActionForm):
    """The input of an action on several rows, each done by itself: a refusal of one leaves the others be.

    Attributes:
        done_rows: Rows that it was done with.
        refused: Those that it couldn't be done with.
        changes: Values before and after, as far as a form tells them.
    """

    asks_a_provider = True  # each row is a transaction of its own
    row: Sequence[Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.done_rows: list[Any] = []
        self.refused: list[Refused] = []
        self.changes: list[Change] = []

    def act_on(self, row: Any, by: By, key: str) -> None:
        """Do it with one row, by a service.

        Args:
            key: For the service's ``idempotency_key``; of the form and this row.

        Raises:
            TradepostError: It is refused.
        """
        raise NotImplementedError

    def preview(self, by: By) -> None:
        """Fill :attr:`done_rows` and :attr:`refused` as they would be; nothing is written."""

        def undone(row: Any) -> None:
            with db.rolled_back():
                self.act_on(row, by, "")

        self._each(undone)

    def act(self, by: By) -> None:
        """Do it with each row."""
        self._each(lambda row: self.act_on(row, by, f"{self.key}:{row.pk}"))

    def _each(self, act: Callable[[Any], None]) -> None:
        self.done_rows, self.refused = [], []
        for row in self.row:
            try:
                act(row)
            except TradepostError as refusal:
                self.refused.append(Refused(row, str(refusal)))
            else:
                self.done_rows.append(row)

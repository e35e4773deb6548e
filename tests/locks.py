"""The controls of races: the shop without its locks."""

from __future__ import annotations

from typing import Any

import pytest

from tradepost.core import db
from tradepost.core.db import transactions


def take_locks_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are read in the order in which they would have been locked, by whichever name the code calls ``lock``."""

    def read(rows: Any, **_: Any) -> Any:
        return rows.order_by("pk")

    for module in (db, transactions):
        monkeypatch.setattr(module, "lock", read)
    db.forget_prepared()  # with their locks; after the test the suite's own fixture lets them come back

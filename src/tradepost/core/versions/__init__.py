"""Frozen copies, by version, of what staff change rarely: kept in the process, under versions that each change writes.

An app says which tables a kind is stored in, and what is loaded of them::

    watch("price_lists", PriceList, placing=True)          # in ready()
    LISTS = Frozen("price_lists", load=_price_lists)
    LISTS.get("EUR")                                       # no query but the versions', once for each request
"""

from __future__ import annotations

from .change_lock import hold, lock_early
from .dependence import kinds_behind
from .frozen import Frozen, forget_all
from .kept_count import CountingPaginator, kept_count, kept_keys, kept_of, recipe
from .scopes import current, forget_read, one_reading, read_anew
from .tokens import changed, fold, read_versions
from .watched_tables import kinds, kinds_of, leave_out, watch

__all__ = [
    "CountingPaginator",
    "Frozen",
    "changed",
    "current",
    "fold",
    "forget_all",
    "forget_read",
    "hold",
    "kept_count",
    "kept_keys",
    "kept_of",
    "kinds",
    "kinds_behind",
    "kinds_of",
    "leave_out",
    "lock_early",
    "one_reading",
    "read_anew",
    "read_versions",
    "recipe",
    "watch",
]

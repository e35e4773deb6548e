"""Links from one type to another, fetched for all rows of a document at once.

Before a field is answered, the whole of what is asked for below it is looked at: the rows that ask for the same link with the
same arguments are collected, wherever they stand on that level, and its ``load`` is asked once for all of them. So a document
costs as many queries as it names links, whatever it finds.
"""

from __future__ import annotations

from .goods import LINKS
from .rows import Asked, LinkedRows

__all__ = ["LINKS", "Asked", "LinkedRows"]

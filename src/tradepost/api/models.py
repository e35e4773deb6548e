"""Models of api."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradepost.core.extending.late_models import replaced, stock

from . import base

if TYPE_CHECKING or stock(__name__):

    class IdempotencyRecord(base.AbstractIdempotencyRecord): ...

    class BulkJob(base.AbstractBulkJob): ...

    class BulkPart(base.AbstractBulkPart): ...

else:
    __getattr__ = replaced(__name__)

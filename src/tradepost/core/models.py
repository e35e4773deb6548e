"""Models of the core."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradepost.core.extending.late_models import replaced, stock

from . import base

if TYPE_CHECKING or stock(__name__):

    class Change(base.AbstractChange): ...

    class Delivery(base.AbstractDelivery): ...

    class JobState(base.AbstractJobState): ...

    class OneTimeKey(base.AbstractOneTimeKey): ...

    class Sequence(base.AbstractSequence): ...

else:
    __getattr__ = replaced(__name__)

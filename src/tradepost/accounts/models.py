"""Models of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradepost.core.extending.late_models import replaced, stock

from . import base

if TYPE_CHECKING or stock(__name__):

    class EmailIdentity(base.AbstractEmailIdentity): ...

    class AccountToken(base.AbstractAccountToken): ...

    class Session(base.AbstractSession): ...

    class ApiKey(base.AbstractApiKey): ...

else:
    __getattr__ = replaced(__name__)

"""The abstract user that the library offers, as it is."""

from __future__ import annotations

from tradepost.accounts.users import AbstractEmailUser


class User(AbstractEmailUser):
    """Somebody who signs in by e-mail."""

"""The default store fits the user model of whatever project this runs in."""

from __future__ import annotations

import pytest

from tradepost.accounts.conf import users
from tradepost.accounts.ports import UserStore
from tradepost.testing.contracts import UserStoreContract


@pytest.mark.django_db
class TestStore(UserStoreContract):
    """The one of the settings: ours, or the one that the model needs."""

    def make_store(self) -> UserStore:
        return users()

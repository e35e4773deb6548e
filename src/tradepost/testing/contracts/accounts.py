"""The contract of stores of users, as a test class to inherit from."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model

from tradepost.accounts.ports import UserStore
from tradepost.core.errors import Misused

__all__ = ["UserStoreContract"]

_EMAIL = "Anna@example.com"


class UserStoreContract:
    """The contract for accounts: users of the project's model are made, found, changed and forgotten. Needs the database."""

    def make_store(self) -> UserStore:
        """The store, made as a project's settings would."""
        raise NotImplementedError

    def _saved(self, email: str = _EMAIL, name: str = "Anna Berg") -> Any:
        store = self.make_store()
        user = store.build(email, name)
        user.set_password("quiet-harbour-7")
        store.save(user)
        return get_user_model()._default_manager.get(pk=user.pk)

    def test_a_user_is_built_without_being_written(self) -> None:
        """They have no password yet, whatever is known of them."""
        for name in ("Anna Berg", "", "x" * 200):
            user = self.make_store().build(_EMAIL, name)
            assert not user.has_usable_password()
        assert not get_user_model()._default_manager.exists()

    def test_a_saved_user_may_sign_in(self) -> None:
        """By the password that was set before; two of them don't get in each other's way."""
        first, second = self._saved(), self._saved("bert@example.com")
        assert self.make_store().is_active(first)
        assert first.check_password("quiet-harbour-7")
        assert first.get_username() != second.get_username()

    def test_a_user_is_found_by_the_address_on_file(self) -> None:
        """However it is written; nobody for an address that no user has."""
        user = self._saved()
        assert self.make_store().find("anna@example.com") == user
        assert self.make_store().find("nobody@example.com") is None

    def test_an_address_is_changed(self) -> None:
        """It is found by the new one, and not by the old one."""
        user = self._saved()
        self.make_store().set_email(user, "new@example.com")
        assert self.make_store().find("new@example.com") == user
        assert self.make_store().find(_EMAIL) is None

    def test_a_user_is_shut_out_and_let_in(self) -> None:
        """Or the store says that the model has no place for it, and nothing has changed."""
        user, store = self._saved(), self.make_store()
        for active in (False, True):
            try:
                store.set_active(user, active=active)
            except Misused:
                active = True  # noqa: PLW2901 - as before
            assert store.is_active(get_user_model()._default_manager.get(pk=user.pk)) is active

    def test_users_are_forgotten(self) -> None:
        """The rows stay, several beside each other, with nothing personal and no way in."""
        users = [self._saved(), self._saved("bert@example.com", "Bert")]
        for user in users:
            self.make_store().forget(user)
        assert self.make_store().find(_EMAIL) is None
        for row in get_user_model()._default_manager.all():
            assert not (self.make_store().is_active(row) and row.has_usable_password())
            assert "anna" not in f"{row.get_username()} {row.__dict__}".lower()
        assert get_user_model()._default_manager.count() == 2

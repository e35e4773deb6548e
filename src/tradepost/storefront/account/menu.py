"""The menu of the account, which a project changes from ``ready()`` of an app of its own::

    account_menu.add(AccountEntry("wishes", _("Wish list")), before="addresses")

Each entry leads to an address of the shop's :class:`~tradepost.storefront.routers.Router`. One whose address isn't there isn't
shown: the app that serves it isn't installed, or the router dropped it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from tradepost.checkout.view import payments_installed
from tradepost.core.errors import Misused
from tradepost.customers.conf import purposes

__all__ = ["AccountEntry", "AccountMenu", "account_menu", "asks_for_consents", "can_save_methods", "has_accounts"]


def has_accounts() -> bool:
    """Whether customers have pages of their own beside their orders: ``tradepost.accounts`` is installed."""
    return "tradepost_accounts" in apps.app_configs


def _always(request: HttpRequest) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """An entry of the menu.

    Attributes:
        name: Of the address, as in ``tradepost:addresses``, without the namespace. A page is marked as the present one where its
            view's ``account_entry`` is this name.
        title: For people.
        is_shown: Whether this customer sees it; it is called for every page of the account, so it asks the database for nothing.
    """

    name: str
    title: Any
    is_shown: Callable[[HttpRequest], bool] = _always

    def address(self) -> str:
        """Where it leads; empty where the shop has no such address."""
        try:
            return reverse(f"tradepost:{self.name}")
        except NoReverseMatch:
            return ""


class AccountMenu:
    """Entries in order."""

    def __init__(self, entries: Iterable[AccountEntry] = ()) -> None:
        self._entries = {entry.name: entry for entry in entries}

    def add(self, entry: AccountEntry, *, before: str = "") -> None:
        """Add an entry, at the end where ``before`` names none.

        Raises:
            Misused: There is an entry of this name, or none called ``before``.
        """
        if entry.name in self._entries:
            raise Misused(f"The account's menu has an entry {entry.name!r}; put yours there with replace().")
        names = [*self._entries]
        names.insert(names.index(self._checked(before)) if before else len(names), entry.name)
        entries = {**self._entries, entry.name: entry}
        self._entries = {name: entries[name] for name in names}

    def replace(self, entry: AccountEntry) -> None:
        """Put another entry instead of ours, at the same place.

        Raises:
            Misused: There is none of its name.
        """
        self._entries[self._checked(entry.name)] = entry

    def drop(self, name: str) -> None:
        """Leave an entry out; its page stays.

        Raises:
            Misused: There is none of this name.
        """
        del self._entries[self._checked(name)]

    def shown(self, request: HttpRequest) -> list[AccountEntry]:
        """The entries that this customer sees, in order. Makes no query."""
        return [entry for entry in self._entries.values() if entry.address() and entry.is_shown(request)]

    def _checked(self, name: str) -> str:
        if name not in self._entries:
            raise Misused(f"The account's menu has no entry {name!r}; there are: {', '.join(self._entries)}.")
        return name


def can_save_methods(request: HttpRequest) -> bool:
    """Whether customers of this shop can save payment methods."""
    if not payments_installed():
        return False
    from tradepost.payments import conf

    return any(method.SAVES for method in conf.methods().values())


def asks_for_consents(request: HttpRequest) -> bool:
    """Whether there is anything that customers of this shop may agree to."""
    return bool(purposes())


account_menu = AccountMenu(
    [
        AccountEntry("account", _("Overview")),
        AccountEntry("orders", _("Orders")),
        AccountEntry("addresses", _("Addresses")),
        AccountEntry("saved", _("Payment methods"), can_save_methods),
        AccountEntry("profile", _("Profile")),
        AccountEntry("credentials", _("Password & e-mail")),
        AccountEntry("devices", _("Devices")),
        AccountEntry("consents", _("Consents"), asks_for_consents),
    ]
)
"""The shop's own; entries of a project are added in ``ready()`` of one of its apps."""

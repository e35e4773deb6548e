"""The frame of every page: the menu, the basket's count, the choice of currency and country."""

from __future__ import annotations

from functools import cached_property

from django.http import HttpRequest

from tradepost.catalogue.models import Category
from tradepost.catalogue.selectors import KeptCategory, kept_categories
from tradepost.core.shop_settings import ShopSettings, shop
from tradepost.pricing.conf import settings as pricing_settings

from . import session
from .account.menu import AccountEntry, account_menu, has_accounts
from .conf import StorefrontSettings, settings
from .countries import country_choices, country_name
from .redirects import dashboard_url

__all__ = ["Frame", "children", "trail"]


class Frame:
    """Looked up when a template asks for it: a page that shows no menu pays for none."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def shop(self) -> ShopSettings:
        """Name and address of the shop."""
        return shop()

    @property
    def settings(self) -> StorefrontSettings:
        """``TRADEPOST_STOREFRONT``."""
        return settings()

    @property
    def dashboard_url(self) -> str:
        """Of the dashboard, for staff of a project that has one."""
        return dashboard_url(self.request.user)

    @cached_property
    def menu(self) -> list[KeptCategory]:
        """The categories at the root."""
        return children("")

    @property
    def has_accounts(self) -> bool:
        """Whether customers have pages of their own beside their orders."""
        return has_accounts()

    @property
    def account_menu(self) -> list[AccountEntry]:
        """The entries of the account's menu."""
        return account_menu.shown(self.request)

    @cached_property
    def units(self) -> int:
        """Units in the basket."""
        return session.units_in_basket(self.request)

    @cached_property
    def currency(self) -> str:
        """In which prices are shown."""
        return session.currency(self.request)

    @property
    def currencies(self) -> tuple[str, ...]:
        """On offer."""
        return tuple(pricing_settings().CURRENCIES)

    @cached_property
    def country(self) -> str:
        """Code of the visitor's country, where it is known."""
        return session.country(self.request)

    @property
    def country_name(self) -> str:
        """Its name."""
        return country_name(self.country)

    @property
    def countries(self) -> list[tuple[str, str]]:
        """Code and name, by name."""
        return country_choices()


def trail(path: str) -> list[KeptCategory]:
    """The published categories from the root down to one, itself included."""
    return [category for category in kept_categories() if path.startswith(category.path)]


def children(path: str) -> list[KeptCategory]:
    """The published categories right below one."""
    length = len(path) + Category.steplen
    return [row for row in kept_categories() if row.path.startswith(path) and len(row.path) == length]

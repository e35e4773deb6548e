"""The frame of every page: the menu, the basket's count, the choice of currency and country."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.apps import apps
from django.http import HttpRequest

from tradepost.catalogue.models import Category
from tradepost.catalogue.selectors import category_tree
from tradepost.core.shop_settings import ShopSettings, shop
from tradepost.core.soft_cache import soft_cache as cache
from tradepost.pricing.conf import settings as pricing_settings

from . import session
from .account.menu import AccountEntry, account_menu
from .conf import StorefrontSettings, settings
from .countries import country_choices, country_name

__all__ = ["Crumb", "Frame", "trail"]

_MENU = "tradepost:storefront:menu"
_MENU_KEPT = 60  # seconds; a new category is in the menu a minute later at most


@dataclass(frozen=True, slots=True)
class Crumb:
    """A category as menus and breadcrumbs show it."""

    path: str
    name: str
    slug: str


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

    @cached_property
    def menu(self) -> list[Crumb]:
        """The categories at the root."""
        return [crumb for crumb in _tree() if len(crumb.path) == Category.steplen]

    @property
    def has_accounts(self) -> bool:
        """Whether customers have pages of their own beside their orders (``tradepost.accounts``)."""
        return "tradepost_accounts" in apps.app_configs

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


def trail(path: str) -> list[Crumb]:
    """The published categories from the root down to one, itself included."""
    return [crumb for crumb in _tree() if path.startswith(crumb.path)]


def children(path: str) -> list[Crumb]:
    """The published categories right below one."""
    length = len(path) + Category.steplen
    return [crumb for crumb in _tree() if crumb.path.startswith(path) and len(crumb.path) == length]


def _tree() -> list[Crumb]:
    rows = cache.get(_MENU)
    if rows is None:
        nodes = [node.category for root in category_tree() for node in root.walk()]
        rows = [(category.path, category.name, category.slug) for category in nodes]
        cache.set(_MENU, rows, _MENU_KEPT)
    return [Crumb(*row) for row in rows]

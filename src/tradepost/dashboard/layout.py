"""The frame of every page: the menu of sections as far as somebody may open their pages, the shop's name, the search box."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from tradepost.core.shop_settings import ShopSettings, shop

from .registry import Section, dashboard

__all__ = ["Frame", "MenuPage", "MenuSection"]


@dataclass(frozen=True, slots=True)
class MenuPage:
    """An entry of a section's menu."""

    title: str
    url: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class MenuSection:
    """A section with the pages that somebody may open."""

    section: Section
    pages: tuple[MenuPage, ...]
    is_here: bool

    @property
    def url(self) -> str:
        """Of its first page."""
        return self.pages[0].url


class Frame:
    """Looked up when a template asks for it. It makes no query but those for the reader's permissions."""

    def __init__(self, request: HttpRequest, page: Any = None) -> None:
        self.request, self.page = request, page

    @property
    def shop(self) -> ShopSettings:
        """Name and address of the shop."""
        return shop()

    @property
    def shop_url(self) -> str:
        """Of the shop's first page, where the project has one."""
        return _address("tradepost:home")

    @property
    def admin_url(self) -> str:
        """Of Django's admin, where the project has one."""
        return _address("admin:index")

    @cached_property
    def sections(self) -> list[MenuSection]:
        """Those with a page that this reader may open."""
        return [*self._sections()]

    def _sections(self) -> Iterator[MenuSection]:
        here = getattr(self.page, "section", "")
        for section in dashboard.sections:
            shown = [page for page in dashboard.pages if page.section == section.key and page.in_menu]
            pages = tuple(
                MenuPage(str(page.title), page.url(), page.key == getattr(self.page, "key", ""))
                for page in shown
                if page.access.allows(self.request.user)
            )
            if pages:
                yield MenuSection(section, pages, here == section.key)


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""

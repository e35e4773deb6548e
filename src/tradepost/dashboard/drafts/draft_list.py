"""The list of drafts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.basket.models import BasketLine
from tradepost.checkout.base import AbstractDraft
from tradepost.checkout.models import Draft
from tradepost.core.access import needs

from ..orders.texts import badge, when
from ..pages import ListPage
from ..registry import Column, View

__all__ = ["MANAGE", "DraftListPage", "columns", "draft_name", "draft_url", "views"]

MANAGE = needs("tradepost_basket.manage_drafts")


class DraftListPage(ListPage):
    """Orders that weren't placed yet, the latest first."""

    key = "drafts"
    section = "orders"
    title = gettext_lazy("Drafts")
    pattern = "orders/drafts/"
    access = MANAGE
    new_page = "new-order"
    search_label = gettext_lazy("Name, e-mail, phone or title")
    empty_text = gettext_lazy("No drafts. Start an order for somebody who phones, writes, or stands before you.")
    default_order: ClassVar[tuple[str, ...]] = ("-pk",)

    def get_rows(self) -> Any:
        """Those that can still be placed."""
        return Draft.objects.open().select_related("basket__customer", "basket__checkout", "replaces")

    def get_matching(self, rows: Any, text: str) -> Any:
        """By what staff wrote, and by who is to get it."""
        return rows.matching(text)

    def row_url(self, row: Any) -> str:
        """The draft's page."""
        return draft_url(row)


def draft_url(draft: AbstractDraft) -> str:
    """The page of a draft."""
    return reverse("tradepost_dashboard:draft", args=[draft.basket.uuid])


def draft_name(draft: AbstractDraft) -> str:
    """Whom people mean: its title, the customer, who is to get it, else how they are reached."""
    checkout: Any = getattr(draft.basket, "checkout", None)
    ship_to = checkout.ship_to if checkout is not None else None
    names = (
        draft.title,
        str(draft.basket.customer or ""),
        ship_to.name if ship_to else "",
        checkout.email if checkout is not None else "",
        checkout.phone if checkout is not None else "",
    )
    return next(filter(None, names), _("Draft without a name"))


def columns() -> Iterator[Column]:
    """All of them."""
    yield Column(key="name", title=gettext_lazy("Draft"), value=draft_name)
    yield Column(
        key="customer",
        title=gettext_lazy("Customer"),
        value=lambda draft: str(draft.basket.customer or gettext_lazy("No account")),
    )
    yield Column(
        key="units",
        title=gettext_lazy("Items"),
        value=lambda draft: draft.units,
        prepare=_with_units,
        is_number=True,
    )
    yield Column(key="replaces", title=gettext_lazy("Changes order"), value=_replaced, text=_replaced_text)
    yield Column(key="author", title=gettext_lazy("Begun by"), value=lambda draft: draft.author_label)
    yield Column(key="changed", title=gettext_lazy("Last changed"), value=lambda draft: when(draft.basket.updated_at))
    yield Column(
        key="currency", title=gettext_lazy("Currency"), value=lambda draft: draft.basket.currency, is_default=False
    )


def views() -> Iterator[View]:
    """The only tab: people keep their own."""
    yield View(key="open", title=gettext_lazy("Open"))


def _with_units(rows: Any) -> Any:
    lines = BasketLine.objects.filter(basket=OuterRef("basket")).order_by().values("basket")
    return rows.annotate(units=Coalesce(Subquery(lines.annotate(sum=Sum("quantity")).values("sum")), 0))


def _replaced_text(draft: Any) -> str:
    return str(draft.replaces.number) if draft.replaces is not None else ""


def _replaced(draft: Any) -> str:
    return badge(draft.replaces.number) if draft.replaces is not None else ""

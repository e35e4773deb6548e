"""The page of one draft."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from tradepost.checkout import services
from tradepost.checkout.services.prepare import order_of
from tradepost.core.errors import NotFound

from ..orders.order_list import order_url
from ..pages import RecordPage
from .draft_list import MANAGE, DraftListPage, draft_name

__all__ = ["DraftPage"]

# What a customer is asked for in other words.
_MISSING = {
    "basket_empty": _("Something to buy"),
    "email_missing": _("An e-mail address or a phone number"),
    "shipping_address_missing": _("A delivery address"),
    "shipping_method_missing": _("How it is delivered"),
    "pickup_point_missing": _("The pickup point"),
}


class DraftPage(RecordPage):
    """Everything about an order that isn't placed: goods, buyer, delivery, and what is still missing."""

    key = "draft"
    section = "orders"
    title = _("Draft")
    pattern = "orders/drafts/<uuid:uuid>/"
    access = MANAGE
    template_name = "tradepost/dashboard/drafts/draft.html"

    def find_row(self) -> Any:
        """The draft, in any state."""
        try:
            return services.find_draft(str(self.kwargs["uuid"]))
        except NotFound:
            return None

    def get_row(self) -> Any:
        """The draft with a look at its checkout, as ``look``; a constant number of queries."""
        draft: Any = self.find_row()
        if draft is not None:
            draft.look = services.look(draft.basket)
        return draft

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page; of a draft that was placed, its order's."""
        draft = self.find_row()
        if draft is not None and not draft.basket.allows.is_open:
            order = order_of(draft.basket)
            return HttpResponseRedirect(order_url(order.number) if order is not None else DraftListPage.url())
        return super().get(request, *args, **kwargs)

    def get_version(self, row: Any) -> str:
        """Nobody needs it: each change is one of its own, and placing says what total was seen."""
        return ""

    def get_title(self) -> str:
        """Whose it is."""
        return draft_name(self.row)

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """With what is still missing."""
        missing = [_MISSING.get(entry.code, entry.message) for entry in self.row.look.requirements]
        return super().get_context(back=DraftListPage.url(), missing=missing, **facts)

"""Actions on a draft, and the one on an unpaid order that makes a draft of it."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.checkout import services
from tradepost.core.access import needs
from tradepost.core.actors import By

from ..forms import ActForm
from ..registry import Action
from .buyer_forms import AddressForm, BillingForm, ContactForm, CustomerForm, DeliveryForm, PaymentForm, RemoveForm
from .draft_list import MANAGE, draft_url
from .line_forms import PRICE, AddForm, CouponForm, PriceForm, PriceOfAllForm, RemoveCouponForm, UnitsForm
from .place_form import PlaceForm

__all__ = ["draft_actions", "edit_action"]

_PRICE = needs("tradepost_basket.manage_drafts", PRICE)


def draft_actions() -> Iterator[Action]:
    """Placing at the head; the others beside what they change."""
    yield Action(key="place", form=PlaceForm, access=MANAGE, is_shown=_is_open)
    for key, form in (
        ("add", AddForm),
        ("units", UnitsForm),
        ("coupon", CouponForm),
        ("remove-coupon", RemoveCouponForm),
        ("customer", CustomerForm),
        ("contact", ContactForm),
        ("address", AddressForm),
        ("billing", BillingForm),
        ("delivery", DeliveryForm),
    ):
        yield Action(key=key, form=form, access=MANAGE, is_shown=_is_open, is_inside=True)
    if "tradepost_payments" in apps.app_configs:
        yield Action(key="payment", form=PaymentForm, access=MANAGE, is_shown=_is_open, is_inside=True)
    yield Action(key="price", form=PriceForm, access=_PRICE, is_shown=_is_open, is_inside=True)
    yield Action(key="price-of-all", form=PriceOfAllForm, access=_PRICE, is_shown=_is_open, is_inside=True)
    yield Action(key="remove", form=RemoveForm, access=MANAGE, is_shown=_is_open, is_quiet=True)


def _is_open(draft: object) -> bool:
    return bool(draft.basket.allows.is_open)  # type: ignore[attr-defined]


class EditForm(ActForm):
    """An order that isn't paid is changed: by a draft, which takes its place once that is placed."""

    title = gettext_lazy("Edit order")
    explanation = gettext_lazy(
        "You change a copy. The order stays as it is until you place that; you see the money before and after. "
        "Prices are those of today, but for those that staff had set."
    )

    def act(self, by: By) -> None:
        """Open the draft, or the one that is open for it already."""
        self.goes_to = draft_url(services.draft_of(self.row, by=by))
        self.outcome = _("Change what you like, then place it.")


def edit_action() -> Action:
    """On an order's page."""
    return Action(
        key="edit",
        form=EditForm,
        access=needs("tradepost_orders.change_order", "tradepost_basket.manage_drafts"),
        is_shown=lambda order: bool(
            order.allows.awaits_payment and not order.amount_captured and not order.amount_authorised
        ),
    )

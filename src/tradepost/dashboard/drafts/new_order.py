"""The page where an order on behalf of somebody is begun."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from tradepost.basket import services as baskets
from tradepost.checkout import services
from tradepost.core.actors import By
from tradepost.core.shop_settings import shop
from tradepost.pricing.conf import settings as pricing_settings

from ..countries import country_choices
from ..forms import ActForm
from ..pages import FormPage
from .draft_list import MANAGE, draft_url

__all__ = ["SEE_CUSTOMERS", "NewOrderForm", "NewOrderPage", "currency_choices"]

SEE_CUSTOMERS = "tradepost_customers.view_customer"


def currency_choices() -> list[tuple[str, str]]:
    """Those that the shop sells in."""
    return [(code, code) for code in sorted({pricing_settings().CURRENCY, *pricing_settings().CURRENCIES})]


class NewOrderForm(ActForm):
    """The beginning of a draft; goods and answers are filled in on its page."""

    title = _("Start order")
    explanation = _("For somebody who phones, writes, or stands before you. Nothing is held until you place it.")
    customer = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    name = forms.CharField(
        label=_("Title"), max_length=200, required=False, help_text=_("For staff, as in “Phoned on Monday”.")
    )
    country = forms.ChoiceField(label=_("Goes to"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country: Any = self.fields["country"]
        country.choices = country_choices(str(_("Not known yet")))
        currency: Any = self.fields["currency"]
        currency.choices = [("", _("That of the country")), *currency_choices()]
        if len(currency.choices) < 3:
            del self.fields["currency"]
        if not self.is_bound:
            self.initial.setdefault("country", getattr(shop(), "COUNTRY", "") or "")

    def act(self, by: By) -> None:
        """Begin it, for a customer with their prices and addresses where the address names one."""
        asked = self.cleaned_data
        if asked["customer"] and not self.user.has_perm(SEE_CUSTOMERS):
            raise PermissionDenied
        draft = services.open_draft(
            by=by,
            customer=baskets.customer_named(asked["customer"]),
            title=asked["name"],
            country=asked["country"],
            currency=asked.get("currency") or None,
        )
        self.goes_to = draft_url(draft)
        self.outcome = str(_("The draft is begun. Add what they want."))


class NewOrderPage(FormPage):
    """Begin an order on behalf of somebody; ``?customer=`` names one by the UUID."""

    key = "new-order"
    section = "orders"
    title = _("New order")
    pattern = "orders/new/"
    access = MANAGE
    form_class = NewOrderForm
    back_page = "drafts"

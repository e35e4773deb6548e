"""Actions on a customer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from tradepost.core.access import needs

from ..registry import Action
from .address_forms import AddAddressForm, ChangeAddressForm, RemoveAddressForm
from .person_forms import EraseForm, PersonForm, ReleaseTierForm, TierForm, WithdrawForm

__all__ = ["customer_actions"]

_APP = "tradepost_customers"
_CHANGE = needs(f"{_APP}.change_customer")
_TIER = needs(f"{_APP}.change_tiermembership")


def customer_actions() -> Iterator[Action]:
    """An order on their behalf first."""
    if "tradepost_checkout" in apps.app_configs:
        yield Action(
            key="order",
            title=_("New order"),
            access=needs("tradepost_basket.manage_drafts", f"{_APP}.view_customer"),
            is_shown=_is_there,
            url=_new_order,
        )
    yield Action(key="edit", form=PersonForm, access=_CHANGE, is_shown=_is_there)
    yield Action(key="tier", form=TierForm, access=_TIER, is_shown=_is_there, is_inside=True)
    yield Action(key="release-tier", form=ReleaseTierForm, access=_TIER, is_shown=_is_by_hand, is_inside=True)
    for key, form, name in (
        ("add-address", AddAddressForm, "add"),
        ("change-address", ChangeAddressForm, "change"),
        ("remove-address", RemoveAddressForm, "delete"),
    ):
        access = needs(f"{_APP}.view_address", f"{_APP}.{name}_address")
        yield Action(key=key, form=form, access=access, is_shown=_is_there, is_inside=True)
    consents = needs(f"{_APP}.view_consent", f"{_APP}.add_consent")
    yield Action(key="withdraw", form=WithdrawForm, access=consents, is_shown=_is_there, is_inside=True)
    yield Action(
        key="export",
        title=_("Export data"),
        access=needs(f"{_APP}.view_customer", f"{_APP}.view_address", f"{_APP}.view_consent"),
        url=_export,
        is_quiet=True,
    )
    yield Action(
        key="erase", form=EraseForm, access=needs(f"{_APP}.delete_customer"), is_shown=_is_there, is_quiet=True
    )


def _is_there(customer: Any) -> bool:
    return customer.anonymised_at is None


def _is_by_hand(customer: Any) -> bool:
    membership = getattr(customer, "tier_membership", None)
    return bool(membership is not None and membership.is_by_hand)


def _new_order(customer: Any) -> str:
    from ..drafts.new_order import NewOrderPage

    return f"{NewOrderPage.url()}?{urlencode({'customer': customer.uuid})}"


def _export(customer: Any) -> str:
    from .export import CustomerExportPage

    return CustomerExportPage.url(customer.uuid)

"""Drafts: orders that staff prepare on behalf of somebody who phones, writes, or stands before them.

A draft is a basket that only staff see, with its checkout: its lines, coupons and answers are changed by the same services as a
customer's. Nothing is held for it until it is placed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tradepost.basket import services as baskets
from tradepost.basket.errors import BasketNotOpen
from tradepost.basket.models import Basket
from tradepost.core import db
from tradepost.core.actors import By
from tradepost.core.errors import Invalid, NotFound
from tradepost.customers.base import AbstractCustomer
from tradepost.customers.models import Address, Customer

from ..base import AbstractDraft
from ..models import Checkout, Draft
from .checkout import update

__all__ = ["change_draft", "fill_draft", "find_draft", "open_draft", "remove_draft"]

UNSET: Any = object()


def find_draft(uuid: UUID | str) -> AbstractDraft:
    """A draft by the UUID of its basket.

    Raises:
        NotFound: There is none.
    """
    rows = Draft.objects.select_related("basket__customer", "basket__checkout", "replaces")
    draft = rows.filter(basket__uuid=uuid).first()
    if draft is None:
        raise NotFound(_("There is no such draft."))
    return draft


@db.atomic
def open_draft(
    *,
    by: By,
    customer: AbstractCustomer | None = None,
    title: str = "",
    currency: str | None = None,
    country: str = "",
    channel: str = "web",
) -> AbstractDraft:
    """Begin an order on behalf of a customer, or of somebody whose e-mail or phone number is said next.

    Args:
        by: Its author.
        customer: Whose prices count; default addresses of the address book are the draft's at first.
        title: For staff.
        currency: That of the country where it isn't given.
        country: Where the goods go, as far as it is known.

    Raises:
        CurrencyNotOffered: The shop doesn't sell in it.
        Invalid: There is no such country, or the customer's data were deleted.
    """
    _check_customer(customer)
    basket = baskets.open_basket(customer=customer, currency=currency, channel=channel, country=country, is_draft=True)
    if customer is not None:
        Checkout.objects.create(basket_id=basket.pk, **_known(customer))
    draft: AbstractDraft = Draft.objects.create(
        basket_id=basket.pk, title=title, author_id=by.user_id, author_label=by.label[:150]
    )
    return draft


def change_draft(
    draft: AbstractDraft,
    *,
    customer: AbstractCustomer | None = UNSET,
    title: str = UNSET,
    currency: str = UNSET,
    country: str = UNSET,
    fields: Mapping[str, Any] | None = None,
) -> None:
    """Change whose a draft is and what is known of the buyer; what isn't given stays.

    Args:
        draft: Open.
        customer: ``None`` for somebody without an account.
        fields: What the buyer says, by the names of :func:`~tradepost.checkout.services.update`.

    Raises:
        BasketNotOpen: It was placed.
        CurrencyNotOffered, PriceMissing, ManuallyPriced: It can't be in that currency.
        AddressInvalid, TaxIdInvalid, Invalid: A value is wrong; the others may have been written.
    """
    if fields:
        update(Basket.objects.select_related("customer").get(pk=draft.basket_id), **fields)
    _change_own(draft, customer, title)
    if country is not UNSET:
        baskets.set_country(draft.basket, country)
    if currency is not UNSET:
        baskets.set_currency(draft.basket, currency)


@db.atomic
def _change_own(draft: AbstractDraft, customer: AbstractCustomer | None, title: str) -> None:
    basket = _locked(draft)
    if customer is not UNSET and basket.customer_id != (customer.pk if customer is not None else None):
        _check_customer(customer)
        basket.customer_id = customer.pk if customer is not None else None
        basket.save(update_fields=["customer"])
        # those of an order that is changed were given by whose it was
        Checkout.objects.filter(basket=basket.pk).update(consents={}, agreements={})
    if title is not UNSET:
        draft.title = title
        draft.save(update_fields=["title"])


@db.atomic
def fill_draft(draft: AbstractDraft) -> None:
    """Take over what the shop knows of a draft's customer, as far as nothing else was said: e-mail, phone, default addresses.

    Raises:
        BasketNotOpen: It was placed.
    """
    basket = _locked(draft)
    if basket.customer_id is None:
        return
    customer = Customer.objects.get(pk=basket.customer_id)
    checkout, _is_new = Checkout.objects.get_or_create(basket_id=basket.pk)
    news = {name: value for name, value in _known(customer).items() if value and not getattr(checkout, name)}
    for name, value in news.items():
        setattr(checkout, name, value)
    if news:
        checkout.save(update_fields=[*news, "updated_at"])


@db.atomic
def remove_draft(draft: AbstractDraft) -> None:
    """Delete a draft that wasn't placed, with all that is in it.

    Raises:
        BasketNotOpen: It was placed.
    """
    _locked(draft).delete()


def _locked(draft: AbstractDraft) -> Basket:
    basket: Basket = Basket.objects.filter(pk=draft.basket_id).locked().get()
    if not basket.allows.is_open:
        message = _("This draft has already been placed.")
        raise BasketNotOpen(message, basket=str(basket.uuid), status=str(basket.status))
    return basket


def _check_customer(customer: AbstractCustomer | None) -> None:
    if customer is not None and customer.anonymised_at is not None:
        raise Invalid(_("This customer’s data were deleted."), attr="customer")


def _known(customer: AbstractCustomer) -> dict[str, Any]:
    """How a customer is reached, and the addresses that their deliveries and invoices begin with."""
    flags = {"shipping": "is_default_shipping", "billing": "is_default_billing"}
    rows = list(Address.objects.filter(customer_id=customer.pk))
    chosen = {name: next((row for row in rows if getattr(row, flag)), None) for name, flag in flags.items()}
    addresses = {f"{name}_address": row.as_postal().as_dict() for name, row in chosen.items() if row is not None}
    return {"email": customer.email, "phone": customer.phone, **addresses}

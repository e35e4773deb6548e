"""Whose basket it is: opening, finding, clearing away."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import CharField, UUIDField

from tradepost.core import db
from tradepost.core.addresses.countries import read_country
from tradepost.core.dates import clock
from tradepost.core.extending.exposed_fields import with_exposed
from tradepost.core.fsm import states_that
from tradepost.customers.base import AbstractCustomer
from tradepost.pricing.services import check_currency, currency_for

from ..base import AbstractBasket
from ..models import Basket
from ..querysets import BasketQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

__all__ = ["basket_of", "clear_old", "find_basket", "open_basket", "parsed"]

_BATCH = 500


def parsed(uuid: UUID | str | None) -> UUID | None:
    """A UUID as it came, from a URL or a session; ``None`` for what is none."""
    if uuid is None or isinstance(uuid, UUID):
        return uuid
    try:
        return UUID(str(uuid))
    except ValueError:
        return None


@db.atomic
def open_basket(
    *,
    customer: AbstractCustomer | None = None,
    currency: str | None = None,
    channel: str = "web",
    country: str = "",
    visitor_key: str = "",
    is_draft: bool = False,
) -> AbstractBasket:
    """A new, open basket; a guest's, unless a customer is given.

    Args:
        currency: That of the country where it isn't given, the shop's own by default.
        country: Where the goods will go, as far as it is known; ISO 3166-1 alpha-2.
        visitor_key: A guest's (:func:`tradepost.core.requests.visitor_key.visitor_key`), so that their baskets are known as one
            visitor's.
        is_draft: Staff fill it on behalf of somebody: it is none of that customer's own, and never cleared away.

    Raises:
        CurrencyNotOffered: The shop doesn't sell in this currency.
        Invalid: There is no such country.
    """
    country = read_country(country)
    currency = check_currency(currency) if currency else currency_for(country)
    return Basket.objects.create(
        customer_id=customer.pk if customer is not None else None,
        currency=currency,
        channel=channel,
        country=country,
        visitor_key=visitor_key,
        is_draft=is_draft,
    )


def _with_buyer(rows: BasketQuerySet[Basket]) -> BasketQuerySet[Basket]:
    """Baskets with their customer and what the checkout knows, so that totals cost no query for it."""
    names = {relation.get_accessor_name() for relation in Basket._meta.related_objects}
    related = ("customer", "checkout") if "checkout" in names else ("customer",)
    return with_exposed(rows.select_related(*related))


_BY_OPEN_KEY = db.Prepared(lambda p: _with_buyer(Basket.objects.filter(open_key=p.open_key)), open_key=CharField())
_BY_UUID = db.Prepared(
    lambda p: _with_buyer(
        Basket.objects.filter(uuid=p.uuid, is_draft=False).exclude(status__in=states_that(Basket, "is_merged"))
    ),
    uuid=UUIDField(),
)
_OWN = db.Prepared(
    lambda p: _with_buyer(Basket.objects.filter(customer__user=p.user, channel=p.channel).open()),
    user=db.key_of(settings.AUTH_USER_MODEL),
    channel=CharField(),
)


@db.atomic
def basket_of(customer: AbstractCustomer, *, currency: str | None = None, channel: str = "web") -> AbstractBasket:
    """The customer's open basket; it is made if there is none, and only one however many ask at once.

    Args:
        currency: Of a basket that is made; one that is there keeps its own.
    """
    open_key = f"{customer.pk}:{channel}"
    basket = _BY_OPEN_KEY.first(open_key=open_key)
    if basket is not None:
        return basket
    try:
        with transaction.atomic():
            return open_basket(customer=customer, currency=currency, channel=channel)
    except IntegrityError:
        return _BY_OPEN_KEY.get(open_key=open_key)


def find_basket(
    *, uuid: UUID | str | None = None, user: AbstractBaseUser | AnonymousUser, channel: str = "web"
) -> AbstractBasket | None:
    """A guest's basket by its UUID, or a customer's for that customer only; ``None`` where there is none for this user.

    Args:
        uuid: Without it, the user's own open basket. With it a submitted or closed one is found, too, but not a merged one.
    """
    theirs = user.pk if user.is_authenticated else None
    if uuid is None:
        return _OWN.first(user=theirs, channel=channel) if theirs is not None else None
    key = parsed(uuid)
    basket = _BY_UUID.first(uuid=key) if key is not None else None
    if basket is None or basket.customer is None:
        return basket
    return basket if theirs is not None and basket.customer.user_id == theirs else None


@db.atomic
def clear_old(*, older_than: timedelta) -> int:
    """Delete guests' baskets that nobody changed for so long, submitted ones and drafts excepted; some hundreds in one call.

    Returns:
        How many were deleted.
    """
    old = Basket.objects.filter(customer=None, is_draft=False, updated_at__lt=clock.now() - older_than)
    pks = list(
        old.exclude(status__in=states_that(Basket, "is_submitted")).locked().values_list("pk", flat=True)[:_BATCH]
    )
    Basket.objects.filter(pk__in=pks).delete()
    return len(pks)

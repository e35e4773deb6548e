"""Orders that staff are just preparing: a trade customer's with a price by hand, and a stranger's who has phoned."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.auth import get_user_model

from tradepost.basket import services as baskets
from tradepost.catalogue.models import Variant
from tradepost.checkout import services as checkout
from tradepost.core.actors import By
from tradepost.customers.models import Customer

__all__ = ["open_drafts"]


def open_drafts() -> None:
    """Begin both; they can be placed as they are, to be paid by a link."""
    by = By.user(get_user_model().objects.get(username="orders"))
    _for_trade(by, _most_of("harbour-mug"), _most_of("soup-bowl"))
    _by_phone(by, _most_of("espresso-cup-with-saucer"))


def _most_of(slug: str) -> Variant:
    """The variant of an article that there is most of."""
    variants = Variant.objects.with_product().public().filter(product__slug=slug)
    return variants.order_by("-stock_levels__on_hand", "sku")[:1].get()


def _for_trade(by: By, many: Variant, some: Variant) -> None:
    theo = Customer.objects.get(user__username="trade")
    draft = checkout.open_draft(by=by, customer=theo, title="Café at Marktplatz, second order of cups", country="AT")
    line = baskets.add(draft.basket, many, 12)
    baskets.set_manual_price(
        draft.basket, line.uuid, kind="percent", value=Decimal(15), reason="A dozen at once, as agreed", by=by
    )
    baskets.add(draft.basket, some, 4)
    _deliver(draft.basket.uuid)


def _by_phone(by: By, variant: Variant) -> None:
    draft = checkout.open_draft(by=by, title="Phoned on Monday, calls again about the colour", country="DE")
    baskets.add(draft.basket, variant, 1)
    address = {"name": "Greta Brandt", "line1": "Kanalstraße 3", "postcode": "23552", "city": "Lübeck", "country": "DE"}
    checkout.change_draft(draft, fields={"phone": "+49 451 5550123", "shipping_address": address})
    _deliver(draft.basket.uuid)


def _deliver(uuid: object) -> None:
    """By the first delivery that is offered."""
    draft = checkout.find_draft(str(uuid))
    offered = [quote for quote in checkout.look(draft.basket).shipping if quote.amount is not None]
    checkout.change_draft(draft, fields={"shipping_method": offered[0].code})

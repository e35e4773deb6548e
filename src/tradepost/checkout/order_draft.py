"""A basket's totals as the draft of an order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tradepost.basket.base import AbstractBasket, AbstractManualPrice
from tradepost.basket.models import ManualPrice
from tradepost.basket.services import ViewLine
from tradepost.catalogue.models import Image
from tradepost.core.dates import clock
from tradepost.core.money import plain
from tradepost.orders.base import AbstractOrder
from tradepost.orders.drafts import DraftLine, OrderDraft
from tradepost.pricing import services as pricing
from tradepost.pricing.conf import settings as pricing_settings

from .base import AbstractCheckout
from .delivery_dates import delivery_facts
from .view import CheckoutView

__all__ = ["draft"]

_IMAGE_LENGTH = 500  # of the order line's column


def draft(
    basket: AbstractBasket,
    view: CheckoutView,
    *,
    source_key: str,
    expires_at: datetime | None,
    language: str = "",
    client_ip: str | None = None,
    visitor_key: str = "",
    terms_version: str = "",
    source: str = "basket",
    replaces: AbstractOrder | None = None,
) -> OrderDraft:
    """Copy all that an order keeps, so that no later change of the catalogue changes it."""
    checkout, totals, terms = view.checkout, view.totals, view.terms
    billing = checkout.bill_to
    return OrderDraft(
        source_key=source_key,
        source=source,
        replaces_id=replaces.pk if replaces is not None else None,
        channel=basket.channel,
        language=language,
        customer_id=basket.customer_id,
        email=checkout.email,
        phone=checkout.known_phone,
        company=billing.company if billing else "",
        tax_id=terms.tax_id,
        tax_id_check=terms.tax_id_check.summary if terms.tax_id_check else "",
        shipping_address=_ship_to(view),
        billing_address=dict(checkout.billing_address or (checkout.shipping_address if view.point else {})),
        totals=totals,
        lines=_lines(view),
        tax_place=terms.destination,
        base_currency=pricing_settings().CURRENCY,
        exchange_rate=pricing.exchange_rate(totals.currency, clock.now()),
        expires_at=expires_at,
        terms_version=terms_version,
        terms_accepted_at=clock.now() if terms_version else None,
        note=checkout.note,
        client_ip=client_ip,
        facts={**delivery_facts(view.shipping, checkout.choices), **_consents(checkout), **_of_staff(view, replaces)},
        metadata=dict(basket.metadata),
        visitor_key=visitor_key,
        coupons={code: coupon.pk for code, coupon in view.contents.coupons.items()},
    )


def _consents(checkout: AbstractCheckout) -> dict[str, Any]:
    """To what the buyer agreed, for the order's history; nothing, where nothing was asked."""
    return {"consents": dict(checkout.consents)} if checkout.consents else {}


def _of_staff(view: CheckoutView, replaces: AbstractOrder | None) -> dict[str, Any]:
    """The order that a draft replaces, and its prices by hand; nothing of a customer's own basket."""
    if not view.basket.is_draft:
        return {}
    return {**({"replaces": replaces.number} if replaces is not None else {}), **_prices_by_hand(view)}


def _prices_by_hand(view: CheckoutView) -> dict[str, Any]:
    """The unit prices that staff set, with who and why, for the order's history: its lines only say that it was so.

    Discounts by hand are rows of the order's own.
    """
    skus = {line.uuid: line.variant.sku for line in view.contents.lines}
    rows = ManualPrice.objects.filter(basket=view.basket.pk, kind=AbstractManualPrice.Kind.PRICE).order_by("pk")
    facts = [
        {
            "sku": skus[row.line],
            "price": plain(row.value, view.basket.currency),
            "reason": row.reason,
            "by": row.actor_label,
        }
        for row in rows
    ]
    return {"prices_by_hand": facts} if facts else {}


def _ship_to(view: CheckoutView) -> dict[str, str]:
    """The address that was given; of a delivery to a pickup point that one's, with its name and the buyer's."""
    if view.point is None:
        return dict(view.checkout.shipping_address)
    buyer = view.checkout.ship_to or view.checkout.bill_to
    return view.point.as_postal(name=buyer.name if buyer else "", phone=buyer.phone if buyer else "").as_dict()


def _lines(view: CheckoutView) -> list[DraftLine]:
    return [
        DraftLine(
            key=str(line.uuid),
            variant_id=line.variant.pk,
            sku=line.variant.sku,
            name=line.product.name,
            variant_name=line.variant.label,
            options=dict(line.options),
            image=_image(line),
            kind=line.product.product_type.kind,
            weight=line.variant.weight,
            unit_cost=line.variant.unit_cost,
            metadata=dict(line.line.metadata),
            group=line.row.item.group,
        )
        for line in view.contents.lines
    ]


def _image(line: ViewLine) -> str:
    """Where the product's picture is now; blank where there is none, or its address is too long to keep."""
    if not line.picture:
        return ""
    url = Image(file=line.picture["file"], source_url=line.picture["source_url"]).url
    return url if len(url) <= _IMAGE_LENGTH else ""

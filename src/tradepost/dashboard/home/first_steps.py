"""First steps of a new shop, before it sells; each looks by itself whether it is done."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from tradepost.catalogue.models import Product
from tradepost.core.access import needs
from tradepost.core.mail import mail_backend
from tradepost.pricing.models import Price, TaxRate
from tradepost.shipping.models import ShippingMethod

from ..access import STAFF
from ..registry import FirstStep
from .cards import page_url

__all__ = ["first_steps"]

_NO_MAIL = ("console", "dummy", "locmem", "filebased")


def first_steps() -> Iterator[FirstStep]:
    """In the order in which one does them."""
    yield FirstStep(
        key="product",
        title=_("Add your first product"),
        is_done=lambda: Product.objects.filter(is_published=True, archived_at=None).exists(),
        url=lambda: page_url("product-new"),
        access=needs("tradepost_catalogue.add_product"),
    )
    yield FirstStep(
        key="price",
        title=_("Give it a price"),
        is_done=Price.objects.exists,
        url=lambda: page_url("products", "view=no-price"),
        access=needs("tradepost_pricing.add_price"),
    )
    yield FirstStep(
        key="delivery",
        title=_("Say how you deliver"),
        is_done=lambda: ShippingMethod.objects.filter(is_active=True).exists(),
        url=lambda: _admin("tradepost_shipping_shippingmethod_changelist"),
        access=needs("tradepost_shipping.add_shippingmethod"),
    )
    yield FirstStep(
        key="tax",
        title=_("Set up taxes"),
        is_done=TaxRate.objects.exists,
        url=lambda: _admin("tradepost_pricing_taxrate_changelist"),
        access=needs("tradepost_pricing.add_taxrate"),
    )
    if "tradepost_payments" in apps.app_configs:
        yield FirstStep(
            key="payment", title=_("Name a payment method in the settings"), is_done=_has_method, access=STAFF
        )
    yield FirstStep(key="mail", title=_("Let e-mail leave the shop"), is_done=_sends_mail, access=STAFF)


def _has_method() -> bool:
    from tradepost.payments import conf

    return bool(conf.methods())


def _sends_mail() -> bool:
    return not any(f".{name}." in mail_backend().path for name in _NO_MAIL)


def _admin(name: str) -> str:
    try:
        return reverse(f"admin:{name}")
    except NoReverseMatch:
        return ""

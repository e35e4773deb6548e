"""Columns of the list of products."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tradepost.browse import Picture
from tradepost.core.money import plain
from tradepost.pricing.conf import settings as pricing_settings

from ..orders.texts import badge
from ..registry import Column
from .facts import with_picture, with_price, with_skus, with_stock
from .texts import price_text, state, state_badge, stock_text, stock_words, thumb

__all__ = ["columns"]


def columns() -> Iterator[Column]:
    """All of them, in order."""
    yield Column(
        key="product",
        title=gettext_lazy("Product"),
        value=_name,
        text=lambda product: product.name,
        prepare=with_picture,
        order_by="name",
    )
    yield Column(key="state", title=gettext_lazy("Status"), value=state_badge, text=lambda product: state(product)[0])
    yield Column(key="stock", title=gettext_lazy("Stock"), value=stock_text, text=stock_words, prepare=with_stock)
    yield Column(
        key="price", title=gettext_lazy("Price"), value=price_text, text=_amount, prepare=with_price, is_number=True
    )
    yield Column(key="sku", title=gettext_lazy("SKU"), value=_skus, prepare=with_skus)
    yield Column(key="sells", title=gettext_lazy("Can be bought"), value=_sells, text=_reason, prepare=_with_all)
    yield from _further()


def _further() -> Iterator[Column]:
    yield _more("brand", gettext_lazy("Brand"), lambda product: product.brand)
    yield _more("type", gettext_lazy("Type"), lambda product: product.product_type.name)
    yield _more("categories", gettext_lazy("Categories"), _names("categories"), prepare=_fetching("categories"))
    yield _more("tags", gettext_lazy("Tags"), _names("tags"), prepare=_fetching("tags"))
    yield _more("added", gettext_lazy("Added"), _moment("created_at"), text=_iso("created_at"), order_by="created_at")
    yield _more("changed", gettext_lazy("Last changed"), _moment("updated_at"), text=_iso("updated_at"))
    yield _more("popularity", gettext_lazy("Sold lately"), lambda product: product.popularity, is_number=True)
    yield _more("slug", gettext_lazy("Address"), lambda product: product.slug)


def _more(key: str, title: Any, value: Any, **options: Any) -> Column:
    return Column(key=key, title=title, value=value, is_default=False, **options)


def _name(product: Any) -> str:
    picture = Picture.of(product.picture, alt="")
    return format_html(
        '<span class="with-thumb">{} <span>{}</span></span>',
        thumb(picture.url if picture else "", product.name),
        product.name,
    )


def _skus(product: Any) -> str:
    rest = product.variant_count - 1
    if rest < 1:
        return product.first_sku or ""
    more = ngettext("and %(number)s more", "and %(number)s more", rest) % {"number": rest}
    return f"{product.first_sku} {more}"


def _with_all(rows: Any) -> Any:
    return with_price(with_stock(rows))


def _reason(product: Any) -> str:
    """Why nobody can buy it now; empty where somebody can."""
    if product.archived_at is not None:
        return _("Archived")
    if not product.is_published:
        return _("Hidden")
    if not product.variant_count:
        return _("No variants")
    if product.amount is None:
        return _("No price")
    return "" if product.can_be_sold else _("Sold out")


def _sells(product: Any) -> str:
    reason = _reason(product)
    return badge(_("No: %(reason)s") % {"reason": reason}, "warn") if reason else badge(_("Yes"), "good")


def _amount(product: Any) -> str:
    return "" if product.amount is None else plain(product.amount, pricing_settings().CURRENCY)


def _fetching(name: str) -> Any:
    return lambda rows: rows.prefetch_related(name)


def _names(name: str) -> Any:
    return lambda product: ", ".join(str(row) for row in getattr(product, name).all())


def _moment(name: str) -> Any:
    return lambda product: date_format(localtime(getattr(product, name)), "SHORT_DATE_FORMAT")


def _iso(name: str) -> Any:
    return lambda product: getattr(product, name).isoformat(timespec="seconds")

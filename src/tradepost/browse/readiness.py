"""Whether a product can be sold, and what is missing: asked of the same price lists, stock and rules as a visitor's basket."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from tradepost.catalogue.base import AbstractProduct
from tradepost.catalogue.models import Product, Variant
from tradepost.inventory.models import StockLevel
from tradepost.pricing import services as pricing
from tradepost.pricing.conf import settings as pricing_settings
from tradepost.pricing.models import TaxClass
from tradepost.pricing.ports import PriceRequest

from .expressions import available_units
from .visitor import Visitor

__all__ = ["Missing", "missing_to_sell"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Something that a product lacks.

    Attributes:
        code: Stable: ``archived``, ``hidden``, ``variants``, ``price``, ``stock``, ``stock_elsewhere``, ``tax_class``,
            ``attributes``, ``picture``, ``category``, ``summary``, ``weight``.
        text: A sentence for staff.
        is_blocking: Nobody can buy any of it as it is; else it is advice.
    """

    code: str
    text: str
    is_blocking: bool = False


def missing_to_sell(product: AbstractProduct) -> list[Missing]:
    """List all that keeps a guest in the shop's own currency from buying, the worst first; in a constant number of queries.

    Args:
        product: With its ``product_type``.
    """
    variants: Any = (
        Variant.objects.filter(product=product.pk, archived_at=None)
        .select_related("product__product_type")
        .annotate(left=available_units())
    )
    facts = [*_of_product(product), *_of_variants(list(variants)), *_advice(product)]
    return sorted(facts, key=lambda missing: not missing.is_blocking)


def _of_product(product: AbstractProduct) -> Iterator[Missing]:
    if product.archived_at is not None:
        yield Missing(code="archived", text=_("It is archived. Restore it to sell it again."), is_blocking=True)
    elif not product.is_published:
        yield Missing(code="hidden", text=_("Visitors don’t see it. Make it visible."), is_blocking=True)
    tax_class = product.effective_tax_class
    if not TaxClass.objects.filter(code=tax_class).exists():
        text = _("There is no tax class “%(code)s”, so that no tax is calculated.") % {"code": tax_class}
        yield Missing(code="tax_class", text=text)
    required = product.product_type.attributes.filter(required=True).values_list("code", "name")
    if lacking := [name for code, name in required if product.attributes.get(code) in (None, "", [])]:
        yield Missing(
            code="attributes", text=_("These details are missing: %(names)s.") % {"names": ", ".join(lacking)}
        )


def _of_variants(variants: Sequence[Any]) -> Iterator[Missing]:
    if not variants:
        yield Missing(
            code="variants", text=_("It has no variant that is sold. Add one with its SKU."), is_blocking=True
        )
        return
    requests = [PriceRequest(str(row.pk), row.pk) for row in variants]
    quotes = pricing.quote(requests, Visitor(pricing_settings().CURRENCY).prices)
    priced = {int(quote.key) for quote in quotes if quote.amount is not None}
    yield from _without("price", variants, [row for row in variants if row.pk not in priced], _NO_PRICE)
    empty = [row for row in variants if row.stock_is_tracked and row.left < 1]
    yield from _without("stock", variants, empty, _NO_STOCK)
    if empty and StockLevel.objects.filter(variant__in=empty, location__is_active=False, on_hand__gt=0).exists():
        yield Missing(code="stock_elsewhere", text=_("There is stock, but only at locations that aren’t in use."))
    is_light = [row for row in variants if not row.weight]
    if variants[0].product.product_type.kind == "physical" and is_light:
        yield Missing(code="weight", text=_("No weight is known, so delivery by weight can’t be calculated."))


_NO_PRICE = (
    gettext_lazy("It has no price."),
    ngettext_lazy(
        "%(number)s of %(all)s variants has no price.", "%(number)s of %(all)s variants have no price.", "number"
    ),
)
_NO_STOCK = (
    gettext_lazy("Nothing is in stock."),
    ngettext_lazy(
        "%(number)s of %(all)s variants is sold out.", "%(number)s of %(all)s variants are sold out.", "number"
    ),
)


def _without(code: str, variants: Sequence[Any], lacking: Sequence[Any], texts: tuple[Any, Any]) -> Iterator[Missing]:
    if not lacking:
        return
    if len(lacking) == len(variants):
        yield Missing(code=code, text=str(texts[0]), is_blocking=True)
        return
    text = texts[1] % {"number": len(lacking), "all": len(variants)}
    yield Missing(code=code, text=text)


def _advice(product: AbstractProduct) -> Iterator[Missing]:
    if not product.images.exists():
        yield Missing(code="picture", text=_("It has no picture."))
    if not Product.categories.through._default_manager.filter(product=product.pk).exists():
        yield Missing(code="category", text=_("It is in no category, so visitors find it by searching only."))
    if not product.summary:
        yield Missing(code="summary", text=_("It has no summary, which search engines show below its name."))

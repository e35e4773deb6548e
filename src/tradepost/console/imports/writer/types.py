"""Product types of imported products: found by code, and made where the shop lacks one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tradepost.catalogue.base import AbstractProduct, AbstractProductType
from tradepost.catalogue.models import Attribute, ProductType

from ..rows import ProductRow, TypeDefinition

__all__ = ["ProductTypes"]

_ALIKE = {"service": "digital"}  # kinds that formats with fewer of them can't tell apart


class ProductTypes:
    """The shop's product types.

    Args:
        notice: Told of each one that is made.
    """

    def __init__(self, notice: Callable[[int, str, str], None]) -> None:
        self._notice = notice
        self._types = {row.code: row for row in ProductType.objects.all()}
        self._by_id = {row.pk: row for row in self._types.values()}

    def of(self, product: AbstractProduct) -> AbstractProductType:
        """The type of a product."""
        return self._by_id[product.product_type_id]

    def for_row(self, row: ProductRow, product: AbstractProduct) -> AbstractProductType:
        """The type that a row says; an existing product keeps its own where the file says nothing, or only its kind."""
        if product.pk:
            own = self.of(product)
            if not row.type_code or (row.kind and row.kind in {own.kind, _ALIKE.get(own.kind)}):
                return own
        code = row.type_code or "goods"
        if code not in self._types:
            self._make(code, row)
        return self._types[code]

    def _make(self, code: str, row: ProductRow) -> None:
        is_physical = row.kind in {"", ProductType.Kind.PHYSICAL}
        values: dict[str, Any] = {
            "name": code.replace("-", " ").capitalize(),
            "kind": row.kind or ProductType.Kind.PHYSICAL,
            "track_stock": is_physical,
        }
        definition = row.type_definition or TypeDefinition()
        product_type = ProductType.objects.create(code=code, **{**values, **definition.fields})
        Attribute.objects.bulk_create(
            Attribute(product_type=product_type, **{"position": position, **attribute})
            for position, attribute in enumerate(definition.attributes)
        )
        self._types[code] = self._by_id[product_type.pk] = product_type
        if row.type_definition is not None:
            self._notice(row.line, "", f"the product type {code!r} was made")

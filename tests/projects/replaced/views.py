"""A page of the shop, with something more on it."""

from __future__ import annotations

from typing import Any

from tradepost.storefront.views.products import ProductView


class BookView(ProductView):
    """A product, with its ISBN as people write it."""

    def get_context(self, **facts: Any) -> dict[str, Any]:
        context = super().get_context(**facts)
        isbn = context["product"].isbn
        return {**context, "isbn": f"{isbn[:3]}-{isbn[3:]}" if isbn else ""}

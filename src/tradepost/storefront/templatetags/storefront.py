"""Tags of the storefront's templates."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest

from tradepost.core.requests.query_strings import changed_query
from tradepost.shipping.estimates import Estimate
from tradepost.shipping.ports import Quote
from tradepost.shipping.services import estimate

from ..countries import country_name
from ..layout import Frame

register = template.Library()


@register.simple_tag(takes_context=True)
def storefront_frame(context: template.Context) -> Frame | None:
    """``{% storefront_frame as frame %}``: menu, basket count, currency and country, for a page with ``request``."""
    request: Any = context.get("request")
    return Frame(request) if isinstance(request, HttpRequest) and hasattr(request, "session") else None


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """``?{% query page=2 %}``: the address's query with some values changed; empty ones are left out."""
    return changed_query(context["request"].GET, changes)


@register.filter
def country(code: str) -> str:
    """``{{ address.country|country }}``: its name."""
    return country_name(code) if code else ""


@register.filter
def arrival(quote: Quote | None) -> Estimate | None:
    """``{{ quote|arrival }}``: when it arrives, ordered now, as in "Tue 24 – Thu 26 November"; nothing where it isn't known."""
    return estimate(quote) if quote is not None else None

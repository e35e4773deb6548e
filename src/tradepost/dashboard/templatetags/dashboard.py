"""Tags of the dashboard's templates."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language_info

from tradepost.catalogue.base import AbstractVariant
from tradepost.core.requests.query_strings import changed_query

from ..layout import Frame
from ..registry import Action, Column

register = template.Library()


@register.simple_tag(takes_context=True)
def dashboard_frame(context: template.Context) -> Frame | None:
    """``{% dashboard_frame as frame %}``: the menu and the shop's name, for a page with ``request``."""
    request: Any = context.get("request")
    return Frame(request, context.get("page")) if isinstance(request, HttpRequest) else None


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """``?{% query page=2 %}``: the address's query with some values changed; empty ones are left out."""
    return changed_query(context["request"].GET, changes)


@register.filter
def next_order(column: Column, order: str) -> str:
    """``{{ column|next_order:choices.order }}``: what the heading of a column sorts by next; up, down, and up again."""
    return f"-{column.key}" if order == column.key else column.key


@register.filter
def variant_text(variant: AbstractVariant) -> str:
    """``{{ variant|variant_text }}``: its own name, or its options; empty for the only one of a product."""
    return variant.name or ", ".join(map(str, variant.options.values()))


@register.filter
def value_of(values: dict[str, Any], key: str) -> Any:
    """``{{ counts|value_of:tab.key }}``: a value by its key; nothing where there is none."""
    return values.get(key, "")


@register.filter
def language_text(code: str) -> str:
    """``{{ order.language|language_text }}``: a language by its name; by its code where nobody knows it."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


@register.simple_tag
def page_url(key: str) -> str:
    """``{% page_url "orders" %}``: where a page is that is about no row."""
    return reverse(f"tradepost_dashboard:{key}")


@register.simple_tag
def action_url(page: Any, action: Action) -> str:
    """``{% action_url page action %}``: where an action on the page's row is."""
    if action.url is not None:
        return action.url(page.row)
    return reverse(f"tradepost_dashboard:{page.key}_act", kwargs={**page.kwargs, "action": action.key})


@register.simple_tag
def action_of(may: dict[str, Action], key: str) -> Action | None:
    """``{% action_of may key as entry %}``: an action that the reader has on the page's row; nothing where they don't."""
    return may.get(key)


@register.simple_tag
def bulk_url(page: Any, action: Action) -> str:
    """``{% bulk_url page action %}``: where an action on the chosen rows of a list is."""
    if action.url is not None:
        return action.url(None)
    return reverse(f"tradepost_dashboard:{page.key}_act", kwargs={"action": action.key})

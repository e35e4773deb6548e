"""Tags of the pages of products."""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()


@register.simple_tag
def conflict_of(form: Any, name: str) -> str | None:
    """``{% conflict_of form field.name as theirs %}``: what others stored in a field meanwhile, or nothing."""
    value = form.conflicts.get(name)
    return None if value is None else str(value)

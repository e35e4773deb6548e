"""An explanation as tables, for staff."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from .explanation import Explanation

__all__ = ["tree"]


def tree(explanation: Explanation) -> SafeString:
    """A table for each line and charge, for what was credited since, and for what did not apply; nothing is left out."""
    return render_to_string(
        "tradepost/admin/explanation.html", {"found": explanation, "currency": explanation.totals.currency}
    )

"""Views of lists that staff keep."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.errors import Invalid

from ..base import AbstractSavedView
from ..models import SavedView

__all__ = ["forget_view", "keep_columns", "save_view"]

MOST = 30
_LONGEST = 1000  # letters of a query


@db.atomic
def save_view(user: Any, page: str, name: str, query: str, *, shared: bool = False) -> AbstractSavedView:
    """Keep a list as it is shown, under a name; one of the same name is overwritten.

    Raises:
        Invalid: The name is empty or too long, or there are thirty of them already.
    """
    name = name.strip()
    if not 0 < len(name) <= 60 or "\x00" in name:
        raise Invalid(_("Give the view a name of up to 60 letters."), attr="name")
    if len(query) > _LONGEST or "\x00" in query:
        raise Invalid(_("That is too much for one view."), attr="query")
    own = SavedView.objects.filter(user_id=user.pk, page=page).exclude(name="")
    if own.exclude(name=name).count() >= MOST:
        raise Invalid(_("You have 30 views of this list already. Remove one first."), attr="name")
    values = {"query": query, "is_shared": shared}
    return SavedView.objects.update_or_create(user_id=user.pk, page=page, name=name, defaults=values)[0]


@db.atomic
def keep_columns(user: Any, page: str, query: str) -> None:
    """Keep the columns that somebody chose for a list, until they choose others; an empty query forgets them."""
    rows = SavedView.objects.filter(user_id=user.pk, page=page, name="")
    if not query:
        rows.delete()
    elif len(query) <= _LONGEST:
        SavedView.objects.update_or_create(user_id=user.pk, page=page, name="", defaults={"query": query})


def forget_view(user: Any, page: str, name: str) -> None:
    """Remove a view of one's own; one that isn't there is gone already."""
    SavedView.objects.filter(user_id=user.pk, page=page, name=name).delete()

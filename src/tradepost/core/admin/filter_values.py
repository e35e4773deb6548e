"""Filters of the admin's lists: a value that a filter doesn't have is told, for an empty list looks like nothing being there."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = object

__all__ = ["FilterValuesMixin"]


class FilterValuesMixin(_Admin):
    """For a ``ModelAdmin``, before it among the bases: an unknown value of a filter leads to the whole list, with a sentence."""

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The list.

        Raises:
            IncorrectLookupParameters: A filter has no such value; Django's admin shows the list without filters then.
        """
        try:
            shown: ChangeList = super().get_changelist_instance(request)
        except IncorrectLookupParameters:  # a text for a number, a word for a yes
            messages.warning(request, _("Rows can’t be filtered by that. All rows are shown."))
            raise
        if unknown := [str(spec.title) for spec in shown.filter_specs if not _is_known(spec, shown)]:
            text = _("There is no such value to filter by: %(filters)s. All rows are shown.")
            messages.warning(request, text % {"filters": ", ".join(unknown)})
            raise IncorrectLookupParameters
        return shown


def _is_known(spec: Any, shown: ChangeList) -> bool:
    """Whether one of the choices of a filter is chosen, or nothing is asked of it; periods may be any.

    A filter that takes values that it doesn't offer, such as those beyond the first hundred, says so by ``takes_any``.
    """
    if not spec.used_parameters or isinstance(spec, admin.DateFieldListFilter) or getattr(spec, "takes_any", False):
        return True
    uncounted = copy(shown)
    uncounted.add_facets = False
    return any(choice["selected"] for choice in spec.choices(uncounted))

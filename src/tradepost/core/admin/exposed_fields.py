"""Exposed fields in the admin: columns, filters, search, and each sidecar on the page of its row."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import flatten_fieldsets
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..extending.exposed_fields import Exposed, readable

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
    _Inline = admin.StackedInline[Any, Any]
else:
    _Admin = object
    _Inline = admin.StackedInline

__all__ = ["ExposedAdmin", "SidecarInline"]

_MOST = 100  # values of a key to choose from


class SidecarInline(_Inline):
    """The one row that stands beside ours; what isn't exposed for writing is shown only."""

    extra = max_num = 1


class ExposedAdmin(_Admin):
    """For a ``ModelAdmin``, before it among the bases: adds what is exposed of its model, as far as the user may read it.

    A sidecar that the admin class has an inline for already is left to that.
    """

    def get_list_display(self, request: HttpRequest) -> Any:
        """And a column for each."""
        return [*super().get_list_display(request), *(_column(entry) for entry in self._exposed(request))]

    def get_list_filter(self, request: HttpRequest) -> Any:
        """And those that lists can be filtered by."""
        entries = [entry for entry in self._exposed(request) if entry.filter]
        added = [_key_filter(entry) if entry.key else entry.lookup for entry in entries]
        return [*super().get_list_filter(request), *added]

    def get_search_fields(self, request: HttpRequest) -> Any:
        """And those that words are looked for in."""
        fields = [f"{entry.lookup}__icontains" for entry in self._exposed(request) if entry.search]
        return [*super().get_search_fields(request), *fields]

    def get_list_select_related(self, request: HttpRequest) -> Any:
        """And the sidecars, so that the columns cost no query."""
        related = super().get_list_select_related(request)
        joined = dict.fromkeys(entry.relation for entry in self._exposed(request) if entry.relation)
        return related if related is True or not joined else [*(related or ()), *joined]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """And one for each sidecar."""
        inlines = list(super().get_inlines(request, obj))
        have = {inline.model for inline in inlines}
        by_sidecar: dict[type[models.Model], list[Exposed]] = {}
        for entry in self._exposed(request):
            if entry.relation and entry.is_beside and entry.holder not in have:
                by_sidecar.setdefault(entry.holder, []).append(entry)
        return [*inlines, *(_inline(model, entries) for model, entries in by_sidecar.items())]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """And the fields of a replaced model."""
        fieldsets = super().get_fieldsets(request, obj)
        return [*fieldsets, *self.own_fieldsets(request, fieldsets)]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """And the fields of a replaced model that aren't exposed for writing."""
        shown_only = (entry.field.name for entry in self._own(request) if entry.write is None)
        return [*super().get_readonly_fields(request, obj), *shown_only]

    def own_fieldsets(self, request: HttpRequest, shown: Any) -> list[Any]:
        """One with the fields of a replaced model that aren't shown yet; for a ``get_fieldsets`` that doesn't call ours."""
        names = [entry.field.name for entry in self._own(request) if entry.field.name not in flatten_fieldsets(shown)]
        return [(_("Added"), {"fields": names})] if names else []

    def extras(self, request: HttpRequest, row: models.Model) -> list[tuple[str, Any]]:
        """Labels and values of what is exposed of a row that has no page of its own, as a line."""
        values = ((entry, entry.value(row)) for entry in readable(type(row), request.user))
        return [(entry.label, _text(entry, value)) for entry, value in values if value not in (None, "")]

    def _exposed(self, request: HttpRequest) -> Sequence[Exposed]:
        return readable(self.model, request.user)

    def _own(self, request: HttpRequest) -> list[Exposed]:
        return [entry for entry in self._exposed(request) if not entry.relation and not entry.key]


def _text(entry: Exposed, value: Any) -> Any:
    """A choice by its label."""
    texts = {} if entry.key else dict(entry.field.flatchoices)
    return texts.get(value, value) if texts else value


def _column(entry: Exposed) -> Callable[[models.Model], Any]:
    def show(row: models.Model) -> Any:
        return _text(entry, entry.value(row))

    show.__name__ = f"extra_{entry.name}"
    boolean = not entry.key and isinstance(entry.field, models.BooleanField)
    return admin.display(description=entry.label, ordering=entry.lookup, boolean=boolean or None)(show)


def _inline(model: type[models.Model], entries: Sequence[Exposed]) -> type[SidecarInline]:
    names = [entry.field.name for entry in entries]
    shown_only = [entry.field.name for entry in entries if entry.write is None]
    parts: dict[str, Any] = {"fields": names, "readonly_fields": shown_only, "fk_name": entries[0].link}
    if len(shown_only) == len(names):
        parts |= dict.fromkeys(("has_add_permission", "has_change_permission", "has_delete_permission"), _never)
    return type(f"{model.__name__}Inline", (SidecarInline,), {"model": model, **parts})


def _never(*args: Any, **kwargs: Any) -> bool:
    return False


def _key_filter(entry: Exposed) -> type[admin.SimpleListFilter]:
    """By a key of ``metadata``, whose values the rows tell."""

    class KeyFilter(admin.SimpleListFilter):
        title = entry.label
        parameter_name = f"extra.{entry.name}"
        takes_any = True

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
            rows = model_admin.model._default_manager.exclude(**{f"{entry.lookup}__isnull": True}).order_by()
            values = rows.values_list(entry.lookup, flat=True).distinct()[:_MOST]
            choices = {json.dumps(value): str(value) for value in values}
            return sorted(choices.items(), key=lambda choice: choice[1])

        def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
            try:
                value = json.loads(self.value() or "null")
            except ValueError as error:
                raise IncorrectLookupParameters from error
            return queryset if value is None else queryset.filter(**{f"{entry.lookup}__exact": value})

    return KeyFilter

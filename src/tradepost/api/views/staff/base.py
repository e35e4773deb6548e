"""The base of views for staff."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError
from django.db.models import Model
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ParseError
from rest_framework.response import Response

from tradepost.api.callers.idempotency import HEADER
from tradepost.api.serializers import serializer_class
from tradepost.core.access import Access, needs
from tradepost.core.actors import By
from tradepost.core.db.row_values import named_and_gone, watch_names
from tradepost.core.errors import NotFound

from ..base import TradepostViewSet

__all__ = ["StaffViewSet", "edits"]

RowT = TypeVar("RowT", bound=Model)


class StaffViewSet(TradepostViewSet):
    """For staff: each action needs permissions, and nothing is hidden from those who have them."""

    tag = "staff"
    filter_backends = [DjangoFilterBackend]
    _of_address: tuple[tuple[Any, Any], ...] = ()

    @property
    def by(self) -> By:
        """Whoever calls, for histories and ledgers."""
        return By.user(self.request.user)

    def handle_exception(self, exc: Exception) -> Response:
        """A row of the address that was deleted between being found and being locked isn't there (404), as a moment later.

        So is one that the body named, and that was deleted before it was written: there is no such entry (400). Any other row
        that a service doesn't find is its own fault, and stays one.
        """
        if isinstance(exc, ObjectDoesNotExist) and self._is_address_gone():
            exc = NotFound(_("This was deleted meanwhile."))
        if isinstance(exc, IntegrityError):
            exc = named_and_gone() or exc
        return super().handle_exception(exc)

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """As all views do; from here on it is remembered which rows the body names."""
        watch_names()
        super().initial(request, *args, **kwargs)

    def _is_address_gone(self) -> bool:
        return any(not rows.filter(pk=key).exists() for rows, key in self._of_address)

    def of_address(self, row: RowT) -> RowT:
        """A row that the address names: whatever a service makes of it, it is 404 once it is gone."""
        self._of_address = (*self._of_address, (type(row)._base_manager, row.pk))
        return row

    def once_key(self) -> str:
        """The call's ``Idempotency-Key`` for a service that heeds one, so that work is done once though its answer was lost.

        It is the caller's own and this address's, as the header is; empty where there is none.
        """
        key = self.request.headers.get(HEADER, "")
        whole = f"{self.caller(self.request)}\n{self.request.path}\n{key}"
        return sha256(whole.encode()).hexdigest() if key else ""

    def read_query(self, key: str) -> dict[str, Any]:
        """The query string, in the shape that a key names; a parameter that is empty is as if it weren't there.

        Raises:
            ValidationError: It has another shape.
        """
        asked = {name: value for name, value in self.request.query_params.items() if value}
        form = serializer_class(key)(data=asked, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        data: dict[str, Any] = form.validated_data
        return data

    def read_form(self, key: str) -> dict[str, Any]:
        """The request's form, in the shape that a key names; each of its fields is given once.

        Raises:
            ParseError: One is given twice.
            ValidationError: It has another shape.
        """
        data: Any = self.request.data
        if any(len(values) > 1 for _field, values in (data.lists() if isinstance(data, QueryDict) else ())):
            raise ParseError(_("A field of the form is given twice."))
        form = serializer_class(key)(data=dict(data.items()), context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        values: dict[str, Any] = form.validated_data
        return values

    def row(self) -> Any:
        """The row of the address, among those of ``get_queryset()``; filters are for lists only.

        Raises:
            NotFound: There is none.
        """
        return self.one_of(self.get_queryset(), **{self.lookup_field: self.kwargs[self.lookup_field]})

    def one_of(self, rows: Any, **key: Any) -> Any:
        """The one of these rows that has a key out of the address.

        Raises:
            NotFound: There is none.
        """
        row = rows.filter(**key).first()
        if row is None:
            raise NotFound(_("There is no such %(name)s.") % {"name": rows.model._meta.verbose_name})
        return self.of_address(row)

    def answer(self, row: Any, *, status: int = 200) -> Response:
        """The answer with a row, read anew with all that is shown of it."""
        return self.written(self.key_for(""), self.get_queryset().get(pk=row.pk), status=status)


def edits(app: str, model: str) -> dict[str, Access]:
    """Who may list, view, create, change and delete rows of a model: staff with Django's permissions for it."""
    verbs = {"list": "view", "retrieve": "view", "create": "add", "partial_update": "change", "destroy": "delete"}
    return {action: needs(f"tradepost_{app}.{verb}_{model}") for action, verb in verbs.items()}

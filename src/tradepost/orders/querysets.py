from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db.models import F, OuterRef, Q, Subquery, Sum

from tradepost.core.db.versioned import VersionedQuerySet
from tradepost.core.fsm import states_that

from .states.display_status import stage_column

if TYPE_CHECKING:
    from .base import AbstractOrder

_PHONE_DIGITS = 5  # fewer are no phone number
_INDEXED_LETTERS = 3  # an index of trigrams knows no shorter part of a word, but its beginning

R = TypeVar("R", bound="AbstractOrder", covariant=True)


class OrderQuerySet(VersionedQuerySet[R]):
    def placed_by(self, user: Any) -> Self:
        """Orders of a signed-in user's customer; none for an anonymous one."""
        return self.filter(customer__user_id=user.pk) if user.is_authenticated else self.none()

    def overdue(self, now: datetime) -> Self:
        """Only those that await payment, and whose time to pay has ended."""
        return self.that("awaits_payment").filter(expires_at__lte=now)

    def that(self, flag: str) -> Self:
        """Orders whose state says so, by the names of :class:`tradepost.orders.states.Allows`: ``.that("can_ship")``."""
        return self.filter(status__in=states_that(self.model, flag))

    def with_open_units(self) -> Self:
        """With ``open_units``, those of all lines that are neither cancelled nor shipped: a list asks no order for its lines."""
        lines: Any = self.model._meta.get_field("lines").related_model
        rows = lines._default_manager.filter(order=OuterRef("pk")).order_by().values("order")
        open_units = F("quantity") - F("cancelled_quantity") - F("shipped_quantity")
        return self.annotate(open_units=Subquery(rows.annotate(units=Sum(open_units)).values("units")))

    def at_stage(self, *stages: str) -> Self:
        """Orders whose display status is one of these, as :func:`~tradepost.orders.states.display_status.stage` tells it."""
        return self.with_open_units().annotate(shown_stage=stage_column(self.model)).filter(shown_stage__in=stages)

    def matching(self, text: str) -> Self:
        """Orders by what people say on the phone: a number or its beginning, an SKU, or part of an e-mail address, of a name
        or company, of a phone number. Two letters are the beginning of something.

        Each table is asked by itself: PostgreSQL has indexes for all of it then (with pg_trgm), and others for the SKU.
        """
        customers: Any = self.model._meta.get_field("customer").related_model
        lines: Any = self.model._meta.get_field("lines").related_model
        part = "icontains" if len(text) >= _INDEXED_LETTERS else "istartswith"
        named = customers._default_manager.filter(**{f"name__{part}": text}).order_by().values("pk")
        spellings = {text, text.upper(), text.lower()}
        rows = self.model._default_manager.order_by()
        keys = rows.filter(self._told(text, part)).values("pk")
        of_customers = rows.filter(customer__in=named).values("pk")
        with_sku = lines._default_manager.filter(sku__in=spellings).order_by().values("order_id")
        return self.filter(pk__in=keys.union(of_customers, with_sku))

    @staticmethod
    def _told(text: str, part: str) -> Q:
        """Words that the order itself has."""
        texts = ("email", "company", "shipping_address__name", "billing_address__name")
        matches = Q(number__istartswith=text) | Q(*((f"{name}__{part}", text) for name in texts), _connector=Q.OR)
        digits = "".join(char for char in text if char.isdigit())
        if len(digits) > _PHONE_DIGITS:
            matches |= Q(phone__contains=digits)
        return matches | Q(phone__contains=text) if len(digits) >= _INDEXED_LETTERS else matches

    def with_rows(self) -> Self:
        """With all that a page of one order shows, in a constant number of queries."""
        return self.prefetch_related("lines__adjustments", "charges__adjustments", "taxes", "events", "credits__lines")

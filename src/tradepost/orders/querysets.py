from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db.models import F, OuterRef, Subquery, Sum

from tradepost.core.db.querysets import LockableQuerySet
from tradepost.core.fsm import states_that

if TYPE_CHECKING:
    from .base import AbstractOrder

R = TypeVar("R", bound="AbstractOrder", covariant=True)


class OrderQuerySet(LockableQuerySet[R]):
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

    def with_rows(self) -> Self:
        """With all that a page of one order shows, in a constant number of queries."""
        return self.prefetch_related("lines__adjustments", "charges__adjustments", "taxes", "events", "credits__lines")

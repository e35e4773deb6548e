from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from tradepost.core.db.querysets import LockableQuerySet

if TYPE_CHECKING:
    from .base import AbstractConsent, AbstractCustomer, AbstractTierMembership

_PHONE_DIGITS = 5  # fewer are no phone number
_INDEXED_LETTERS = 3  # an index of trigrams knows no shorter part of a word, but its beginning

A = TypeVar("A", bound="AbstractConsent", covariant=True)
C = TypeVar("C", bound="AbstractCustomer", covariant=True)
T = TypeVar("T", bound="AbstractTierMembership", covariant=True)


class ConsentQuerySet(models.QuerySet[A]):
    def newest(self) -> Self:
        """The row of each customer and purpose that says what holds."""
        later = self.model._default_manager.filter(
            customer=OuterRef("customer"), purpose=OuterRef("purpose"), pk__gt=OuterRef("pk")
        )
        return self.filter(~Exists(later))


class CustomerQuerySet(LockableQuerySet[C]):
    def for_user(self, user: Any) -> Self:
        """The customer of a signed-in user; none for an anonymous one."""
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()

    def matching(self, text: str) -> Self:
        """Customers by part of a name, of an e-mail address, or of a phone number however it was typed; two letters are the
        beginning. PostgreSQL has indexes for all of it (with pg_trgm).
        """
        part = "icontains" if len(text) >= _INDEXED_LETTERS else "istartswith"
        matches = Q(**{f"name__{part}": text}) | Q(**{f"email__{part}": text})
        digits = "".join(char for char in text if char.isdigit()).lstrip("0")
        if len(digits) > _PHONE_DIGITS:
            matches |= Q(phone_e164__contains=digits) | Q(phone__contains=text)
        return self.filter(matches)

    def consenting(self, purpose: str) -> Self:
        """Those who have agreed to something, and not withdrawn it."""
        rows = apps.get_model("tradepost_customers", "Consent")._default_manager.all().newest()
        return self.filter(Exists(rows.filter(customer=OuterRef("pk"), purpose=purpose, is_granted=True)))


class TierMembershipQuerySet(LockableQuerySet[T]):
    def due(self, now: datetime) -> Self:
        """Those to be looked at now, the one that has waited longest first."""
        return self.filter(due_at__lte=now, customer__anonymised_at=None).order_by("due_at", "pk")

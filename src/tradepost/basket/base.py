"""Models of baskets."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradepost.core.db.fields import (
    CountField,
    CurrencyField,
    JsonField,
)
from tradepost.core.fsm import StateField, StatefulModel, allows, transition

from .manual_price_models import AbstractManualPrice
from .querysets import BasketQuerySet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_stubs_ext.db.models.manager import RelatedManager

    from .merge_omissions import LeftOut

__all__ = ["AbstractBasket", "AbstractBasketLine", "AbstractManualPrice", "BasketAllows", "Status"]


class Status(str, enum.Enum):
    """open → submitted → open again or closed; open → merged."""

    OPEN = "open"
    SUBMITTED = "submitted"
    CLOSED = "closed"
    MERGED = "merged"


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketAllows:
    """The acts that a state of a basket allows. A state of your own says so beside its transition: ``custom={"allows": …}``.

    Attributes:
        is_open: It can be changed, merged and submitted; a customer has one such basket for each channel.
        is_submitted: An order was made of it that isn't confirmed yet: it can be given back, and is kept.
        is_merged: What was in it is in another one.
    """

    is_open: bool = False
    is_submitted: bool = False
    is_merged: bool = False


class AbstractBasket(StatefulModel):
    """A basket in one currency. A guest's belongs to whoever has its UUID, a customer's to that customer, a draft to staff."""

    Status = Status
    left_out: Sequence[LeftOut] = ()
    """Lines and coupons that couldn't come along where another basket has just been merged into this one; not stored."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    customer = models.ForeignKey(
        "tradepost_customers.Customer", models.CASCADE, null=True, blank=True, related_name="baskets"
    )
    status = StateField(
        default=Status.OPEN.value,
        max_length=12,
        db_index=True,
        rules={
            Status.OPEN: BasketAllows(is_open=True),
            Status.SUBMITTED: BasketAllows(is_submitted=True),
            Status.CLOSED: BasketAllows(),
            Status.MERGED: BasketAllows(is_merged=True),
        },
        undeclared=BasketAllows(),
    )
    open_key = models.CharField(
        max_length=80,
        null=True,
        blank=True,
        unique=True,
        editable=False,
        help_text=_("One open basket for each customer and channel."),
    )
    channel = models.SlugField(max_length=50, default="web")
    visitor_key = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_index=True,
        editable=False,
        help_text=_("Of the guest's session, hashed; empty where there is none."),
    )
    currency = CurrencyField()
    country = models.CharField(
        max_length=2, blank=True, help_text=_("Where it is priced for, before there is an address.")
    )
    is_draft = models.BooleanField(
        default=False, editable=False, help_text=_("Staff fill it on behalf of somebody, who doesn’t see it.")
    )
    submissions = CountField(default=0, editable=False)
    merged_into = models.ForeignKey(
        "tradepost_basket.Basket", models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    coupon_codes = JsonField(default=list, blank=True, help_text=_("Codes that the visitor entered, in capitals."))
    metadata = JsonField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    objects: ClassVar[BasketQuerySet[Self]] = BasketQuerySet.as_manager()  # type: ignore[assignment]

    if TYPE_CHECKING:
        lines: RelatedManager[AbstractBasketLine]

    class Meta:
        abstract = True
        verbose_name = _("basket")
        verbose_name_plural = _("baskets")
        permissions = [
            ("dry_run_basket", "Can see what a basket would cost any customer"),
            ("manage_drafts", "Can prepare and place orders on behalf of customers"),
            ("price_drafts", "Can set prices and discounts in orders on behalf of customers"),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    def save(self, *args: Any, **kwargs: Any) -> None:
        mine = self.customer_id is not None and self.allows.is_open and not self.is_draft
        self.open_key = f"{self.customer_id}:{self.channel}" if mine else None
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "open_key", "updated_at"}
        super().save(*args, **kwargs)

    @transition(
        field=status,
        source=Status.OPEN.value,
        target=Status.SUBMITTED.value,
        custom={"also_from": "is_open"},
    )
    def submit(self) -> None:
        """Freeze it: an order is being made of it."""

    @transition(
        field=status,
        source=Status.SUBMITTED.value,
        target=Status.OPEN.value,
        custom={"also_from": "is_submitted"},
    )
    def reopen(self) -> None:
        """Give it back to the visitor: the order came to nothing."""

    @transition(field=status, source=[Status.OPEN.value, Status.SUBMITTED.value], target=Status.CLOSED.value)
    def close(self) -> None:
        """Its order is confirmed."""

    @transition(
        field=status,
        source=Status.OPEN.value,
        target=Status.MERGED.value,
        custom={"also_from": "is_open"},
    )
    def merge(self) -> None:
        """Its lines are in another basket now."""

    @property
    def allows(self) -> BasketAllows:
        """The acts that its state allows."""
        rule: BasketAllows = allows(self)
        return rule

    @property
    def source_key(self) -> str:
        """Name of its present submission; an order of it carries this, uniquely."""
        return f"basket:{self.uuid}:{self.submissions}"


class AbstractBasketLine(models.Model):
    """So many units of a variant with the same options."""

    basket = models.ForeignKey("tradepost_basket.Basket", models.CASCADE, related_name="lines")
    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    variant = models.ForeignKey("tradepost_catalogue.Variant", models.CASCADE, related_name="+")
    quantity = CountField(default=1)
    options = JsonField(default=dict, blank=True, help_text=_("What the buyer wrote or chose, as in {“Message”: “…”}."))
    options_key = models.CharField(max_length=64, blank=True, default="", editable=False)
    metadata = JsonField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        ordering = ["pk"]
        verbose_name = _("basket line")
        verbose_name_plural = _("basket lines")
        constraints = [
            models.UniqueConstraint(
                fields=["basket", "variant", "options_key"], name="%(app_label)s_%(class)s_identity"
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="%(app_label)s_%(class)s_some"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.variant.sku}"

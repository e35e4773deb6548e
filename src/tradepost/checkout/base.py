"""Models of checkouts."""

from __future__ import annotations

from typing import Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradepost.core.addresses import PostalAddress
from tradepost.core.db.fields import JsonField
from tradepost.core.fsm import states_that

from .delivery_choice import Choice

__all__ = ["AbstractCheckout", "AbstractDraft", "DraftQuerySet"]


class AbstractCheckout(models.Model):
    """The answers that a basket needs to become an order.

    ``deliveries`` maps a delivery group (``""`` for the only one) to a shipping method, as in ``"post"`` or with a
    pickup point ``"locker@station"`` (:class:`~tradepost.checkout.delivery_choice.Choice`); ``payments`` is a list of
    ``{"method": alias, "amount": "12.50" or null}``, null for the rest. ``tax_id_check`` is what was found out about the tax id,
    and ``of`` which id and country (see :mod:`tradepost.checkout.tax_ids`). ``agreements`` are the texts behind those consents
    that the shop keeps a history of, as they were read, with the time.
    """

    basket = models.OneToOneField("tradepost_basket.Basket", models.CASCADE, related_name="checkout")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    shipping_address = JsonField(default=dict, blank=True)
    billing_address = JsonField(default=dict, blank=True)
    tax_id = models.CharField(max_length=40, blank=True)
    tax_id_check = JsonField(default=dict, blank=True)
    deliveries = JsonField(default=dict, blank=True)
    payments = JsonField(default=list, blank=True)
    note = models.TextField(blank=True)
    consents = JsonField(default=dict, blank=True)
    agreements = JsonField(default=dict, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
        verbose_name = _("checkout")
        verbose_name_plural = _("checkouts")

    @property
    def known_phone(self) -> str:
        """The order's, as it would be now: what was said, or that of the address it is billed to."""
        billing = self.bill_to
        return self.phone or (billing.phone if billing else "")

    def __str__(self) -> str:
        return self.email or str(self.basket)

    @property
    def ship_to(self) -> PostalAddress | None:
        """Where the goods go, if that is known."""
        return PostalAddress.stored(self.shipping_address)

    @property
    def bill_to(self) -> PostalAddress | None:
        """Who pays; the shipping address where no other was given."""
        return PostalAddress.stored(self.billing_address) or self.ship_to

    @property
    def shipping_method(self) -> str:
        """Code of the method of the only delivery group."""
        return self.choice.method

    @property
    def pickup_point(self) -> str:
        """Code of the pickup point of the only delivery group; it goes with the method, and when that changes."""
        return self.choice.point

    @pickup_point.setter
    def pickup_point(self, code: str) -> None:
        if self.shipping_method:
            self.deliveries[""] = str(Choice(self.shipping_method, code))

    @property
    def choice(self) -> Choice:
        """How the only delivery group is delivered."""
        return Choice.read(str(self.deliveries.get("", "")))

    @property
    def choices(self) -> dict[str, Choice]:
        """How each delivery group is delivered."""
        return {group: Choice.read(str(text)) for group, text in self.deliveries.items()}

    @property
    def payment_method(self) -> str:
        """Alias of the first payment's method."""
        return str(self.payments[0]["method"]) if self.payments else ""


D = TypeVar("D", bound="AbstractDraft", covariant=True)


class DraftQuerySet(models.QuerySet[D]):
    def open(self) -> Self:
        """Those that can still be placed."""
        baskets: Any = self.model._meta.get_field("basket").related_model
        return self.filter(basket__status__in=states_that(baskets, "is_open"))

    def matching(self, text: str) -> Self:
        """Drafts by their title, or by part of the buyer's name, e-mail address or phone number."""
        return self.filter(
            Q(title__icontains=text)
            | Q(basket__customer__name__icontains=text)
            | Q(basket__customer__email__icontains=text)
            | Q(basket__checkout__email__icontains=text)
            | Q(basket__checkout__phone__contains=text)
            | Q(basket__checkout__shipping_address__name__icontains=text)
        )


class AbstractDraft(models.Model):
    """An order that staff prepare on behalf of somebody: what is beside its basket and its checkout.

    It holds no stock and no coupon until it is placed, and is kept until it is placed or deleted.
    """

    basket = models.OneToOneField("tradepost_basket.Basket", models.CASCADE, related_name="draft")
    title = models.CharField(max_length=200, blank=True, help_text=_("For staff; customers don’t see it."))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    author_label = models.CharField(max_length=150, blank=True)
    replaces = models.ForeignKey(
        "tradepost_orders.Order",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        help_text=_("The unpaid order that is cancelled once this one is placed."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[DraftQuerySet[Self]] = DraftQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True
        ordering = ["-pk"]
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")

    def __str__(self) -> str:
        return self.title or str(self.basket)

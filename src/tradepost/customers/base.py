"""Models of customers. Baskets, orders and redemptions point at a customer, never at a user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradepost.core.addresses import PostalAddress
from tradepost.core.addresses.rules import check_place, normalise_postcode, rule_of
from tradepost.core.db.fields import JsonField
from tradepost.core.errors import Misused
from tradepost.core.inputs.phones import Phone

from .birth_dates import check_birth_date
from .querysets import ConsentQuerySet, CustomerQuerySet
from .tier_models import AbstractTier, AbstractTierMembership

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

__all__ = [
    "AbstractAddress",
    "AbstractConsent",
    "AbstractCustomer",
    "AbstractCustomerGroup",
    "AbstractTier",
    "AbstractTierMembership",
]


class AbstractCustomerGroup(models.Model):
    """A set of customers with prices or promotions of their own."""

    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)

    class Meta:
        abstract = True
        ordering = ["name"]
        verbose_name = _("customer group")
        verbose_name_plural = _("customer groups")

    def __str__(self) -> str:
        return self.name


class AbstractCustomer(models.Model):
    """A person or company that buys, with an account or without one.

    Attributes:
        phone: As it was typed.
        phone_e164: The same as in ``+493012345``, by which staff find it however it was typed; empty where it couldn't be read.
        phone_extension: What is dialled after it.
        birth_date: Where the customer told it.
        language: One of the project's ``LANGUAGES``, in which mail is written; empty for that of the page.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="tradepost_customer"
    )
    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    email = models.EmailField(blank=True, db_index=True)
    name = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    phone_e164 = models.CharField(max_length=24, blank=True, db_index=True, editable=False)
    phone_extension = models.CharField(max_length=40, blank=True, editable=False)
    birth_date = models.DateField(null=True, blank=True, validators=[check_birth_date])
    language = models.CharField(max_length=10, blank=True)
    tax_id = models.CharField(max_length=40, blank=True)
    tax_exempt = models.BooleanField(default=False)
    groups = models.ManyToManyField("tradepost_customers.CustomerGroup", blank=True, related_name="customers")
    metadata = JsonField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    anonymised_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[CustomerQuerySet[Self]] = CustomerQuerySet.as_manager()  # type: ignore[assignment]

    if TYPE_CHECKING:
        addresses: RelatedManager[AbstractAddress]
        consents: RelatedManager[AbstractConsent]

    class Meta:
        abstract = True
        verbose_name = _("customer")
        verbose_name_plural = _("customers")

    def __str__(self) -> str:
        return self.name or self.email or str(self.uuid)

    def set_phone(self, number: Phone) -> None:
        """Set a phone number with all that was read of it; it isn't saved."""
        self.phone, self.phone_e164, self.phone_extension = number.text, number.e164, number.extension


class AbstractAddress(models.Model):
    """An address in a customer's address book.

    Attributes:
        is_default_shipping: ``True`` for the one that deliveries begin with; ``None``, and never false, for all others.
        is_default_billing: The same for invoices.
    """

    customer = models.ForeignKey("tradepost_customers.Customer", models.CASCADE, related_name="addresses")
    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    company = models.CharField(max_length=200, blank=True)
    line1 = models.CharField(_("street and number"), max_length=200)
    line2 = models.CharField(_("apartment, floor"), max_length=200, blank=True)
    city = models.CharField(max_length=120, blank=True)
    region = models.CharField(max_length=80, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, help_text=_("Two letters, as in DE."))
    phone = models.CharField(max_length=40, blank=True)
    is_default_shipping = models.BooleanField(null=True, default=None)
    is_default_billing = models.BooleanField(null=True, default=None)

    class Meta:
        abstract = True
        ordering = ["pk"]
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        # A nullable unique key is a partial one on every database: one default, and any number of others.
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "is_default_shipping"], name="%(app_label)s_%(class)s_one_shipping"
            ),
            models.UniqueConstraint(
                fields=["customer", "is_default_billing"], name="%(app_label)s_%(class)s_one_billing"
            ),
            models.CheckConstraint(
                condition=(Q(is_default_shipping=True) | Q(is_default_shipping=None))
                & (Q(is_default_billing=True) | Q(is_default_billing=None)),
                name="%(app_label)s_%(class)s_default_or_none",
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(self.as_postal().lines)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store no default as ``None``."""
        self.is_default_shipping = self.is_default_shipping or None
        self.is_default_billing = self.is_default_billing or None
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """The country is one of ISO 3166-1, and its rules hold."""
        super().clean()
        self.postcode = normalise_postcode(self.postcode)
        check_place(self)
        if not self.city and rule_of(self.country).needs_city:
            raise ValidationError({"city": _("This field is required.")}, code="required")

    def as_postal(self) -> PostalAddress:
        """The address as a value, to be copied into a checkout or an order."""
        names = PostalAddress.__dataclass_fields__
        return PostalAddress(**{name: getattr(self, name) for name in names})


class AbstractConsent(models.Model):
    """That a customer agreed to something, or withdrew it. Rows are added and never changed: together they are the proof.

    Attributes:
        purpose: Key in ``TRADEPOST_CUSTOMERS["CONSENTS"]``.
        text: What they agreed to, as they read it; empty of a withdrawal.
        version: Of that text.
        source: Where they said it.
        reference: Number of the order with which they did.
        actor_label: Who wrote it down for them; empty where they did it themselves.
    """

    class Source(models.TextChoices):
        ACCOUNT = "account", _("account")
        CHECKOUT = "checkout", _("checkout")
        REGISTRATION = "registration", _("registration")
        STAFF = "staff", _("staff")
        CLOSURE = "closure", _("closing of the account")

    customer = models.ForeignKey("tradepost_customers.Customer", models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=40)
    is_granted = models.BooleanField(_("granted"))
    text = models.TextField(blank=True)
    version = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=10, blank=True)
    source = models.CharField(max_length=20, choices=Source.choices)
    reference = models.CharField(max_length=40, blank=True)
    actor_label = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField()

    objects: ClassVar[ConsentQuerySet[Self]] = ConsentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True
        ordering = ["-pk"]
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [models.Index(fields=["customer", "purpose", "id"])]
        constraints = [
            models.CheckConstraint(condition=Q(is_granted=False) | ~Q(text=""), name="%(app_label)s_%(class)s_has_text")
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {_('given') if self.is_granted else _('withdrawn')}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row.

        Raises:
            Misused: It is there already; what somebody agreed to isn't changed, they agree or withdraw anew.
        """
        if not self._state.adding:
            raise Misused("A consent is never changed; call give_consent() or withdraw_consent().")
        super().save(*args, **kwargs)

"""Places where customers fetch their parcels."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tradepost.core.addresses import PostalAddress
from tradepost.core.addresses.formats import envelope_lines
from tradepost.core.addresses.rules import check_place, normalise_postcode
from tradepost.core.db.fields import SmallCountField

from ..querysets import PickupPointQuerySet

__all__ = ["AbstractPickupPoint"]


class AbstractPickupPoint(models.Model):
    """A shop, a locker, a counter: where parcels of some methods wait for their customers."""

    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    methods = models.ManyToManyField(
        "tradepost_shipping.ShippingMethod",
        related_name="points",
        help_text=_("These deliver to it, and to points only."),
    )
    line1 = models.CharField(_("street and number"), max_length=200)
    line2 = models.CharField(_("apartment, floor"), max_length=200, blank=True)
    city = models.CharField(max_length=120)
    region = models.CharField(max_length=80, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    country = models.CharField(
        max_length=2,
        validators=[RegexValidator(r"^[A-Z]{2}\Z", _("Two capital letters, as in DE."))],
        help_text=_("Two letters, as in DE."),
    )
    opening_hours = models.TextField(blank=True)
    position = SmallCountField(default=0)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[PickupPointQuerySet[Self]] = PickupPointQuerySet.as_manager()  # type: ignore[assignment]

    if TYPE_CHECKING:
        of_method: str  # by PickupPointQuerySet.of_methods()

    class Meta:
        abstract = True
        ordering = ["position", "name", "pk"]
        verbose_name = _("pickup point")
        verbose_name_plural = _("pickup points")
        indexes = [models.Index(fields=["country", "postcode"])]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """The country is one of ISO 3166-1, and the postcode one of its own."""
        super().clean()
        self.postcode = normalise_postcode(self.postcode)
        check_place(self)

    @property
    def place_text(self) -> str:
        """Where it is, in one line; without its name and country."""
        fields = {**self.as_postal().as_dict(), "company": ""}
        return ", ".join(envelope_lines(fields, self.country))

    def as_postal(self, *, name: str = "", phone: str = "") -> PostalAddress:
        """Its address as a value, to be copied into an order.

        Args:
            name: Of who fetches the parcel.
        """
        return PostalAddress(
            name=name,
            company=self.name,
            line1=self.line1,
            line2=self.line2,
            city=self.city,
            region=self.region,
            postcode=self.postcode,
            country=self.country,
            phone=phone,
        )

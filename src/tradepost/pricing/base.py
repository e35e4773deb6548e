"""Models of prices and taxes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tradepost.core.addresses.countries import read_country
from tradepost.core.addresses.rules import normalise_postcode, normalise_region, overlong, region_problem
from tradepost.core.dates.periods import ENDS_BEFORE_IT_STARTS, ends_before_it_starts
from tradepost.core.db.fields import (
    AmountField,
    CountField,
    CurrencyField,
    NumberField,
    RateField,
    SmallCountField,
    SmallNumberField,
)
from tradepost.core.errors import Invalid
from tradepost.core.money import exponent, is_currency

from .prices.rounding import Rounding
from .querysets import PriceListQuerySet, TaxRateQuerySet

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

__all__ = [
    "AbstractExchangeRate",
    "AbstractPrice",
    "AbstractPriceChange",
    "AbstractPriceList",
    "AbstractTaxClass",
    "AbstractTaxRate",
    "AbstractZone",
    "AbstractZoneArea",
]


class AbstractPriceList(models.Model):
    """Prices in one currency and on one basis, for whom and when."""

    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    currency = CurrencyField()
    includes_tax = models.BooleanField(default=True)
    channel = models.SlugField(max_length=50, blank=True, help_text=_("Empty for all channels."))
    groups = models.ManyToManyField(
        "tradepost_customers.CustomerGroup", blank=True, related_name="price_lists", help_text=_("Empty for everybody.")
    )
    zones = models.ManyToManyField(
        "tradepost_pricing.Zone",
        blank=True,
        related_name="price_lists",
        help_text=_("Where the goods go; empty for everywhere. The home zone counts while that isn't known."),
    )
    converts = models.ForeignKey(
        "tradepost_pricing.PriceList",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="followers",
        verbose_name=_("follows"),
        help_text=_("Prices that this list lacks are made from that one, by the exchange rates on file."),
    )
    rounding = models.CharField(max_length=20, choices=Rounding.choices, default=Rounding.UNIT)
    margin = RateField(
        default=Decimal(0),
        validators=[MinValueValidator(Decimal("-0.99"))],
        help_text=_("On what follows, before it is rounded: 0.03 is 3 % more."),
    )
    priority = SmallNumberField(default=0, help_text=_("The list of the highest priority that has a price wins."))
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[PriceListQuerySet[Self]] = PriceListQuerySet.as_manager()  # type: ignore[assignment]

    if TYPE_CHECKING:
        prices: RelatedManager[AbstractPrice]
        followers: RelatedManager[AbstractPriceList]

    class Meta:
        abstract = True
        ordering = ["-priority", "name"]
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        constraints = [
            models.CheckConstraint(condition=models.Q(margin__gt=-1), name="%(app_label)s_%(class)s_worth_something")
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse what can't follow."""
        super().clean()
        problems: dict[str, Any] = {}
        source = self.converts
        if source is not None:
            if source.pk == self.pk or source.converts_id is not None:
                problems["converts"] = _("Choose a list with prices of its own: that one follows another.")
            elif source.includes_tax != self.includes_tax:
                problems["converts"] = _("Choose a list of the same kind, with tax or without.")
            elif self.pk is not None and self.followers.exists():
                problems["converts"] = _("Other lists follow this one, so it can't follow another.")
        if is_currency(self.currency) and not exponent(self.currency) and Rounding(self.rounding).needs_cents:
            problems["rounding"] = _("%(currency)s has no decimals.") % {"currency": self.currency}
        if ends_before_it_starts(self):
            problems["ends_at"] = ENDS_BEFORE_IT_STARTS
        if problems:
            raise ValidationError(problems)


class AbstractPrice(models.Model):
    """The price of one unit of a variant from a quantity on, in the list's currency and basis."""

    price_list = models.ForeignKey("tradepost_pricing.PriceList", models.CASCADE, related_name="prices")
    variant = models.ForeignKey("tradepost_catalogue.Variant", models.CASCADE, related_name="prices")
    min_quantity = CountField(default=1, validators=[MinValueValidator(1)])
    amount = AmountField(validators=[MinValueValidator(Decimal(0))])
    was_amount = AmountField(null=True, blank=True, help_text=_("The price before, shown struck through."))
    is_converted = models.BooleanField(
        default=False, editable=False, help_text=_("Made from the list that this one follows; others are yours.")
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
        ordering = ["variant_id", "min_quantity"]
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints = [
            models.UniqueConstraint(
                fields=["price_list", "variant", "min_quantity"], name="%(app_label)s_%(class)s_tier"
            ),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="%(app_label)s_%(class)s_not_negative"),
            models.CheckConstraint(condition=models.Q(min_quantity__gte=1), name="%(app_label)s_%(class)s_from_one"),
        ]

    def validate_constraints(self, exclude: Any = None) -> None:
        """A form that shows whose price it is, and doesn't ask for it, is told of another price for the same, too."""
        super().validate_constraints(exclude=set(exclude or ()) - {"price_list", "variant"})

    def __str__(self) -> str:
        return f"{self.variant.sku}: {self.amount}"


class AbstractPriceChange(models.Model):
    """A change of a price; append-only. The amounts of a list, a variant and a quantity, one after the other."""

    price_list = models.ForeignKey("tradepost_pricing.PriceList", models.CASCADE, related_name="changes")
    variant = models.ForeignKey("tradepost_catalogue.Variant", models.CASCADE, related_name="price_changes")
    min_quantity = CountField(default=1)
    amount = AmountField(null=True, blank=True, help_text=_("Empty where the price was taken away."))
    at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ["-at", "-pk"]
        verbose_name = _("price change")
        verbose_name_plural = _("price changes")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount=None) | models.Q(amount__gte=0), name="%(app_label)s_%(class)s_not_negative"
            ),
            models.CheckConstraint(condition=models.Q(min_quantity__gte=1), name="%(app_label)s_%(class)s_from_one"),
        ]
        indexes = [models.Index(fields=["variant", "price_list", "min_quantity", "at"])]

    def __str__(self) -> str:
        return f"{self.variant.sku}: {self.amount}"


class AbstractTaxClass(models.Model):
    """The kind of a good for the tax office; products and charges name it by its code."""

    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)

    class Meta:
        abstract = True
        ordering = ["name"]
        verbose_name = _("tax class")
        verbose_name_plural = _("tax classes")

    def __str__(self) -> str:
        return self.name


class AbstractZone(models.Model):
    """Places that are taxed or delivered to alike."""

    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    is_home = models.BooleanField(default=False, help_text=_("Taken while the buyer's address isn't known."))
    priority = SmallNumberField(default=0)
    reverse_charge = models.BooleanField(
        default=False, help_text=_("Buyers who gave a tax id owe the tax themselves; prices lose the home tax.")
    )

    if TYPE_CHECKING:
        areas: RelatedManager[AbstractZoneArea]

    class Meta:
        abstract = True
        ordering = ["priority", "name"]
        verbose_name = _("zone")
        verbose_name_plural = _("zones")

    def __str__(self) -> str:
        return self.name


class AbstractZoneArea(models.Model):
    """A country, a region of it, or a range of its postcodes."""

    zone = models.ForeignKey("tradepost_pricing.Zone", models.CASCADE, related_name="areas")
    country = models.CharField(max_length=2, blank=True, help_text=_("Two letters, as in DE; empty for everywhere."))
    region = models.CharField(max_length=80, blank=True)
    postcode_from = models.CharField(max_length=20, blank=True)
    postcode_to = models.CharField(max_length=20, blank=True)

    class Meta:
        abstract = True
        verbose_name = _("area")
        verbose_name_plural = _("areas")

    def clean(self) -> None:
        """A country is one of ISO 3166-1, in capitals; a region is one of the country's; a range of postcodes has a beginning."""
        super().clean()
        try:
            self.country = read_country(self.country)
        except Invalid as refusal:
            raise ValidationError({"country": refusal.message}) from refusal
        self._normalise()
        if problems := overlong(self, "region", "postcode_from", "postcode_to"):
            raise ValidationError(problems)
        if unknown := region_problem(self.country, self.region):
            raise ValidationError({"region": unknown})
        if self.postcode_to and not self.postcode_from:
            raise ValidationError({"postcode_from": _("Where does the range begin?")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._normalise()
        super().save(*args, **kwargs)

    def _normalise(self) -> None:
        """Regions and postcodes as those of addresses are, with which they are compared."""
        self.region = normalise_region(self.region, self.country)
        self.postcode_from = normalise_postcode(self.postcode_from)
        self.postcode_to = normalise_postcode(self.postcode_to)

    def __str__(self) -> str:
        codes = f"{self.postcode_from}–{self.postcode_to}" if self.postcode_from else ""
        return " ".join(part for part in (self.country, self.region, codes) if part) or "*"


class AbstractTaxRate(models.Model):
    """A rate for a tax class in a zone."""

    zone = models.ForeignKey("tradepost_pricing.Zone", models.CASCADE, related_name="tax_rates")
    tax_class = models.ForeignKey("tradepost_pricing.TaxClass", models.CASCADE, related_name="rates")
    name = models.CharField(max_length=100, help_text=_("As on an invoice: “VAT 19 %”."))
    jurisdiction = models.CharField(max_length=50, blank=True)
    rate = RateField(help_text=_("0.19 is 19 %."), validators=[MinValueValidator(Decimal(0))])
    compound = models.BooleanField(default=False, help_text=_("On the amount with the other taxes."))
    position = SmallCountField(default=0)

    objects: ClassVar[TaxRateQuerySet[Self]] = TaxRateQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        constraints = [
            models.CheckConstraint(condition=models.Q(rate__gte=0), name="%(app_label)s_%(class)s_not_negative"),
            models.UniqueConstraint(fields=["zone", "tax_class", "name"], name="%(app_label)s_%(class)s_name"),
        ]

    def __str__(self) -> str:
        return self.name


class AbstractExchangeRate(models.Model):
    """Units of ``base`` for one unit of ``currency``, from a moment on."""

    base = CurrencyField()
    currency = CurrencyField()
    rate = NumberField(max_digits=20, decimal_places=10)
    valid_from = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ["-valid_from"]
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        constraints = [
            models.UniqueConstraint(fields=["base", "currency", "valid_from"], name="%(app_label)s_%(class)s_moment"),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="%(app_label)s_%(class)s_positive"),
        ]

    def __str__(self) -> str:
        return f"1 {self.currency} = {self.rate} {self.base}"

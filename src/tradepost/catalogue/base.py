"""Models of goods. A product is never bought itself, its variants are."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node

from tradepost.core.db.fields import (
    AmountField,
    CountField,
    JsonField,
    SmallCountField,
)
from tradepost.core.db.versioned import VersionedModel

from .attributes import clean_attributes
from .errors import OptionsInvalid
from .options import as_validation_error, check_names, check_options, check_siblings, identity_of
from .querysets import CollectionQuerySet, ProductQuerySet, VariantQuerySet
from .rules import CollectionRule

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

__all__ = [
    "AbstractAttribute",
    "AbstractCategory",
    "AbstractCollection",
    "AbstractImage",
    "AbstractProduct",
    "AbstractProductType",
    "AbstractTag",
    "AbstractVariant",
]


class AbstractProductType(models.Model):
    """A kind of product: which attributes it has, how it is taxed and whether it is shipped."""

    class Kind(models.TextChoices):
        PHYSICAL = "physical", _("Physical")
        DIGITAL = "digital", _("Digital")
        GIFT_CARD = "gift_card", _("Gift card")
        SERVICE = "service", _("Service")

    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.PHYSICAL)
    tax_class = models.SlugField(max_length=50, default="standard", help_text=_("Code of a tax class."))
    track_stock = models.BooleanField(default=True)

    if TYPE_CHECKING:
        attributes: RelatedManager[AbstractAttribute]

    class Meta:
        abstract = True
        ordering = ["name"]
        verbose_name = _("product type")
        verbose_name_plural = _("product types")

    def __str__(self) -> str:
        return self.name


class AbstractAttribute(models.Model):
    """A typed attribute of all products of a type; their values are in ``Product.attributes``, by code."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        BOOLEAN = "boolean", _("Yes or no")
        CHOICE = "choice", _("One of several")
        CHOICES = "choices", _("Some of several")
        DATE = "date", _("Date")

    product_type = models.ForeignKey("tradepost_catalogue.ProductType", models.CASCADE, related_name="attributes")
    code = models.SlugField(max_length=50)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.TEXT)
    choices = JsonField(default=list, blank=True, help_text=_("A list of texts, for the kinds with choices."))
    unit = models.CharField(max_length=20, blank=True)
    required = models.BooleanField(default=False)
    filterable = models.BooleanField(default=False)
    position = SmallCountField(default=0)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")
        constraints = [models.UniqueConstraint(fields=["product_type", "code"], name="%(app_label)s_%(class)s_code")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Attributes with choices have some; others have none."""
        super().clean()
        texts = isinstance(self.choices, list) and all(isinstance(choice, str) and choice for choice in self.choices)
        if not texts or len(set(self.choices)) < len(self.choices):
            raise ValidationError({"choices": _("Enter a list of different texts, as in [“oak”, “beech”].")})
        if bool(self.choices) is not (self.kind in {self.Kind.CHOICE, self.Kind.CHOICES}):
            raise ValidationError({"choices": _("Attributes of the kinds with choices have some, others have none.")})


class AbstractCategory(MP_Node):  # type: ignore[misc]
    """A node in the tree of categories."""

    name = models.CharField(max_length=255)
    slug = models.SlugField(max_length=255, unique=True)
    description = models.TextField(blank=True)
    is_published = models.BooleanField(default=True)

    node_order_by = ["name"]

    class Meta:
        abstract = True
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return str(self.name)


class AbstractTag(models.Model):
    """A free label of products."""

    slug = models.SlugField(max_length=255, unique=True)
    name = models.CharField(max_length=255)

    class Meta:
        abstract = True
        ordering = ["name"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def __str__(self) -> str:
        return self.name


class AbstractProduct(VersionedModel):
    """The subject of a page of the shop."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    product_type = models.ForeignKey("tradepost_catalogue.ProductType", models.PROTECT, related_name="products")
    name = models.CharField(max_length=255)
    slug = models.SlugField(max_length=255, unique=True)
    source_key = models.CharField(
        max_length=300,
        null=True,
        blank=True,
        unique=True,
        editable=False,
        help_text=_("What the system that it was imported from calls it, as in “shopify:mug”."),
    )
    summary = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    brand = models.CharField(max_length=255, blank=True)
    tax_class = models.SlugField(max_length=50, blank=True, help_text=_("Instead of the product type's."))
    option_names = JsonField(
        default=list, blank=True, help_text=_("What variants differ in, in order, as in [“Size”, “Colour”].")
    )
    attributes = JsonField(default=dict, blank=True, help_text=_("Values by attribute code."))
    metadata = JsonField(default=dict, blank=True)
    categories = models.ManyToManyField("tradepost_catalogue.Category", blank=True, related_name="products")
    tags = models.ManyToManyField("tradepost_catalogue.Tag", blank=True, related_name="products")
    is_published = models.BooleanField(default=True)
    is_featured = models.BooleanField(default=False)
    is_discountable = models.BooleanField(default=True)
    popularity = CountField(
        default=0,
        db_default=0,
        editable=False,
        help_text=_("Units sold lately, by which best sellers are sorted; a job counts them."),
    )
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[ProductQuerySet[Self]] = ProductQuerySet.as_manager()  # type: ignore[assignment]

    if TYPE_CHECKING:
        variants: RelatedManager[AbstractVariant]
        images: RelatedManager[AbstractImage]

    class Meta:
        abstract = True
        verbose_name = _("product")
        verbose_name_plural = _("products")
        indexes = [
            models.Index(fields=["is_published", "archived_at", "name"]),
            models.Index(fields=["is_published", "archived_at", "created_at"]),
            models.Index(fields=["is_published", "archived_at", "popularity", "created_at"]),
            models.Index(fields=["name"]),
            models.Index(fields=["archived_at"]),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Validate the attribute values against the type's attributes, and the names of its options.

        Raises:
            ValidationError: A value doesn't fit, or two options have one name.
        """
        super().clean()
        with as_validation_error():
            self.option_names = check_names(self.option_names)
        if self.product_type_id:
            self.attributes = clean_attributes(self.attributes, self.product_type.attributes.all())

    def get_absolute_url(self) -> str:
        """The product's page, where the storefront is installed."""
        return reverse("tradepost:product", kwargs={"slug": self.slug})

    @property
    def effective_tax_class(self) -> str:
        """Code of the tax class: its own, else its type's."""
        return self.tax_class or self.product_type.tax_class


class AbstractVariant(VersionedModel):
    """One SKU of a product, which is what customers buy."""

    product = models.ForeignKey("tradepost_catalogue.Product", models.CASCADE, related_name="variants")
    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    sku = models.CharField(_("SKU"), max_length=255, unique=True)
    name = models.CharField(max_length=255, blank=True, help_text=_("Its options, where empty."))
    options = JsonField(default=dict, blank=True, help_text=_("Value by option name, as in {“Size”: “L”}."))
    barcode = models.CharField(max_length=255, blank=True)
    weight = CountField(default=0, help_text=_("In grams, packed."))
    length = CountField(null=True, blank=True, help_text=_("In millimetres, packed."))
    width = CountField(null=True, blank=True, help_text=_("In millimetres, packed."))
    height = CountField(null=True, blank=True, help_text=_("In millimetres, packed."))
    unit_cost = AmountField(null=True, blank=True)
    track_stock = models.BooleanField(null=True, blank=True, help_text=_("Instead of the product type's."))
    metadata = JsonField(default=dict, blank=True)
    position = SmallCountField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[VariantQuerySet[Self]] = VariantQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True
        ordering = ["position", "pk"]
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        indexes = [models.Index(fields=["barcode"])]

    def __str__(self) -> str:
        return self.sku

    siblings_are_checked = False
    """Whether somebody else compares it with its siblings: a form that shows them together, where two may change places."""

    def clean(self) -> None:
        """Validate its options against its product's, and against its siblings'.

        Raises:
            ValidationError: The product has no such option, or another variant that is sold has the same.
        """
        super().clean()
        product: AbstractProduct | None = getattr(self, "product", None)
        if product is None:
            return
        try:
            names = check_names(product.option_names)
        except OptionsInvalid:
            return  # the product's own form tells that
        with as_validation_error():
            self.options = check_options(self.options, names)
            if product.pk and not self.siblings_are_checked and self.archived_at is None:
                siblings = product.variants.filter(archived_at=None).exclude(pk=self.pk)
                own, others = (self.options, self.name), siblings.values_list("options", "name")
                check_siblings([own, *(other for other in others if identity_of(*other) == identity_of(*own))])

    @property
    def label(self) -> str:
        """The part that distinguishes it from its siblings: its name, or its options ("L, blue"); empty for an only one."""
        return self.name or ", ".join(str(value) for value in self.options.values())

    @property
    def sides(self) -> tuple[int, int, int] | None:
        """Millimetres of one packed unit, the longest side first; ``None`` where none is known, 0 for one that isn't."""
        if not (self.length or self.width or self.height):
            return None
        short, middle, long = sorted(side or 0 for side in (self.length, self.width, self.height))
        return long, middle, short

    @property
    def stock_is_tracked(self) -> bool:
        """Whether it is counted; what isn't counted is always in stock."""
        own = self.track_stock
        return self.product.product_type.track_stock if own is None else own


class AbstractImage(models.Model):
    """A picture of a product, kept in our storage or at an address elsewhere."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    product = models.ForeignKey("tradepost_catalogue.Product", models.CASCADE, related_name="images")
    variant = models.ForeignKey(
        "tradepost_catalogue.Variant", models.SET_NULL, null=True, blank=True, related_name="images"
    )
    file = models.ImageField(upload_to="products/%Y/%m/", blank=True)
    source_url = models.URLField(max_length=500, blank=True)
    alt = models.CharField(_("alternative text"), max_length=512, blank=True)
    position = SmallCountField(default=0)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]
        verbose_name = _("image")
        verbose_name_plural = _("images")

    def __str__(self) -> str:
        return self.alt or self.url

    @property
    def url(self) -> str:
        """Where a browser finds it."""
        return str(self.file.url) if self.file else self.source_url


class AbstractCollection(VersionedModel):
    """A selection of products, by hand or by a rule."""

    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=120, unique=True)
    description = models.TextField(blank=True)
    products = models.ManyToManyField("tradepost_catalogue.Product", blank=True, related_name="collections")
    rule = JsonField(
        default=dict,
        blank=True,
        help_text=_("Instead of products by hand: {“tags”: […], “categories”: […], “featured”: true}."),
    )
    is_published = models.BooleanField(default=True)
    position = SmallCountField(default=0)

    objects: ClassVar[CollectionQuerySet[Self]] = CollectionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True
        ordering = ["position", "name"]
        verbose_name = _("collection")
        verbose_name_plural = _("collections")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Validate the rule."""
        super().clean()
        CollectionRule.read(self.rule)

"""Columns that say which goods a rule is for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from tradepost.core.db.fields import JsonField

from .. import rules

__all__ = ["GoodsMixin", "check_attributes", "check_slugs", "goods_of", "slugs_of"]


def check_slugs(field: str, slugs: Any, model: str, *, column: str = "slug") -> None:
    """Refuse what isn't a list of names of rows, for a misspelt one would match nothing.

    Args:
        field: Which the error is of.
        model: As in ``tradepost_catalogue.Category``.
        column: Which the names are in.

    Raises:
        ValidationError: It is no list, or some aren't there.
    """
    if not isinstance(slugs, list) or not all(isinstance(slug, str) for slug in slugs):
        raise ValidationError({field: _("Enter a list of slugs, as in [“books”, “toys”].")})
    if not slugs:
        return
    rows = apps.get_model(model)
    existing = rows._default_manager.filter(**{f"{column}__in": slugs}).values_list(column, flat=True)
    if unknown := set(slugs) - set(existing):
        names = ", ".join(sorted(unknown))
        text = _("No %(kind)s is called: %(slugs)s.") % {"kind": rows._meta.verbose_name, "slugs": names}
        raise ValidationError({field: text})


def check_attributes(field: str, attributes: Any) -> None:
    """Refuse what isn't values by the codes of attributes.

    Raises:
        ValidationError: Of that field.
    """
    if not isinstance(attributes, dict):
        raise ValidationError({field: _("Enter an object, as in {“colour”: [“red”, “blue”]}.")})


def goods_of(
    categories: Iterable[str], products: Iterable[str], collection_id: int | None, attributes: Mapping[str, Any]
) -> rules.Goods:
    """Columns as a pure value; of an attribute a value or a list of them."""
    values = {code: entry if isinstance(entry, list) else [entry] for code, entry in attributes.items()}
    return rules.Goods(frozenset(categories), frozenset(products), collection_id, values)


def slugs_of(what: Any, **options: Any) -> models.JSONField[Any, Any]:
    """A column for a list of slugs."""
    return JsonField(default=list, blank=True, help_text=what, **options)


class GoodsMixin(models.Model):
    """Goods by category, product, collection and attribute; what isn't named doesn't matter."""

    categories = slugs_of(_("Slugs; empty for all goods."))
    products = slugs_of(_("Slugs of products; empty for all goods."))
    collection = models.ForeignKey(
        "tradepost_catalogue.Collection", models.PROTECT, null=True, blank=True, related_name="+"
    )
    attributes = JsonField(
        default=dict, blank=True, help_text=_("Values of attributes, as in {“colour”: [“red”, “blue”]}.")
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Refuse what names nothing."""
        super().clean()
        empty: dict[str, Callable[[], Any]] = {"categories": list, "products": list, "attributes": dict}
        for name, nothing in empty.items():
            if getattr(self, name) is None:  # an emptied field of a form
                setattr(self, name, nothing())
        check_slugs("categories", self.categories, "tradepost_catalogue.Category")
        check_slugs("products", self.products, "tradepost_catalogue.Product")
        check_attributes("attributes", self.attributes)

    def goods(self) -> rules.Goods:
        """The goods as a pure value, for the calculation."""
        return goods_of(self.categories, self.products, self.collection_id, self.attributes)
